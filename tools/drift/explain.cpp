#include <algorithm>
#include <memory>
#include <utility>

#include "cli.hpp"
#include "console.hpp"
#include "options.hpp"
#include "progress.hpp"

namespace drift::cli {
namespace {

struct ExplainOptions {
  std::string address;
  DocumentOptions documents;
  ScopeOptions scope;
  ReadingOptions reading;
  OutputOptions output;
};

constexpr const char* purpose =
    R"(Shows everything that a scan knows of one resource: the value on each side, why it counts or which rule took it out,
and the risk.

Takes the same documents as `drift scan`.)";

constexpr const char* examples = R"(Examples:
  drift explain --state terraform.tfstate local_file.allow_list
  drift explain --state terraform.tfstate 'module.dns.aws_route53_record.www["eu"]'

)";

std::string as_glob(std::string_view address) {
  std::string glob;
  for (const char c : address) {
    if (c == '*' || c == '?' || c == '\\') glob += '\\';
    glob += c;
  }
  return glob;
}

// One resource is enough to read, unless it seems to be deleted: whether that is believed depends on the others.
Result<Report> scan_for(const std::string& address, ScanRequest& request) {
  const std::vector<std::string> targets = std::exchange(request.targets, {as_glob(address)});
  Result<Report> report = scan(request);
  if (!report) return report;
  const auto gone = [](const Finding& f) { return f.verdict == Verdict::deleted; };
  if (std::none_of(report->findings.begin(), report->findings.end(), gone)) return report;
  request.targets = targets;
  return scan(request);
}

// The scan was asked for a target, the person for an address.
Error as_asked(const Error& e, const std::string& address) {
  if (e.code() != Errc::invalid_argument || e.subject() != as_glob(address)) return e;
  return Error(Errc::invalid_argument, "no document has a resource of that address").at(address).next("run `drift scan` to see addresses");
}

// That its scope has nothing in it is an error of a scan; here it is the answer.
bool is_left_out(const Report& report) {
  const Summary& s = report.summary;
  const auto of_scope = [](const ReportError& e) { return e.error.code() == Errc::invalid_argument; };
  return s.checked + s.pending == 0 && !report.errors.empty() && std::all_of(report.errors.begin(), report.errors.end(), of_scope);
}

template <class List>
bool names(const List& list, const std::string& address) {
  return std::any_of(list.begin(), list.end(), [&](const auto& e) { return e.address == address; });
}

Outcome outcome_for(const Report& report, const std::string& address) {
  if (names(report.findings, address)) return Outcome::drift;
  return report.complete ? Outcome::clean : Outcome::incomplete;
}

const char* in_a_word(const Summary& s) {
  if (s.checked > 0) return ": in sync\n";
  return s.pending > 0 ? ": declared, and not created yet\n" : ": not read: bookkeeping of the engine, or excluded\n";
}

int run_explain(const ExplainOptions& o) {
  const ExitStyle style = exit_style_from_name(o.output.style);
  const auto failed = [&](const Error& e) {
    print_error(e);
    return exit_code(style, outcome_of(e));
  };
  Result<Prepared> prepared = prepare(o.documents, o.scope, o.reading, false);
  if (!prepared) return failed(prepared.error());
  Progress progress;
  prepared->request.scheduler.progress = progress.callback();
  const Result<Report> report = scan_for(o.address, prepared->request);
  progress.clear();
  if (!report) return failed(as_asked(report.error(), o.address));
  if (is_left_out(*report)) return exit_code(style, print(o.address + in_a_word(report->summary)) ? Outcome::clean : Outcome::error);
  const Outcome outcome = outcome_for(*report, o.address);
  std::string text;
  if (outcome == Outcome::clean && !names(report->suppressed, o.address))
    text = o.address + in_a_word(report->summary);
  else
    text = render_explain(*report, o.address, text_options(o.output.color));
  return print(text) ? exit_code(style, outcome) : exit_code(style, Outcome::error);
}

}  // namespace

void add_explain(CLI::App& app, Chosen& chosen) {
  const auto o = std::make_shared<ExplainOptions>();
  CLI::App* command = add_command(app, "explain", "Show everything known of one resource", purpose, std::string(examples) + exit_help);
  command->add_option("ADDRESS", o->address, "The resource's address, exactly")->required();
  add_document_options(*command, o->documents);
  add_scope_options(*command, o->scope, false);
  add_reading_options(*command, o->reading, Recordings::replay);
  add_output_options(*command, o->output, false);
  command->callback([&chosen, o] { chosen.command = [o] { return run_explain(*o); }; });
}

}  // namespace drift::cli
