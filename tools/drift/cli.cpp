#include "cli.hpp"

#include <algorithm>
#include <csignal>
#include <exception>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "console.hpp"
#include "drift/base/nearest.hpp"
#include "drift/version.hpp"
#include "interrupt.hpp"

namespace drift::cli {
namespace {

constexpr const char* overview =
    R"(Finds and explains infrastructure drift: what exists is no longer what your infrastructure as code recorded.
It only reads. Secrets are never printed.)";

constexpr const char* footer = R"(Start with
  drift scan --state terraform.tfstate

Exit status: 0 clean, 2 drift, 1 error, 3 incomplete (something could not be read); drift wins over incomplete.
`drift COMMAND --help` explains each command; docs/drift.yaml.md the project file.)";

// CLI11's layout, with the whole purpose of a command on top of its own help, and options without the list of their checks.
class HelpFormatter final : public CLI::Formatter {
 public:
  std::map<std::string, std::string> purposes;  // by command

  std::string make_description(const CLI::App* app) const override {
    const auto it = purposes.find(app->get_name());
    return (it != purposes.end() ? it->second : app->get_description()) + "\n\n";
  }
  std::string make_option_opts(const CLI::Option* o) const override {
    return o->get_type_size() == 0 || o->get_type_name().empty() ? "" : " " + o->get_type_name().substr(0, o->get_type_name().find(':'));
  }
};

// A mistake on the command line has the exit status of an error in the style that was asked for, which may not have been parsed yet.
ExitStyle style_asked_for(int argc, char** argv) {
  constexpr std::string_view name = "--exit-code-style";
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == name && i + 1 < argc) return exit_style_from_name(argv[i + 1]);
    if (word.starts_with(name) && word.size() > name.size() && word[name.size()] == '=')
      return exit_style_from_name(word.substr(name.size() + 1));
  }
  return ExitStyle::drift;
}

// "--state=x" is about --state.
std::string option_of(const std::string& word) { return word.substr(0, word.find('=')); }

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* o : app.get_options([](const CLI::Option*) { return true; }))
    for (const std::string& name : o->get_lnames()) names.push_back("--" + name);
  return names;
}

Error not_known(const std::string& word, const char* what, const std::vector<std::string>& names) {
  return Error(Errc::invalid_argument, "`" + word + "` is no " + what + " that is known")
      .next("did you mean `" + std::string(nearest(word, {names.begin(), names.end()})) + "`?");
}

// CLI11 says that a command is missing or that words are left over, not which of them nobody knows.
std::optional<Error> unknown_word(const CLI::App& app) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  for (const CLI::App* command : chosen)
    for (const std::string& word : command->remaining())
      if (word.starts_with("-")) return not_known(option_of(word), "option", option_names(*command));
  for (const std::string& word : app.remaining()) {
    if (word.starts_with("-")) {
      const CLI::App& behind = chosen.empty() ? app : *chosen.front();
      const std::vector<std::string> names = option_names(behind);
      if (chosen.empty() || std::find(names.begin(), names.end(), option_of(word)) == names.end())
        return not_known(option_of(word), "option", names);
      return Error(Errc::invalid_argument, "`" + option_of(word) + "` stood before the command")
          .next("write `drift " + behind.get_name() + " " + option_of(word) + "`.");
    }
    if (!chosen.empty()) continue;
    std::vector<std::string> commands;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) commands.push_back(command->get_name());
    return not_known(word, "command", commands);
  }
  return std::nullopt;
}

// An argument that is empty is most often a variable that was not set; nothing that was asked for is left out in silence.
std::optional<Error> empty_argument(const CLI::App& app) {
  for (const CLI::App* command : app.get_subcommands())
    for (const CLI::Option* o : command->get_options([](const CLI::Option*) { return true; }))
      for (const std::string& text : o->results())
        if (text.empty())
          return Error(Errc::invalid_argument, o->get_name() + " was empty")
              .next("give it a value, or leave it out. Was a variable not set?");
  return std::nullopt;
}

int usage_error(const CLI::App& app, const Error& e, ExitStyle style) {
  const auto chosen = app.get_subcommands();
  const std::string help = chosen.empty() ? "drift --help" : "drift " + chosen.back()->get_name() + " --help";
  print_error(Error(e.code(), e.message()).next((e.next_step().empty() ? "see `" : e.next_step() + " See `") + help + "`"));
  return exit_code(style, Outcome::error);
}

Error as_error(const CLI::App& app, const CLI::ParseError& e) {
  const bool left_over = dynamic_cast<const CLI::ExtrasError*>(&e) != nullptr || dynamic_cast<const CLI::RequiredError*>(&e) != nullptr;
  if (left_over)
    if (std::optional<Error> unknown = unknown_word(app)) return *std::move(unknown);
  std::string what = e.what();
  while (!what.empty() && what.back() == '\n') what.pop_back();
  return {Errc::invalid_argument, what};
}

int parse_and_run(int argc, char** argv) {
  CLI::App app(overview, "drift");
  app.footer(footer);
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("drift ") + version());
  const auto formatter = std::make_shared<HelpFormatter>();
  formatter->column_width(30);
  app.formatter(formatter);
  Chosen chosen;
  add_scan(app, chosen);
  add_diff(app, chosen);
  add_explain(app, chosen);
  add_accept(app, chosen);
  add_version(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return print(app.help()) ? 0 : 1;
  } catch (const CLI::CallForVersion& e) {
    return print(std::string(e.what()) + "\n") ? 0 : 1;
  } catch (const CLI::ParseError& e) {
    return usage_error(app, as_error(app, e), style_asked_for(argc, argv));
  }
  if (const std::optional<Error> empty = empty_argument(app)) return usage_error(app, *empty, style_asked_for(argc, argv));
  return chosen.command();
}

}  // namespace

CLI::App* add_command(CLI::App& app, const std::string& name, const std::string& in_short, const std::string& purpose,
                      const std::string& footer_text) {
  CLI::App* command = app.add_subcommand(name, in_short);
  command->footer(footer_text);
  if (const auto formatter = std::dynamic_pointer_cast<HelpFormatter>(app.get_formatter())) formatter->purposes[name] = purpose;
  return command;
}

int run(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that went away is an error of writing, not the end of the process
  cancel_on_signal();
  try {
    return parse_and_run(argc, argv);
  } catch (const std::bad_alloc&) {
    print_error(Error(Errc::out_of_memory, "there was not enough memory").next("read smaller documents, or give the process more memory"));
  } catch (const std::exception& e) {
    print_error(Error(Errc::internal, std::string("an internal error: ") + e.what()).next("please report it"));
  }
  return exit_code(style_asked_for(argc, argv), Outcome::error);
}

}  // namespace drift::cli
