#include <memory>

#include "cli.hpp"
#include "console.hpp"
#include "drift/engine/key_file.hpp"
#include "options.hpp"
#include "progress.hpp"

namespace drift::cli {
namespace {

struct AcceptOptions {
  std::vector<std::string> addresses;
  bool all = false;
  DocumentOptions documents;
  ScopeOptions scope;
  ReadingOptions reading;
  OutputOptions output;
};

constexpr const char* purpose = R"(Accepts drift: scans, and writes what is there now of the named findings into the baseline file.

Later scans compare with it first, so that what was accepted is quiet until it changes again, and no refresh of the state can hide
drift. A deletion can be accepted, too. Secrets are sealed with a key that is kept in a file beside the baseline (BASELINE.key, mode
0600; or where DRIFT_KEY_FILE says): commit the baseline, not the key. Nothing else is changed.)";

constexpr const char* examples = R"(Examples:
  drift accept --state terraform.tfstate local_file.feature_flags
  drift accept --state terraform.tfstate 'module.dns.*' --baseline prod.baseline.jsonl
  drift accept --state terraform.tfstate --all

Exit status: 0 when something was accepted, 1 for an error (also when there was nothing to accept), 3 when not everything could be judged
(what could be was accepted) or when the scan was stopped (nothing was).)";

std::string count_of(std::size_t n, const char* one) { return std::to_string(n) + ' ' + one + (n == 1 ? "" : "s"); }

std::string summary(const AcceptResult& result, const std::string& baseline, const TextOptions& options) {
  std::string text = result.accepted.empty()
                         ? "Nothing was accepted.\n"
                         : "Accepted " + count_of(result.accepted.size(), "finding") + " into " + render_safe(baseline, options) + ":\n";
  for (const std::string& address : result.accepted) text += "  " + render_safe(address, options) + '\n';
  if (result.left > 0) text += count_of(result.left, "finding") + (result.left == 1 ? " is left.\n" : " are left.\n");
  if (!result.complete) return text + "What could not be judged was not accepted:\n" + render_errors(result.errors, options);
  return result.left > 0 ? text : text + "Nothing is left.\n";
}

int run_accept(const AcceptOptions& o) {
  const ExitStyle style = exit_style_from_name(o.output.style);
  const auto failed = [&](const Error& e) {
    print_error(e);
    return exit_code(style, outcome_of(e));
  };
  if (o.all == !o.addresses.empty())
    return failed(Error(Errc::invalid_argument, "the addresses to accept, or --all, were not given").next("see `drift accept --help`"));
  if (o.documents.baseline == "-")
    return failed(
        Error(Errc::invalid_argument, "the baseline is written, which standard input cannot be").next("give a file to --baseline"));
  Result<Prepared> prepared = prepare(o.documents, o.scope, o.reading, true);
  if (!prepared) return failed(prepared.error());
  Progress progress;
  prepared->request.scheduler.progress = progress.callback();
  const std::vector<std::string> globs = o.all ? std::vector<std::string>{"*"} : o.addresses;
  const Result<AcceptResult> result =
      accept(std::move(prepared->request), globs, prepared->baseline_path, [&] { return make_key_file(prepared->key_path); });
  progress.clear();
  if (!result) return failed(result.error());
  if (!print(summary(*result, prepared->baseline_path, text_options(o.output.color)))) return exit_code(style, Outcome::error);
  return result->complete ? 0 : exit_code(style, Outcome::incomplete);
}

}  // namespace

void add_accept(CLI::App& app, Chosen& chosen) {
  const auto o = std::make_shared<AcceptOptions>();
  CLI::App* command = add_command(app, "accept", "Take what is there now as right", purpose, examples);
  command->add_option("ADDRESS", o->addresses, "Addresses of findings; * and ? stand for any text");
  command->add_flag("--all", o->all, "Accept every finding");
  add_document_options(*command, o->documents, true);
  add_scope_options(*command, o->scope);
  add_reading_options(*command, o->reading, Recordings::none);
  add_style_option(*command, o->output);
  command->callback([&chosen, o] { chosen.command = [o] { return run_accept(*o); }; });
}

}  // namespace drift::cli
