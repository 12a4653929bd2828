// Which addresses a scan is about: targets and excludes, and which of the targets were of use.
//
// Thread rule: one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace drift::engine_internal {

class Scope {
 public:
  Scope(std::vector<std::string> targets, std::vector<std::string> excludes)
      : targets_(std::move(targets)), excludes_(std::move(excludes)), used_(targets_.size(), false) {}

  // True when some target matches (or there is none) and no exclude does. Remembers which targets matched, excluded or not.
  bool contains(std::string_view address);
  [[nodiscard]] bool everything() const noexcept { return targets_.empty() && excludes_.empty(); }
  [[nodiscard]] std::vector<std::string> unused_targets() const;

 private:
  std::vector<std::string> targets_;
  std::vector<std::string> excludes_;
  std::vector<bool> used_;
};

}  // namespace drift::engine_internal
