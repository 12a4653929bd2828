#include "drift/base/environment.hpp"

#include <pwd.h>
#include <unistd.h>

#include <string_view>
#include <vector>

extern char** environ;  // NOLINT(readability-redundant-declaration): not every libc's unistd.h declares it

namespace drift {
namespace {

std::string home_of_user() {
  std::vector<char> room(16384);
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &entry, room.data(), room.size(), &found) != 0 || found == nullptr || found->pw_dir == nullptr) return {};
  return found->pw_dir;
}

}  // namespace

Environment process_environment() {
  Environment out;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view entry = *at;
    const std::size_t equals = entry.find('=');
    // Where a name is there twice, getenv() takes the first.
    if (equals != std::string_view::npos && equals > 0) out.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  std::string& home = out["HOME"];
  if (home.empty()) home = home_of_user();
  if (home.empty()) out.erase("HOME");
  return out;
}

}  // namespace drift
