#include <memory>

#include "cli.hpp"
#include "console.hpp"
#include "options.hpp"
#include "progress.hpp"

namespace drift::cli {
namespace {

struct ScanOptions {
  DocumentOptions documents;
  ScopeOptions scope;
  ReadingOptions reading;
  OutputOptions output;
};

constexpr const char* purpose = R"(Reads what is live (or takes --actual) and reports what drifted from what is expected.

Expected is, property by property, what was accepted (the baseline), else what the state recorded, else what a plan
declares. What cannot be read is reported as unreadable, never as deleted. Nothing is changed anywhere.)";

constexpr const char* examples = R"(Examples:
  drift scan --state terraform.tfstate
  drift scan --stack shop/prod                          (a Pulumi stack; or: pulumi stack export | drift scan --state -)
  drift scan --state prod.tfstate --target 'module.dns.*' --json > report.json
  drift scan --state prod.tfstate --record reads/       (and again, byte for byte: --replay reads/)
  drift scan                                            (everything from drift.yaml)

)";

int run_scan(const ScanOptions& o) {
  const ExitStyle style = exit_style_from_name(o.output.style);
  const auto failed = [&](const Error& e) {
    print_error(e);
    return exit_code(style, outcome_of(e));
  };
  Result<Prepared> prepared = prepare(o.documents, o.scope, o.reading, false);
  if (!prepared) return failed(prepared.error());
  Progress progress;
  prepared->request.scheduler.progress = progress.callback();
  const Result<Report> report = scan(prepared->request);
  progress.clear();
  if (!report) return failed(report.error());
  const Status recorded = prepared->recorder ? prepared->recorder->finish(system_clock()) : Status();
  TextOptions text = text_options(o.output.color);
  text.show_suppressed = o.output.show_suppressed;
  if (!print(o.output.json ? render_json(*report) : render_text(*report, text))) return exit_code(style, Outcome::error);
  if (!recorded.ok()) return failed(recorded.error());  // the report was worth a scan
  return exit_code(style, outcome_of(*report));
}

}  // namespace

void add_scan(CLI::App& app, Chosen& chosen) {
  const auto o = std::make_shared<ScanOptions>();
  CLI::App* command = add_command(app, "scan", "Read what is live and report what drifted", purpose, std::string(examples) + exit_help);
  add_document_options(*command, o->documents);
  add_scope_options(*command, o->scope);
  add_reading_options(*command, o->reading, Recordings::record_or_replay);
  add_output_options(*command, o->output, true);
  command->callback([&chosen, o] { chosen.command = [o] { return run_scan(*o); }; });
}

}  // namespace drift::cli
