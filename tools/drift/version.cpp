#include "drift/version.hpp"

#include <string>

#include "cli.hpp"
#include "console.hpp"

namespace drift::cli {

void add_version(CLI::App& app, Chosen& chosen) {
  CLI::App* command = add_command(app, "version", "Print the version", "Prints the version of the library that the command line runs on.",
                                  "Example:\n  drift version\n\nExit status: 0.");
  command->callback([&chosen] { chosen.command = [] { return print(std::string("drift ") + version() + "\n") ? 0 : 1; }; });
}

}  // namespace drift::cli
