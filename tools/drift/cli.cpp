#include "cli.hpp"

#include <csignal>
#include <exception>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <string_view>

#include "console.hpp"
#include "drift/version.hpp"
#include "interrupt.hpp"

namespace drift::cli {
namespace {

constexpr const char* overview =
    R"(Finds and explains infrastructure drift: what exists is no longer what your infrastructure as code recorded.
It only reads. Secrets are never printed.)";

constexpr const char* footer = R"(Start with
  drift scan --state terraform.tfstate

Exit status: 0 clean, 2 drift, 1 error, 3 incomplete (something could not be read).
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

int usage_error(const CLI::App& app, const CLI::ParseError& e, ExitStyle style) {
  const auto chosen = app.get_subcommands();
  const std::string help = chosen.empty() ? "drift --help" : "drift " + chosen.back()->get_name() + " --help";
  std::string what = e.what();
  while (!what.empty() && what.back() == '\n') what.pop_back();
  print_error(Error(Errc::invalid_argument, what).next("see `" + help + "`"));
  return exit_code(style, Outcome::error);
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
    return usage_error(app, e, style_asked_for(argc, argv));
  }
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
