// The command line: one file a command (scan, diff, explain, accept, version), thin users of the public C++ API.
//
// A command's add_*() puts its options on the parser and says what to run; run() parses, runs and turns the outcome into an exit status.
// Thread rule: one thread.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "exit_codes.hpp"

namespace drift::cli {

// What the parser decided: the command to run.
struct Chosen {
  std::function<int()> command;
};

// Adds a command whose --help begins with `purpose` (several lines) and ends with `footer`.
CLI::App* add_command(CLI::App& app, const std::string& name, const std::string& in_short, const std::string& purpose,
                      const std::string& footer);

int run(int argc, char** argv);

void add_scan(CLI::App& app, Chosen& chosen);
void add_diff(CLI::App& app, Chosen& chosen);
void add_explain(CLI::App& app, Chosen& chosen);
void add_accept(CLI::App& app, Chosen& chosen);
void add_version(CLI::App& app, Chosen& chosen);

}  // namespace drift::cli
