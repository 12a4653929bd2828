#include "provider/pulumi/instance.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "drift/model/json.hpp"
#include "provider/hosted/bare_json.hpp"
#include "provider/hosted/secret_env.hpp"
#include "provider/hosted/text_file.hpp"
#include "provider/pulumi/plugin_env.hpp"
#include "provider/pulumi/property.hpp"

namespace drift::pulumi_internal {
namespace {

using hosted_internal::collect_secrets;

// Go's collector does not give back what a scan of a large stack makes a plugin take.
constexpr std::uint64_t default_max_calls = 200'000;
constexpr std::uint64_t default_max_listed = 100'000;  // each is kept until all are known
constexpr std::chrono::hours most_start_timeout(24);
constexpr std::chrono::minutes default_start_timeout(2);

constexpr std::string_view dynamic_plugins[] = {"pulumi-nodejs", "pulumi-python"};

hosted_internal::LifeLimits limits_of(const PulumiOptions& options, const std::string& plugin) {
  return {.parallel = std::max<std::size_t>(1, settings_of(options, plugin).parallel.value_or(default_parallel)),
          .max_age = options.settings.max_age,
          .max_calls = options.settings.max_calls.value_or(default_max_calls),
          .max_memory = options.settings.max_memory};
}

std::string own_folder(const PulumiOptions& o) { return o.project_folder.empty() ? o.working_folder : o.project_folder; }

// What the deprecated `variables` have: texts as they are, everything else as JSON.
std::string variable_text(const Value& v) {
  if (tag_of(v) == Tag::secret) {
    const Value* inner = v.find("value");
    return inner != nullptr ? variable_text(*inner) : "null";
  }
  if (v.is_string()) return v.as_string();
  std::string out;
  hosted_internal::append_bare_json(out, model_of(v));
  return out;
}

}  // namespace

PulumiPluginSettings settings_of(const PulumiOptions& options, const std::string& name) {
  PulumiPluginSettings out;
  if (const auto own = options.settings.plugins.find(name); own != options.settings.plugins.end()) out = own->second;
  if (!out.parallel) out.parallel = options.settings.parallel;
  if (!out.logs) out.logs = options.settings.logs;
  return out;
}

std::string start_folder(const PulumiOptions& o) {
  if (!o.project) return own_folder(o);
  const std::filesystem::path main = std::filesystem::path(o.project->main).lexically_normal();
  if (main.empty() || main.is_absolute()) return o.project->folder;
  std::string program = hosted_internal::inside(o.project->folder, main.string());
  if (hosted_internal::is_folder(program)) return program;
  program = hosted_internal::inside(o.project->folder, main.parent_path().string());
  return hosted_internal::is_folder(program) ? program : o.project->folder;
}

PluginPlaces places_of(const PulumiOptions& o, const std::string& binary) {
  return {.environment = &o.environment,
          .binary = binary,
          .folder = own_folder(o),
          .project = o.project ? &*o.project : nullptr,
          .project_plugins = o.settings.project_plugins};
}

Instance::Instance(ProviderRecord record, std::shared_ptr<const PulumiOptions> options)
    : Lifecycle(limits_of(*options, record.plugin.name), record.urn),
      record_(std::move(record)),
      options_(std::move(options)),
      settings_(settings_of(*options_, record_.plugin.name)),
      parallel_(limits_of(*options_, record_.plugin.name).parallel),
      start_timeout_(std::min<Clock::Duration>(options_->settings.start_timeout.value_or(default_start_timeout), most_start_timeout)),
      max_listed_(options_->settings.max_listed.value_or(default_max_listed)),
      log_(std::make_shared<PluginLog>(
          record_.plugin.name, [hidden = secrets_](hosted_internal::HiddenText& text) { hidden->hide_late_in(text); },
          [logs = logs_](const LogRecord& said) { logs->tell(said); }, *settings_.logs)) {}

Result<Session> Instance::session(const OpContext& ctx) {
  return Lifecycle::session(ctx, [this](const OpContext& c) { return start(c); });
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

Status Instance::may_be_run() const {
  const std::string& name = record_.plugin.name;
  const bool dynamic = std::find(std::begin(dynamic_plugins), std::end(dynamic_plugins), name) != std::end(dynamic_plugins);
  if (!dynamic || options_->settings.dynamic_providers) return {};
  return Error(Errc::read_unsupported, "the dynamic provider " + name + " executes code that stands in the state, and is not run unasked")
      .at(record_.urn)
      .next("where the state is trusted as much as a program, write `dynamic_providers: true` under `providers.pulumi`");
}

Result<Session> Instance::start(const OpContext& ctx) {
  DRIFT_TRY(may_be_run());
  const std::string& name = record_.plugin.name;
  Result<ResolvedPlugin> resolved = resolve_plugin(options_->settings, name, options_->environment);
  if (!resolved) return std::move(resolved).error();
  const Result<FoundPlugin> found = find_plugin(record_.plugin, places_of(*options_, settings_.binary));
  if (!found) return found.error();
  Result<std::shared_ptr<PluginProcess>> process = launch(*found, *resolved, ctx);
  if (!process) return std::move(process).error().in("while starting the " + display());
  Session s{.process = *std::move(process), .accepts = {}, .started_at = {}};
  OpContext asking = ctx;
  asking.deadline = ctx.deadline.sooner(Deadline::after(*ctx.clock, start_timeout_));
  if (Status ready = make_ready(s, *resolved, asking); !ready.ok()) {
    const bool late = !asking.check().ok();
    if (late) s.process->kill();  // it would not listen
    if (late && ctx.check().ok())
      return Error(Errc::read_timeout, "the plugin was not ready within the time that its start may take")
          .at(record_.urn)
          .in("while configuring the " + display())
          .next("see what it waits for (`logs: true`), or allow more time (`start_timeout` under `providers.pulumi`)");
    return std::move(ready).error().in("while configuring the " + display());
  }
  ctx.tell(LogLevel::info, "pulumi.ready", {}, name + (found->version.empty() ? "" : " " + found->version) + " from " + found->origin);
  return s;
}

Status Instance::make_ready(Session& s, const ResolvedPlugin& resolved, const OpContext& ctx) {
  DRIFT_TRY(parameterize(*s.process, ctx));
  Value config = record_.config;
  for (const auto& [key, value] : resolved.config.as_object()) config.edit_object().set(key, value);
  Result<Accepts> accepts = configure(*s.process, config, ctx);
  if (!accepts) return std::move(accepts).error();
  s.accepts = *accepts;
  return {};
}

Result<std::shared_ptr<PluginProcess>> Instance::launch(const FoundPlugin& found, const ResolvedPlugin& resolved, const OpContext& ctx) {
  Result<std::string> engine = engine_address();
  if (!engine) return std::move(engine).error();
  std::vector<std::string> env =
      plugin_environment(options_->environment, record_, options_->project ? &*options_->project : nullptr, resolved.env);
  std::vector<std::string> hidden = hosted_internal::secret_values(env, resolved.env);
  collect_secrets(model_of(record_.config), hidden);
  collect_secrets(model_of(resolved.config), hidden);
  secrets_->add(hidden);
  if (found.port) return PluginProcess::attach({.port = *found.port, .engine_address = *engine, .redact = redactor()}, ctx);
  LaunchOptions o{.program = found.program, .engine_address = *engine, .env = std::move(env), .cwd = start_folder(*options_)};
  o.start_timeout = std::chrono::ceil<std::chrono::milliseconds>(start_timeout_);
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
