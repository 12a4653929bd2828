#include "provider/pulumi/instance.hpp"

#include <algorithm>
#include <iterator>

#include "drift/model/json.hpp"
#include "provider/pulumi/plugin_env.hpp"
#include "provider/pulumi/property.hpp"
#include "provider/terraform/bare_json.hpp"
#include "provider/terraform/launch_env.hpp"

namespace drift::pulumi_internal {
namespace {

using terraform_internal::collect_secrets;

constexpr std::size_t default_parallel = 16;
constexpr std::chrono::milliseconds slice(20);
constexpr std::chrono::seconds failure_holds(30);
// So many crashes within that time, and the plugin is not started again meanwhile.
constexpr std::size_t most_crashes = 200;
constexpr std::chrono::minutes crashes_count(10);
// Go's collector does not give back what a scan of a large stack makes a plugin take.
constexpr std::uint64_t default_max_calls = 200'000;

constexpr std::string_view dynamic_plugins[] = {"pulumi-nodejs", "pulumi-python"};

PulumiPluginSettings settings_of(const PulumiOptions& options, const std::string& name) {
  PulumiPluginSettings out;
  if (const auto own = options.settings.plugins.find(name); own != options.settings.plugins.end()) out = own->second;
  if (!out.parallel) out.parallel = options.settings.parallel;
  if (!out.logs) out.logs = options.settings.logs;
  return out;
}

std::string folder_of(const PulumiOptions& o) { return o.project_folder.empty() ? o.working_folder : o.project_folder; }

// What the deprecated `variables` have: texts as they are, everything else as JSON.
std::string variable_text(const Value& v) {
  if (tag_of(v) == Tag::secret) {
    const Value* inner = v.find("value");
    return inner != nullptr ? variable_text(*inner) : "null";
  }
  if (v.is_string()) return v.as_string();
  std::string out;
  terraform_internal::append_bare_json(out, model_of(v));
  return out;
}

}  // namespace

Instance::Instance(ProviderRecord record, std::shared_ptr<const PulumiOptions> options)
    : record_(std::move(record)),
      options_(std::move(options)),
      settings_(settings_of(*options_, record_.plugin.name)),
      parallel_(std::max<std::size_t>(1, settings_.parallel.value_or(default_parallel))),
      log_(std::make_shared<PluginLog>(
          record_.plugin.name, [hidden = secrets_](std::string_view text) { return hidden->mask_late(text); }, options_->log,
          *settings_.logs)) {}

Instance::~Instance() { end(); }

Result<Session> Instance::session(const OpContext& ctx) {
  std::unique_lock starting(starting_, std::defer_lock);
  while (!starting.try_lock_for(slice)) DRIFT_TRY(ctx.check());
  std::optional<Session> old;  // ends when the reads that it has are done
  {
    const std::lock_guard lock(mutex_);
    if (failed_ && ctx.clock->monotonic() - failed_at_ < failure_holds) return Error(*failed_);
    failed_.reset();
    if (session_ && session_->process->alive() && !worn_out(*session_, ctx)) return *session_;
    old = std::exchange(session_, std::nullopt);
  }
  Result<Session> made = start(ctx);
  const std::lock_guard lock(mutex_);
  if (made) {
    session_ = *made;
    started_at_ = ctx.clock->monotonic();
    return made;
  }
  const Errc code = made.error().code();
  if (code != Errc::cancelled && code != Errc::deadline) {
    failed_ = made.error();
    failed_at_ = ctx.clock->monotonic();
  }
  return made;
}

std::optional<Session> Instance::present() const {
  const std::lock_guard lock(mutex_);
  return session_;
}

void Instance::crashed(const PluginProcess& process, const OpContext& ctx) {
  std::optional<Session> gone;
  const std::lock_guard lock(mutex_);
  if (!session_ || session_->process.get() != &process) return;  // somebody else saw it before
  gone = std::exchange(session_, std::nullopt);
  const Clock::Duration now = ctx.clock->monotonic();
  if (crashes_ == 0 || now - first_crash_ > crashes_count) {
    crashes_ = 0;
    first_crash_ = now;
  }
  ++crashes_;
}

Result<Instance::Permit> Instance::permit(const OpContext& ctx) {
  std::unique_lock lock(mutex_);
  while (!given_back_.wait_for(lock, slice, [this] { return in_use_ < parallel_; })) DRIFT_TRY(ctx.check());
  ++in_use_;
  return Permit(*this);
}

void Instance::give_back() {
  const std::lock_guard lock(mutex_);
  --in_use_;
  given_back_.notify_one();
}

void Instance::seen(std::string_view type) {
  const std::lock_guard lock(mutex_);
  if (types_.find(type) == types_.end()) types_.emplace(type);
}

std::vector<std::string> Instance::types() const {
  const std::lock_guard lock(mutex_);
  return {types_.begin(), types_.end()};
}

void Instance::end() {
  std::optional<Session> last;
  {
    const std::lock_guard lock(mutex_);
    last = std::exchange(session_, std::nullopt);
  }
  if (last) last->process->shutdown();
}

bool Instance::worn_out(const Session& s, const OpContext& ctx) const {
  const PulumiSettings& limits = options_->settings;
  if (limits.max_age && ctx.clock->monotonic() - started_at_ > *limits.max_age) return true;
  if (s.process->calls() > limits.max_calls.value_or(default_max_calls)) return true;
  return limits.max_memory && s.process->rss_bytes().value_or(0) > *limits.max_memory;
}

plugin::Redactor Instance::redactor() const {
  return [hidden = secrets_](std::string_view text) { return hidden->mask(text); };
}

Result<std::string> Instance::engine_address() {
  if (!engine_) {
    auto server = plugin::GrpcServer::start(
        "drift-engine", [log = log_](std::string_view path, std::string_view message) { return log->answer(path, message); });
    if (!server) return std::move(server).error();
    engine_ = *std::move(server);
  }
  return engine_->address();
}

Result<Session> Instance::start(const OpContext& ctx) {
  {
    const std::lock_guard lock(mutex_);
    if (crashes_ > most_crashes && ctx.clock->monotonic() - first_crash_ < crashes_count)
      return Error(Errc::read_failed, "the plugin crashed " + std::to_string(crashes_) + " times, and is not started again")
          .at(record_.plugin.name)
          .next("report the crashes above to its authors");
  }
  const std::string& name = record_.plugin.name;
  const bool dynamic = std::find(std::begin(dynamic_plugins), std::end(dynamic_plugins), name) != std::end(dynamic_plugins);
  if (dynamic && !options_->settings.dynamic_providers)
    return Error(Errc::read_unsupported, "the dynamic provider " + name + " executes code that stands in the state, and is not run unasked")
        .at(record_.urn)
        .next("where the state is trusted as much as a program, write `dynamic_providers: true` under `providers.pulumi`");
  Result<ResolvedPlugin> resolved = resolve_plugin(options_->settings, name, options_->environment);
  if (!resolved) return std::move(resolved).error();
  const Result<FoundPlugin> found =
      find_plugin(record_.plugin, {.environment = &options_->environment, .binary = settings_.binary, .folder = folder_of(*options_)});
  if (!found) return found.error();
  Result<std::shared_ptr<PluginProcess>> process = launch(*found, *resolved, ctx);
  if (!process) return std::move(process).error().in("while starting the " + display());
  const auto failed = [&](Error e) { return std::move(e).in("while configuring the " + display()); };
  if (Status s = parameterize(**process, ctx); !s.ok()) return failed(std::move(s).error());
  Value config = record_.config;
  for (const auto& [key, value] : resolved->config.as_object()) config.edit_object().set(key, value);
  Result<Accepts> accepts = configure(**process, config, ctx);
  if (!accepts) return failed(std::move(accepts).error());
  ctx.tell(LogLevel::info, "pulumi.ready", {}, name + (found->version.empty() ? "" : " " + found->version) + " from " + found->origin);
  return Session{*std::move(process), *accepts};
}

Result<std::shared_ptr<PluginProcess>> Instance::launch(const FoundPlugin& found, const ResolvedPlugin& resolved, const OpContext& ctx) {
  Result<std::string> engine = engine_address();
  if (!engine) return std::move(engine).error();
  std::vector<std::string> env = plugin_environment(options_->environment, record_, resolved.env);
  std::vector<std::string> hidden = terraform_internal::secret_values(env, resolved.env);
  collect_secrets(model_of(record_.config), hidden);
  collect_secrets(model_of(resolved.config), hidden);
  secrets_->add(hidden);
  if (found.port) return PluginProcess::attach({.port = *found.port, .engine_address = *engine, .redact = redactor()}, ctx);
  LaunchOptions o{.program = found.program, .engine_address = *engine, .env = std::move(env), .cwd = folder_of(*options_)};
  o.redact = redactor();
  o.on_log = [log = log_](std::string_view line) { log->line(line); };
  return PluginProcess::launch(o, ctx);
}

Status Instance::parameterize(PluginProcess& process, const OpContext& ctx) {
  if (!record_.parameterization) return {};
  const Parameterization& p = *record_.parameterization;
  std::string request;
  encode(ParameterizeRequest{.name = p.name, .version = p.version, .value = p.value}, request);
  const plugin::GrpcReply reply = process.call("Parameterize", request, ctx);
  return reply.ok() ? Status() : Status(process.error_of(reply, "Parameterize"));
}

Result<Accepts> Instance::configure(PluginProcess& process, const Value& config, const OpContext& ctx) {
  ConfigureRequest request{.id = record_.id, .urn = record_.urn, .name = record_.name, .type = record_.type};
  for (const auto& [key, value] : config.as_object()) {
    if (value.is_unknown() || value.holds_unknown())
      return Error(Errc::bad_structure, "the configuration that the state has is not fully known").at(record_.urn).next("run pulumi up");
    if (key != "version") request.variables.emplace_back(record_.package + ":config:" + key, variable_text(value));
  }
  std::string args, bytes;
  DRIFT_TRY(encode_struct(config, {.keep_unknowns = true, .keep_secrets = true, .keep_references = true, .elide_assets = false}, args));
  request.args = args;
  encode(request, bytes);
  const plugin::GrpcReply reply = process.call("Configure", bytes, ctx);
  if (!reply.ok()) {
    Error e = process.error_of(reply, "Configure");
    const Result<ErrorDetails> details = decode_error_details(reply.status.details);
    if (!details || details->missing_keys.empty()) return e;
    std::string names;
    for (const auto& [name, description] : details->missing_keys) names += (names.empty() ? "" : ", ") + one_line(name);
    return Error(Errc::config_invalid, "the provider misses configuration: " + names)
        .at(record_.urn)
        .next("set it in the stack (pulumi config set, pulumi up), or in `config` under `providers.pulumi.plugins." + record_.plugin.name +
              "`");
  }
  const Result<ConfigureReply> answer = decode_configure(reply.message);
  if (!answer) return answer.error();
  if (const auto& hello = process.handshake())
    return Accepts{.secrets = hello->accept_secrets, .references = hello->accept_resources, .byte_strings = hello->accepts_byte_string};
  return Accepts{.secrets = answer->accept_secrets, .references = answer->accept_resources, .byte_strings = false};
}

}  // namespace drift::pulumi_internal
