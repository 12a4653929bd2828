#include "job.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "drift/engine/key_file.hpp"
#include "drift/model/json.hpp"
#include "drift/provider/file.hpp"
#include "drift/provider/replay.hpp"
#include "drift/render/render.hpp"
#include "engine/request.hpp"
#include "host_provider.hpp"
#include "options.hpp"
#include "render/error_text.hpp"

namespace drift::capi {
namespace {

// What a scan needs beside its request, as long as it goes on.
struct Prepared {
  ScanRequest request;
  std::string baseline_path;  // where it is, or will be; empty: nobody named one
  std::string key_path;
  std::unique_ptr<ReadRecorder> recorder;
  LogSink log;
};

// Both hold: a caller's context may be longer than what the configuration allows.
void set_deadline(OpContext& ctx, std::int64_t timeout_ms, const std::optional<Clock::Duration>& configured) {
  if (timeout_ms > 0) ctx.deadline = Deadline::after(*ctx.clock, milliseconds_of(timeout_ms));
  if (configured) ctx.deadline = ctx.deadline.sooner(Deadline::after(*ctx.clock, *configured));
}

OpContext context_of(const RunState& run, std::int64_t timeout_ms, const std::optional<Clock::Duration>& configured) {
  OpContext ctx;
  ctx.cancel = run.cancel_token();
  ctx.clock = &run.clock();
  set_deadline(ctx, timeout_ms, configured);
  return ctx;
}

// Asks the host. The run outlives the reading of its documents.
DecryptHook decrypt_hook(RunState& run) {
  return [&run](const DecryptRequest& request, const OpContext& ctx) -> Result<std::vector<std::string>> {
    Object body;
    body.set("provider", request.provider);
    Result<Value> state = parse_json(request.state);
    body.set("state", state ? *std::move(state) : Value());
    body.set("data_key", request.data_key);
    Value::List ciphertexts;
    for (const std::string& c : request.ciphertexts) ciphertexts.emplace_back(c);
    body.set("ciphertexts", Value(std::move(ciphertexts)));
    EventBody e;
    e.kind = DRIFT_EV_WANT_DECRYPT;
    e.name = request.provider;
    e.body = to_json(Value(std::move(body)));
    e.total = static_cast<std::int64_t>(request.ciphertexts.size());
    Result<Reply> reply = run.ask(std::move(e), {}, ctx);
    if (!reply) return std::move(reply).error();
    return std::get<std::vector<std::string>>(*std::move(reply));
  };
}

Result<DocumentSource> fetch(const SourceBody& source, RunState& run, const OpContext& ctx) {
  if (const auto* document = std::get_if<DocumentSource>(&source)) return *document;
  EventBody e;
  e.kind = DRIFT_EV_WANT_SOURCE;
  e.name = std::get<HostSource>(source).name;
  std::string name = e.name;
  Result<Reply> reply = run.ask(std::move(e), {}, ctx);
  if (!reply) return Error(reply.error()).in("while the host was asked for the document " + name);
  return DocumentSource(ByteSource::bytes(std::get<std::string>(*std::move(reply)), std::move(name)));
}

Status fetch_into(std::optional<DocumentSource>& out, const std::optional<SourceBody>& source, RunState& run, const OpContext& ctx) {
  if (!source) return {};
  Result<DocumentSource> document = fetch(*source, run, ctx);
  if (!document) return std::move(document).error();
  out = *std::move(document);
  return {};
}

ProviderRegistry providers_of(const Config& config, RunState& run, Project& project) {
  ProviderRegistry all = config.file_provider ? ProviderRegistry() : ProviderRegistry::none();
  for (const HostProviderSpec& spec : config.providers) all.add(std::make_shared<HostProvider>(spec, run.shared_from_this()));
  if (!config.file_provider) return all;
  all.add(make_file_provider());
  // So that it starts at the folder of the project, as it does alone.
  const bool named = std::any_of(project.providers.begin(), project.providers.end(), [](const auto& p) { return p.first == "file"; });
  if (!named) {
    project.providers.emplace_back("file", Value());
    if (!project.providers_at.empty()) project.providers_at.emplace_back();
  }
  return all;
}

std::string key_path_of(const Config& config, const std::string& baseline_path) {
  if (config.key_file) return *config.key_file;
  return baseline_path.empty() ? std::string() : baseline_path + ".key";
}

bool exists(const std::string& path) {
  std::error_code none;
  return std::filesystem::exists(path, none);
}

// A baseline that the project names need not be there yet.
void choose_baseline(const ScanJob& job, const Config& config, Prepared& p) {
  std::optional<DocumentSource>& baseline = p.request.baseline;
  if (baseline) p.baseline_path = baseline->name();
  if (baseline && (job.no_baseline || job.baseline || !exists(baseline->name()))) baseline.reset();
  if (job.baseline) {
    const auto* document = std::get_if<DocumentSource>(&*job.baseline);
    p.baseline_path = document != nullptr && document->is_file() ? document->name() : "";
  }
  p.key_path = key_path_of(config, p.baseline_path);
}

Status take_key(Prepared& p, bool needed) {
  if (p.key_path.empty() || !needed) return {};
  Result<SecretKey> key = read_key_file(p.key_path);
  if (!key) return std::move(key).error();
  p.request.key = *std::move(key);
  return {};
}

Status choose_reads(const Config& config, Prepared& p, bool may_record) {
  ScanRequest& r = p.request;
  if (config.record && may_record) {
    p.recorder = std::make_unique<ReadRecorder>(*config.record, r.key);
    DRIFT_TRY(p.recorder->prepare());
    r.recorder = p.recorder.get();
  }
  if (!config.replay) return {};
  Result<ProviderRegistry> replay = make_replay_providers(*config.replay, r.providers);
  if (!replay) return std::move(replay).error();
  Result<SecretKey> key = replay_key(*config.replay, r.key);
  if (!key) return std::move(key).error();
  if (!key->empty()) r.key = *std::move(key);
  r.providers = *std::move(replay);
  return {};
}

Status prepare(const ScanJob& job, RunState& run, Prepared& p) {
  const Config& config = job.engine->config;
  Project project = config.project;
  ProviderRegistry providers = providers_of(config, run, project);
  // Weak: a provider that hangs may outlive the run, and speak.
  p.log = [weak = run.weak_from_this()](const LogRecord& record) {
    if (const auto alive = weak.lock()) alive->tell(record);
  };
  OpContext context = context_of(run, job.timeout_ms, project.timeout);
  context.log = &p.log;
  const auto hosted = [&](TerraformOptions options) {
    const auto* document = job.state ? std::get_if<DocumentSource>(&*job.state) : nullptr;
    if (document != nullptr && document->is_file()) options.state_path = document->name();
    options.processes = job.engine->processes;
    return make_terraform_providers(std::move(options));
  };
  const auto hosted_pulumi = [&](PulumiOptions options) {
    options.processes = job.engine->plugins;
    return make_pulumi_providers(std::move(options));
  };
  Result<ScanRequest> request = engine_internal::scan_request_with(project, std::move(providers), context, hosted, hosted_pulumi);
  if (!request) return std::move(request).error();
  p.request = *std::move(request);
  ScanRequest& r = p.request;
  r.secrets->keys = job.engine->keys;
  if (config.decrypt) r.secrets->decrypt = decrypt_hook(run);
  r.scheduler.progress = [&run](std::size_t done, std::size_t total) { run.progress(done, total); };
  if (config.attempts) r.scheduler.attempts = static_cast<unsigned>(*config.attempts);
  r.find_unmanaged = r.find_unmanaged || job.find_unmanaged || config.find_unmanaged;
  choose_baseline(job, config, p);
  DRIFT_TRY(fetch_into(r.state, job.state, run, r.context));
  DRIFT_TRY(fetch_into(r.desired, job.desired, run, r.context));
  DRIFT_TRY(fetch_into(r.actual, job.actual, run, r.context));
  if (!job.no_baseline) DRIFT_TRY(fetch_into(r.baseline, job.baseline, run, r.context));
  return {};
}

Result<Report> diff(const Config& config, const DocumentSource& a, const DocumentSource& b, const OpContext& ctx) {
  Result<SecretKey> key = config.key_file ? read_key_file(*config.key_file) : Result<SecretKey>(SecretKey());
  if (!key) return std::move(key).error();
  const Project& p = config.project;
  return diff_documents({.a = a, .b = b, .rules = p.rules, .key = *key, .targets = p.targets, .excludes = p.excludes, .context = ctx});
}

Finish stored(Result<Report> report) {
  if (!report) return std::move(report).error();
  return std::make_shared<const ReportBody>(*std::move(report));
}

void add_problem(std::string& json, const ReportError& e) {
  Object o;
  if (!e.address.empty()) {
    o.set("address", e.address);
    o.set("type", e.type);
    o.set("verdict", verdict_name(e.verdict));
  }
  o.set("code", e.error.name());
  o.set("message", render_internal::error_message(e));
  if (!e.error.next_step().empty()) o.set("next", e.error.next_step());
  o.set("retryable", e.error.is_retryable());
  json += to_json(Value(std::move(o)));
}

std::string accepted_json(const AcceptResult& result, const std::string& path) {
  std::string json = "{\"accepted\":[";
  for (std::size_t i = 0; i < result.accepted.size(); ++i) {
    if (i > 0) json += ',';
    append_json_string(json, result.accepted[i]);
  }
  json += "],\"left\":" + std::to_string(result.left) + ",\"complete\":" + (result.complete ? "true" : "false") + ",\"baseline\":";
  append_json_string(json, path);
  json += ",\"errors\":[";
  for (std::size_t i = 0; i < result.errors.size(); ++i) {
    if (i > 0) json += ',';
    add_problem(json, result.errors[i]);
  }
  return json + "]}";
}

}  // namespace

Finish run_scan_job(const ScanJob& job, RunState& run) {
  Prepared p;
  if (Status s = prepare(job, run, p); !s.ok()) return std::move(s).error();
  const bool sealed = p.request.baseline.has_value() || job.engine->config.replay.has_value() || job.engine->config.key_file.has_value();
  if (Status s = take_key(p, sealed); !s.ok()) return std::move(s).error();
  if (Status s = choose_reads(job.engine->config, p, true); !s.ok()) return std::move(s).error();
  Result<Report> report = scan(p.request);
  if (report && p.recorder)
    if (Status s = p.recorder->finish(run.clock()); !s.ok()) return std::move(s).error();
  return stored(std::move(report));
}

Finish run_accept_job(const AcceptJob& job, RunState& run) {
  Prepared p;
  if (Status s = prepare(job.scan, run, p); !s.ok()) return std::move(s).error();
  const std::string path = job.path.empty() ? p.baseline_path : job.path;
  if (path.empty())
    return Error(Errc::invalid_argument, "neither the call nor the configuration names a baseline")
        .at("path")
        .next("give the baseline's path");
  p.key_path = key_path_of(job.scan.engine->config, path);
  p.request.baseline.reset();
  if (exists(path)) p.request.baseline = DocumentSource(ByteSource::file(path));
  if (Status s = take_key(p, true); !s.ok()) return std::move(s).error();
  if (Status s = choose_reads(job.scan.engine->config, p, false); !s.ok()) return std::move(s).error();
  const Result<AcceptResult> result = accept(p.request, job.globs, path, [&] { return make_key_file(p.key_path); });
  if (!result) return result.error();
  return Accepted{accepted_json(*result, path)};
}

Finish run_diff_job(const DiffJob& job, RunState& run) {
  OpContext ctx = context_of(run, job.timeout_ms, job.engine->config.project.timeout);
  Result<DocumentSource> a = fetch(job.a, run, ctx);
  if (!a) return std::move(a).error();
  Result<DocumentSource> b = fetch(job.b, run, ctx);
  if (!b) return std::move(b).error();
  const LogSink log = [&run](const LogRecord& record) { run.tell(record); };
  ctx.log = &log;
  return stored(diff(job.engine->config, *a, *b, ctx));
}

Result<Report> diff_now(const DiffJob& job, const CancelToken& cancel) {
  const auto* a = std::get_if<DocumentSource>(&job.a);
  const auto* b = std::get_if<DocumentSource>(&job.b);
  if (a == nullptr || b == nullptr)
    return Error(Errc::invalid_argument, "a host source can only be read in a run")
        .at(a == nullptr ? "a" : "b")
        .next("use drift_diff_start()");
  OpContext ctx;
  ctx.cancel = cancel;
  set_deadline(ctx, job.timeout_ms, job.engine->config.project.timeout);
  return diff(job.engine->config, *a, *b, ctx);
}

}  // namespace drift::capi
