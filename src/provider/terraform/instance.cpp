#include "provider/terraform/instance.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <span>
#include <utility>

#include "provider/hosted/bare_json.hpp"
#include "provider/terraform/diagnostics.hpp"
#include "provider/terraform/json_value.hpp"
#include "provider/terraform/messages.hpp"
#include "provider/terraform/msgpack.hpp"
#include "provider/terraform/normalise.hpp"
#include "provider/terraform/provider_config.hpp"
#include "provider/terraform/schema_cache.hpp"
#include "provider/terraform/typed_secrets.hpp"

namespace drift::terraform_internal {
namespace {

constexpr std::chrono::hours most_start_timeout(24);
constexpr std::chrono::minutes default_start_timeout(2);  // a schema of 20 MB on a busy machine, and credentials from afar
// Providers look at it to tell what the host can do. The version of the protocol's documents that this host follows.
constexpr std::string_view terraform_version = "1.12.6";
// Go's collector does not give back what a scan of a large state makes a provider take: about 30 KB a call.
constexpr std::uint64_t default_max_calls = 100'000;
constexpr std::uint64_t default_max_listed = 100'000;  // each is kept until all are known

std::vector<std::string> as_list(const Environment& environment) {
  std::vector<std::string> out;
  out.reserve(environment.size());
  for (const auto& [name, value] : environment) out.emplace_back(name).append("=").append(value);
  return out;
}

hosted_internal::LifeLimits limits_of(const ProviderSettings* settings) {
  const ProviderSettings s = settings != nullptr ? *settings : ProviderSettings{};
  return {.parallel = std::max<std::size_t>(1, s.parallel.value_or(default_parallel)),
          .max_age = s.max_age,
          .max_calls = s.max_calls.value_or(default_max_calls),
          .max_memory = s.max_memory};
}

}  // namespace

std::string start_folder(const TerraformOptions& o) {
  if (!o.project_folder.empty()) return o.project_folder;
  const std::string beside = std::filesystem::path(o.state_path).parent_path().string();
  return beside.empty() ? o.working_folder : beside;
}

FindOptions find_options(const TerraformOptions& o, const std::string& binary) {
  return {.environment = o.environment,
          .project_folder = o.project_folder,
          .state_path = o.state_path,
          .working_folder = o.working_folder,
          .binary = binary};
}

Instance::Instance(ProviderAddress address, const ProviderSettings* settings, std::shared_ptr<const TerraformOptions> options)
    : Lifecycle(limits_of(settings), address.display()),
      address_(std::move(address)),
      settings_(settings != nullptr ? *settings : ProviderSettings{}),
      start_timeout_(std::min<Clock::Duration>(settings_.start_timeout.value_or(default_start_timeout), most_start_timeout)),
      options_(std::move(options)) {}

void Instance::use(std::shared_ptr<const TerraformOptions> options) {
  const std::lock_guard lock(mutex_);
  options_ = std::move(options);
}

std::shared_ptr<const TerraformOptions> Instance::options() const {
  const std::lock_guard lock(mutex_);
  return options_;
}

Result<Session> Instance::session(const OpContext& ctx) {
  Result<Session> s = Lifecycle::session(ctx, [this](const OpContext& c) { return start(c); });
  if (!s) return s;
  const std::lock_guard lock(mutex_);
  cached_ = s->schema;  // stays when the session goes: what is sensitive has to be known then, too
  return s;
}

std::size_t Instance::max_listed() const noexcept { return settings_.max_listed.value_or(default_max_listed); }

Result<FoundProvider> Instance::find(const OpContext& ctx) const {
  return find_provider(address_, find_options(*options(), settings_.binary), ctx);
}

std::shared_ptr<const ProviderSchema> Instance::known_schema() {
  const std::lock_guard looking(looking_);
  if (const std::optional<Session> s = present()) return s->schema;
  {
    const std::lock_guard lock(mutex_);
    if (cached_ || looked_in_cache_) return cached_;
  }
  looked_in_cache_ = true;
  std::shared_ptr<const ProviderSchema> kept = look_in_cache();
  const std::lock_guard lock(mutex_);
  if (!cached_) cached_ = std::move(kept);
  return cached_;
}

// What a package holds is not verified for this: what the cache has is by the binary's digest.
std::shared_ptr<const ProviderSchema> Instance::look_in_cache() const {
  FindOptions o = find_options(*options(), settings_.binary);
  o.check_hashes = false;
  const Result<FoundProvider> found = find_provider(address_, o);
  if (!found || found->binary.empty()) return nullptr;
  const std::optional<std::string> digest = file_digest(found->binary);
  if (!digest) return nullptr;
  for (const Protocol protocol : {Protocol::v6, Protocol::v5}) {
    std::optional<std::string> kept = cached_schema(schema_cache_folder(o.environment), *digest, static_cast<int>(protocol));
    if (!kept) continue;
    if (auto schema = ProviderSchema::index(*std::move(kept), protocol)) return *schema;
  }
  return nullptr;
}

Result<Session> Instance::start(const OpContext& ctx) {
  const Result<FoundProvider> found = find(ctx);
  if (!found) return found.error();
  for (const std::string& note : found->notes) ctx.tell(LogLevel::info, "terraform.found", {}, address_.display() + ": " + note);
  Result<std::shared_ptr<PluginProcess>> process = launch(*found, ctx);
  const auto not_ready = [&](std::string_view when) {
    return Error(Errc::read_timeout, "the provider was not ready within the time that its start may take")
        .at(address_.display())
        .in("while " + std::string(when) + " the " + display())
        .next("see what it waits for (`logs: true` of its settings), or allow more time (`start_timeout`)");
  };
  if (!process) {
    const bool late = process.error().code() == Errc::deadline && ctx.check().ok();
    return late ? not_ready("starting") : std::move(process).error().in("while starting the " + display());
  }
  Session s{.process = *process, .schema = {}, .identities = {}, .started_at = {}};
  OpContext asking = ctx;
  asking.deadline = ctx.deadline.sooner(Deadline::after(*ctx.clock, start_timeout_));
  if (Status ready = make_ready(s, *found, asking); !ready.ok()) {
    const bool late = !asking.check().ok();
    if (late) s.process->kill();  // it would not listen
    return late && ctx.check().ok() ? not_ready("configuring") : std::move(ready).error().in("while configuring the " + display());
  }
  ctx.tell(LogLevel::info, "terraform.ready", {}, address_.display() + " " + found->version + " from " + found->origin);
  return s;
}

Status Instance::make_ready(Session& s, const FoundProvider& found, const OpContext& ctx) {
  Result<std::shared_ptr<const ProviderSchema>> schema = schema_of(*s.process, found, ctx);
  if (!schema) return std::move(schema).error();
  s.schema = *std::move(schema);
  Result<std::shared_ptr<const IdentitySchemas>> identities = identities_of(*s.process, ctx);
  if (!identities) return std::move(identities).error();
  s.identities = *std::move(identities);
  // Somebody else's process, too: every run of Terraform configures it anew.
  return configure(*s.process, *s.schema, ctx);
}

Result<std::shared_ptr<PluginProcess>> Instance::launch(const FoundProvider& found, const OpContext& ctx) {
  const std::shared_ptr<const TerraformOptions> options = this->options();
  Result<ResolvedSettings> resolved = resolve_settings(settings_, options->environment);
  if (!resolved) return std::move(resolved).error();
  {
    std::vector<std::string> secrets = hosted_internal::secret_values(as_list(options->environment), resolved->env);
    hosted_internal::collect_secrets(resolved->config, secrets);
    secrets_->add(secrets);
  }
  const plugin::Redactor redact = [hidden = secrets_](std::string_view text) { return hidden->mask(text); };
  if (found.reattach)
    return PluginProcess::attach({.protocol = found.reattach->protocol_version,
                                  .tcp = found.reattach->network == "tcp",
                                  .address = found.reattach->address,
                                  .pid = static_cast<pid_t>(found.reattach->pid),
                                  .test = found.reattach->test,
                                  .redact = redact},
                                 ctx);
  LaunchOptions o{
      .program = found.binary, .env = std::move(resolved->env), .inherited = as_list(options->environment), .cwd = start_folder(*options)};
  o.start_timeout = std::chrono::ceil<std::chrono::milliseconds>(start_timeout_);
  o.mutual_tls = settings_.mutual_tls;
  o.redact = redact;
  if (settings_.logs) o.log_level = "debug";
  if (settings_.logs)
    o.on_log = [logs = logs_, hidden = secrets_, name = address_.display()](std::string_view line) {
      const std::string text = one_line(hidden->mask_late(line));
      logs->tell({LogLevel::debug, "terraform.provider", name, text});
    };
  return PluginProcess::launch(o, ctx);
}

Error Instance::failure(const plugin::GrpcReply& reply, PluginProcess& process, std::string_view method) const {
  return process.error_of(reply, method);
}

void Instance::warn(std::span<const Diagnostic> diagnostics, const OpContext& ctx) const {
  for (const Diagnostic& d : diagnostics)
    if (d.severity == Diagnostic::Severity::warning)
      ctx.tell(LogLevel::warning, provider_warning, {}, display() + ": " + one_line(line_of(d, secrets())));
}

// A provider that says that it needs no call for it is not asked when its schema is known.
Result<std::shared_ptr<const ProviderSchema>> Instance::schema_of(PluginProcess& process, const FoundProvider& found,
                                                                  const OpContext& ctx) {
  const auto protocol = static_cast<Protocol>(process.protocol());
  const std::string folder = schema_cache_folder(options()->environment);
  const std::optional<std::string> digest = found.binary.empty() ? std::nullopt : file_digest(found.binary);
  if (digest)
    if (std::optional<std::string> kept = cached_schema(folder, *digest, process.protocol()))
      if (auto schema = ProviderSchema::index(*std::move(kept), protocol); schema && (*schema)->capabilities().get_provider_schema_optional)
        return schema;
  plugin::GrpcReply reply = process.channel().call(method_path(Method::get_schema, protocol), {}, ctx);
  if (!reply.ok()) return failure(reply, process, "GetProviderSchema");
  auto schema = ProviderSchema::index(std::move(reply.message), protocol);
  if (!schema) return schema;
  warn((*schema)->diagnostics(), ctx);
  if (has_error((*schema)->diagnostics())) return error_of((*schema)->diagnostics(), secrets());
  if (digest && (*schema)->capabilities().get_provider_schema_optional)
    keep_schema(folder, *digest, process.protocol(), (*schema)->bytes());
  return schema;
}

// A method that a provider does not have is a feature that it does not have.
Result<std::shared_ptr<const IdentitySchemas>> Instance::identities_of(PluginProcess& process, const OpContext& ctx) {
  const auto protocol = static_cast<Protocol>(process.protocol());
  const plugin::GrpcReply reply = process.channel().call(method_path(Method::get_identity_schemas, protocol), {}, ctx);
  if (reply.status.code == plugin::GrpcCode::unimplemented) return std::make_shared<const IdentitySchemas>();
  if (!reply.ok()) return failure(reply, process, "GetResourceIdentitySchemas");
  std::vector<Diagnostic> diagnostics;
  Result<IdentitySchemas> all = decode_identity_schemas(reply.message, &diagnostics);
  if (!all) return std::move(all).error();
  if (has_error(diagnostics)) return error_of(diagnostics, secrets());
  return std::make_shared<const IdentitySchemas>(*std::move(all));
}

// As Terraform: Validate, then Configure with what was validated; what Validate gives back is not used.
Status Instance::configure(PluginProcess& process, const ProviderSchema& schema, const OpContext& ctx) {
  const Result<std::shared_ptr<const TypeSchema>> own = schema.provider();
  if (!own) return own.error();
  Result<ResolvedSettings> resolved = resolve_settings(settings_, options()->environment);
  if (!resolved) return std::move(resolved).error();
  const Value given = resolved->config.is_null() ? Value(Object()) : resolved->config;
  const Result<Value> config = conform(complete(given, (*own)->block), (*own)->type);
  if (!config)
    return Error(Errc::config_invalid, config.error().message())
        .at(config.error().subject().empty() ? "config" : "config." + config.error().subject())
        .next("see the provider's documentation for what it takes");
  {
    std::vector<std::string> hidden;  // what the provider itself calls sensitive, where it stands in the configuration as it is
    collect_secrets((*own)->facts.mark_sensitive(*config), (*own)->type, hidden);
    secrets_->add(hidden);
  }
  std::string bytes;
  DRIFT_TRY(encode_msgpack(*config, (*own)->type, bytes));
  const auto protocol = static_cast<Protocol>(process.protocol());
  std::string request;
  encode(ValidateProviderConfigRequest{.config = {.msgpack = bytes}}, request);
  const plugin::GrpcReply validated = process.channel().call(method_path(Method::validate_provider_config, protocol), request, ctx);
  if (!validated.ok()) return failure(validated, process, "ValidateProviderConfig");
  const Result<DiagnosticsReply> validation = decode_validate_provider_config(validated.message);
  if (!validation) return validation.error();
  warn(validation->diagnostics, ctx);
  if (has_error(validation->diagnostics)) return error_of(validation->diagnostics, secrets(), Errc::config_invalid);
  request.clear();
  encode(ConfigureRequest{.terraform_version = terraform_version, .config = {.msgpack = bytes}}, request);
  const plugin::GrpcReply configured = process.channel().call(method_path(Method::configure, protocol), request, ctx);
  if (!configured.ok()) return failure(configured, process, "ConfigureProvider");
  const Result<DiagnosticsReply> outcome = decode_configure(configured.message);
  if (!outcome) return outcome.error();
  warn(outcome->diagnostics, ctx);
  if (has_error(outcome->diagnostics)) return error_of(outcome->diagnostics, secrets());
  return {};
}

}  // namespace drift::terraform_internal
