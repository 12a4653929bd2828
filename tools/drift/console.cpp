#include "console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace drift::cli {
namespace {

std::string_view env(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool wants_color(std::string_view color) {
  if (color == "always") return true;
  if (color == "never" || !env("NO_COLOR").empty()) return false;
  if (!env("CLICOLOR_FORCE").empty() && env("CLICOLOR_FORCE") != "0") return true;
  return ::isatty(STDOUT_FILENO) != 0 && env("TERM") != "dumb" && !env("TERM").empty();
}

bool shows_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string value(env(name));
    if (value.empty()) continue;
    std::transform(value.begin(), value.end(), value.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return value.find("utf-8") != std::string::npos || value.find("utf8") != std::string::npos;
  }
  return false;
}

std::size_t columns() {
  const int given = std::atoi(std::string(env("COLUMNS")).c_str());
  if (given >= 20 && given <= 10'000) return static_cast<std::size_t>(given);
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) return size.ws_col;
  return TextOptions().width;
}

}  // namespace

TextOptions text_options(std::string_view color) {
  TextOptions options;
  options.color = wants_color(color);
  options.unicode = shows_utf8();
  options.width = columns();
  return options;
}

bool print(std::string_view text) {
  errno = 0;
  const bool whole = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (whole && std::fflush(stdout) == 0) return true;
  print_error(Error(Errc::io, "the output could not be written: " + std::string(std::strerror(errno))).next("check where it goes to"));
  return false;
}

void print_error(const Error& error) {
  const std::string text = "drift: " + render_error(error, text_options("never"));
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void print_note(std::string_view line) {
  const std::string text = std::string(line) + '\n';
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace drift::cli
