#include "options.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "drift/engine/key_file.hpp"
#include "exit_codes.hpp"
#include "interrupt.hpp"

namespace drift::cli {
namespace {

constexpr const char* default_project = "drift.yaml";
constexpr const char* default_baseline = "drift.baseline.jsonl";

// False only when nothing has that name. What is there and cannot be looked at is not passed over: opening it says why.
bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::status(path, error).type() != std::filesystem::file_type::not_found;
}

std::string beside(const Project& project, const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(project.path).parent_path();
  return folder.empty() ? path : (folder / path).string();
}

Status check_documents(const DocumentOptions& o) {
  const std::string* const all[] = {&o.state, &o.desired, &o.baseline, &o.actual};
  if (std::count_if(std::begin(all), std::end(all), [](const std::string* s) { return *s == "-"; }) > 1)
    return Error(Errc::invalid_argument, "two documents cannot both come from standard input").next("give one of them as a file");
  if (!o.state.empty() && !o.stack.empty())
    return Error(Errc::invalid_argument, "--state and --stack exclude each other").next("give one of them");
  if (o.no_baseline && !o.baseline.empty())
    return Error(Errc::invalid_argument, "--baseline and --no-baseline exclude each other").next("give one of them");
  return {};
}

// Where the baseline is, and whether the scan takes it into account. One that only the project file or its usual place names need not be
// there yet; one that was asked for has to be.
void choose_baseline(const DocumentOptions& o, const Project& project, bool writes_baseline, Prepared& p) {
  const bool asked = !o.baseline.empty();
  p.baseline_path = asked ? o.baseline : beside(project, project.baseline.value_or(default_baseline));
  p.request.baseline.reset();
  if (o.no_baseline) return;
  if ((asked && !writes_baseline) || exists(p.baseline_path)) p.request.baseline = source_of(p.baseline_path);
}

// What stands for live reads, or keeps them, has no meaning where a document does.
Status check_reads(const DocumentOptions& documents, const ReadingOptions& o) {
  if (documents.actual.empty() || (o.record.empty() && o.replay.empty())) return {};
  return Error(Errc::invalid_argument, std::string("--actual and ") + (o.record.empty() ? "--replay" : "--record") + " exclude each other")
      .next("give one of them: with --actual nothing live is read");
}

// TYPE=ID; an id may hold any character.
Status choose_unmanaged(const DocumentOptions& documents, const ReadingOptions& o, ScanRequest& r) {
  if (!documents.actual.empty() && (o.find_unmanaged || !o.imports.empty()))
    return Error(Errc::invalid_argument,
                 std::string("--actual and ") + (o.find_unmanaged ? "--find-unmanaged" : "--import") + " exclude each other")
        .next("give one of them: with --actual nothing live is read");
  if (o.find_unmanaged) r.find_unmanaged = true;
  for (const std::string& text : o.imports) {
    const std::size_t at = text.find('=');
    if (at == 0 || at == std::string::npos || at + 1 == text.size())
      return Error(Errc::invalid_argument, "--import takes a type and an id").next("write it like aws_instance=i-0123456789abcdef0");
    r.imports.push_back({.type = text.substr(0, at), .id = text.substr(at + 1)});
  }
  return {};
}

Status take_duration(const char* option, const std::string& text, std::optional<Clock::Duration>& out) {
  if (text.empty()) return {};
  const Result<Clock::Duration> d = parse_duration(text);
  if (!d) return Error(d.error().code(), d.error().message()).at(option).next(d.error().next_step());
  out = *d;
  return {};
}

Status choose_reads(const ReadingOptions& o, Prepared& p) {
  ScanRequest& r = p.request;
  r.context.cancel = interrupt_token();
  if (o.parallel) r.scheduler.parallel = *o.parallel;
  std::optional<Clock::Duration> timeout;
  DRIFT_TRY(take_duration("--timeout", o.timeout, timeout));
  if (timeout) r.context.deadline = Deadline::after(*r.context.clock, *timeout);
  std::optional<Clock::Duration> read_timeout;
  DRIFT_TRY(take_duration("--read-timeout", o.read_timeout, read_timeout));
  if (read_timeout) r.scheduler.read_timeout = *read_timeout;
  if (!o.record.empty()) {
    p.recorder = std::make_unique<ReadRecorder>(o.record, r.key);
    DRIFT_TRY(p.recorder->prepare());
    r.recorder = p.recorder.get();
  }
  if (o.replay.empty()) return {};
  Result<std::shared_ptr<Provider>> replay = make_replay_provider(o.replay, r.providers);
  if (!replay) return std::move(replay).error();
  Result<SecretKey> key = replay_key(o.replay, r.key);
  if (!key) return std::move(key).error();
  if (!key->empty()) r.key = *std::move(key);
  r.providers = ProviderRegistry();
  r.providers.add(*std::move(replay));
  return {};
}

}  // namespace

std::string key_path(const std::string& baseline) {
  const char* named = std::getenv("DRIFT_KEY_FILE");
  return named != nullptr && *named != '\0' ? std::string(named) : baseline + ".key";
}

ByteSource source_of(const std::string& path) { return path == "-" ? ByteSource::stream(stdin, "stdin") : ByteSource::file(path); }

void add_document_options(CLI::App& command, DocumentOptions& o, bool writes_baseline) {
  constexpr const char* group = "Documents";
  command.add_option("--state", o.state, "State of Terraform, OpenTofu or Pulumi, `show -json` of a state or plan; - for stdin")
      ->type_name("FILE")
      ->group(group);
  command
      .add_option("--stack", o.stack,
                  "A Pulumi stack where it lives (PULUMI_BACKEND_URL, pulumi login): stack, project/stack or org/project/stack")
      ->type_name("NAME")
      ->group(group);
  command.add_option("--desired", o.desired, "What the program declares: a plan, or any document taken as such")
      ->type_name("FILE")
      ->group(group);
  command.add_option("--baseline", o.baseline, "What was accepted before; default drift.baseline.jsonl, where it is there")
      ->type_name("FILE")
      ->group(group);
  if (!writes_baseline) command.add_flag("--no-baseline", o.no_baseline, "Judge as if nothing had been accepted")->group(group);
  command.add_option("--actual", o.actual, "A document taken as what exists, instead of live reads")->type_name("FILE")->group(group);
}

void add_scope_options(CLI::App& command, ScopeOptions& o, bool with_targets) {
  constexpr const char* group = "Scope";
  command.add_option("--project", o.project, "Project file with documents and rules; default ./drift.yaml, where it is there")
      ->type_name("FILE")
      ->group(group);
  if (with_targets)
    command.add_option("--target", o.targets, "Only addresses that match, * and ? stand for any text; can be given again")
        ->type_name("GLOB")
        ->allow_extra_args(false)
        ->group(group);
  command.add_option("--exclude", o.excludes, "Not addresses that match, * and ? stand for any text; can be given again")
      ->type_name("GLOB")
      ->allow_extra_args(false)
      ->group(group);
}

void add_reading_options(CLI::App& command, ReadingOptions& o, Recordings recordings) {
  constexpr const char* group = "Reading";
  command.add_option("--parallel", o.parallel, "Reads at once (default 8)")->type_name("N")->check(CLI::Range(1, 256))->group(group);
  command.add_option("--timeout", o.timeout, "Stop after this time and report what is known: 30s, 5m, 1h")->type_name("TIME")->group(group);
  command.add_option("--read-timeout", o.read_timeout, "Give up one read after this time (default 60s)")->type_name("TIME")->group(group);
  command.add_flag("--find-unmanaged", o.find_unmanaged, "Also find what exists and no document has, where a provider can list it")
      ->group(group);
  command.add_option("--import", o.imports, "Also look at this object, by the id that `terraform import` takes; can be given again")
      ->type_name("TYPE=ID")
      ->allow_extra_args(false)
      ->group(group);
  if (recordings == Recordings::none) return;
  CLI::Option* replay = command.add_option("--replay", o.replay, "Answer reads from a folder that `drift scan --record` wrote")
                            ->type_name("DIR")
                            ->group(group);
  if (recordings == Recordings::record_or_replay)
    command
        .add_option("--record", o.record,
                    "Write every read into this folder; secrets sealed by the baseline's key, or by a new one kept there")
        ->type_name("DIR")
        ->group(group)
        ->excludes(replay);
}

void add_style_option(CLI::App& command, OutputOptions& o) {
  command.add_option("--exit-code-style", o.style, "drift, terraform, pulumi or driftctl; see below")
      ->type_name("STYLE")
      ->check(CLI::IsMember({"drift", "terraform", "pulumi", "driftctl"}))
      ->group("Output");
}

void add_output_options(CLI::App& command, OutputOptions& o, bool with_report) {
  constexpr const char* group = "Output";
  if (with_report) {
    command.add_flag("--json", o.json, "The report as JSON (docs/report.schema.json)")->group(group);
    command.add_flag("--show-suppressed", o.show_suppressed, "Also differences that a rule took out, with the rule")->group(group);
  }
  command.add_option("--color", o.color, "auto, always or never (default auto; NO_COLOR is honoured)")
      ->type_name("WHEN")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->group(group);
  add_style_option(command, o);
}

Result<Project> load_project(const ScopeOptions& scope) {
  if (!scope.project.empty()) return read_project(scope.project);
  if (exists(default_project)) return read_project(default_project);
  return Project();
}

Result<Prepared> prepare(const DocumentOptions& documents, const ScopeOptions& scope, const ReadingOptions& reading, bool writes_baseline) {
  DRIFT_TRY(check_documents(documents));
  DRIFT_TRY(check_reads(documents, reading));
  Result<Project> project = load_project(scope);
  if (!project) return std::move(project).error();
  if (!documents.state.empty() || !documents.stack.empty()) {  // either wins over both of the project
    project->state.reset();
    project->stack.reset();
  }
  if (!documents.stack.empty()) project->stack = documents.stack;
  // Terraform's providers are looked for beside the state, too.
  std::error_code unknown;
  if (!documents.state.empty() && documents.state != "-") project->state = std::filesystem::absolute(documents.state, unknown).string();
  Result<ScanRequest> request = scan_request(*project);
  if (!request) return std::move(request).error();
  Prepared p{.request = *std::move(request), .baseline_path = {}, .key_path = {}, .recorder = nullptr};
  ScanRequest& r = p.request;
  if (!documents.state.empty()) r.state = source_of(documents.state);
  if (!documents.desired.empty()) r.desired = source_of(documents.desired);
  if (!documents.actual.empty()) r.actual = source_of(documents.actual);
  choose_baseline(documents, *project, writes_baseline, p);
  if (!r.state && !r.desired && !r.baseline)  // the engine says so too, but does not know what the options are called
    return Error(Errc::invalid_argument, "no document was given that says what is expected")
        .next("give a state (--state terraform.tfstate), a stack (--stack project/stack), a plan (--desired) or a baseline (--baseline)");
  p.key_path = key_path(p.baseline_path);
  if (r.baseline || writes_baseline || !reading.replay.empty()) {
    Result<SecretKey> key = read_key_file(p.key_path);
    if (!key) return std::move(key).error();
    r.key = *std::move(key);
  }
  if (!scope.targets.empty()) r.targets = scope.targets;
  r.excludes.insert(r.excludes.end(), scope.excludes.begin(), scope.excludes.end());
  DRIFT_TRY(choose_unmanaged(documents, reading, r));
  DRIFT_TRY(choose_reads(reading, p));
  return p;
}

}  // namespace drift::cli
