#include <memory>

#include "cli.hpp"
#include "console.hpp"
#include "drift/engine/key_file.hpp"
#include "interrupt.hpp"
#include "options.hpp"

namespace drift::cli {
namespace {

struct DiffOptions {
  std::string a, b;
  ScopeOptions scope;
  OutputOptions output;
};

constexpr const char* purpose = R"(Compares two documents of any readable format, A taken as recorded and B as what exists.

What is only in A was deleted, what is only in B is unmanaged. Rules of the project file apply. Nothing live is read.
Where secrets of one are sealed (a baseline), they are compared by its key: the file beside it (A.key or B.key), or DRIFT_KEY_FILE.)";

constexpr const char* examples = R"(Examples:
  drift diff yesterday.tfstate today.tfstate
  terraform show -json | drift diff prod.tfstate -
  drift diff before.json after.json --json

)";

// Where the key of a sealed document is: DRIFT_KEY_FILE, or else beside A or B.
Result<SecretKey> find_key(const DiffOptions& o) {
  for (const std::string& document : {o.a, o.b}) {
    Result<SecretKey> key = read_key_file(key_path(document));
    if (!key || !key->empty()) return key;
  }
  return SecretKey();
}

Result<Report> run_request(const DiffOptions& o) {
  if (o.a == "-" && o.b == "-")
    return Error(Errc::invalid_argument, "two documents cannot both come from standard input").next("give one of them as a file");
  Result<Project> project = load_project(o.scope);
  if (!project) return std::move(project).error();
  Result<SecretKey> key = find_key(o);
  if (!key) return std::move(key).error();
  DiffRequest request{.a = source_of(o.a), .b = source_of(o.b)};
  request.key = *std::move(key);
  request.rules = project->rules;
  request.targets = o.scope.targets.empty() ? project->targets : o.scope.targets;
  request.excludes = project->excludes;
  request.excludes.insert(request.excludes.end(), o.scope.excludes.begin(), o.scope.excludes.end());
  request.context.cancel = interrupt_token();
  return diff_documents(request);
}

int run_diff(const DiffOptions& o) {
  const ExitStyle style = exit_style_from_name(o.output.style);
  const Result<Report> report = run_request(o);
  if (!report) {
    print_error(report.error());
    return exit_code(style, outcome_of(report.error()));
  }
  TextOptions text = text_options(o.output.color);
  text.show_suppressed = o.output.show_suppressed;
  if (!print(o.output.json ? render_json(*report) : render_text(*report, text))) return exit_code(style, Outcome::error);
  return exit_code(style, outcome_of(*report));
}

}  // namespace

void add_diff(CLI::App& app, Chosen& chosen) {
  const auto o = std::make_shared<DiffOptions>();
  CLI::App* command = add_command(app, "diff", "Compare two documents", purpose, std::string(examples) + exit_help);
  command->add_option("A", o->a, "The document that is taken as recorded; - for stdin")->required();
  command->add_option("B", o->b, "The document that is taken as what exists; - for stdin")->required();
  add_scope_options(*command, o->scope);
  add_output_options(*command, o->output, true);
  command->callback([&chosen, o] { chosen.command = [o] { return run_diff(*o); }; });
}

}  // namespace drift::cli
