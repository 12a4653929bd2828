#include "engine/scope.hpp"

#include <algorithm>

#include "drift/model/path.hpp"

namespace drift::engine_internal {

bool Scope::contains(std::string_view address) {
  bool in = targets_.empty();
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    if (!glob_match(targets_[i], address)) continue;
    used_[i] = true;
    in = true;
  }
  return in && std::none_of(excludes_.begin(), excludes_.end(), [&](const std::string& e) { return glob_match(e, address); });
}

std::vector<std::string> Scope::unused_targets() const {
  std::vector<std::string> unused;
  for (std::size_t i = 0; i < targets_.size(); ++i)
    if (!used_[i]) unused.push_back(targets_[i]);
  return unused;
}

}  // namespace drift::engine_internal
