// Which addresses a scan is about: targets and excludes, and which of them were of use.
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
      : targets_(std::move(targets)), excludes_(std::move(excludes)), target_used_(targets_.size()), exclude_used_(excludes_.size()) {}

  // True when some target matches (or there is none) and no exclude does. Remembers which of both matched, whatever the others say.
  bool contains(std::string_view address);
  [[nodiscard]] bool everything() const noexcept { return targets_.empty() && excludes_.empty(); }
  [[nodiscard]] std::vector<std::string> unused_targets() const;
  [[nodiscard]] std::vector<std::string> unused_excludes() const;

 private:
  std::vector<std::string> targets_, excludes_;
  std::vector<bool> target_used_, exclude_used_;
};

}  // namespace drift::engine_internal
