#include "engine/scope.hpp"

#include "drift/model/path.hpp"

namespace drift::engine_internal {
namespace {

bool matches_any(const std::vector<std::string>& globs, std::string_view address, std::vector<bool>& used) {
  bool any = false;
  for (std::size_t i = 0; i < globs.size(); ++i) {
    if (!glob_match(globs[i], address)) continue;
    used[i] = true;
    any = true;
  }
  return any;
}

std::vector<std::string> unused(const std::vector<std::string>& globs, const std::vector<bool>& used) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < globs.size(); ++i)
    if (!used[i]) out.push_back(globs[i]);
  return out;
}

}  // namespace

bool Scope::contains(std::string_view address) {
  const bool in = matches_any(targets_, address, target_used_) || targets_.empty();
  return !matches_any(excludes_, address, exclude_used_) && in;
}

std::vector<std::string> Scope::unused_targets() const { return unused(targets_, target_used_); }
std::vector<std::string> Scope::unused_excludes() const { return unused(excludes_, exclude_used_); }

}  // namespace drift::engine_internal
