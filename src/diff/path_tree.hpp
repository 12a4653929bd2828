// Paths as a tree, for a walk that goes down beside them.
//
// Thread rule: const access from any thread. Ownership: owns its segments.
#pragma once

#include <map>
#include <vector>

#include "drift/model/path.hpp"

namespace drift::diff_internal {

class PathTree {
 public:
  PathTree() = default;
  explicit PathTree(const std::vector<Path>& paths) {
    for (const Path& path : paths) {
      PathTree* at = this;
      for (const Path::Segment& segment : path.segments()) at = &at->below_[segment];
      at->ends_ = true;
    }
  }
  // One of the paths ends here.
  [[nodiscard]] bool ends() const noexcept { return ends_; }
  [[nodiscard]] bool empty() const noexcept { return !ends_ && below_.empty(); }
  // nullptr: no path leads there.
  [[nodiscard]] const PathTree* below(const Path::Segment& segment) const {
    const auto found = below_.find(segment);
    return found == below_.end() ? nullptr : &found->second;
  }

 private:
  std::map<Path::Segment, PathTree> below_;
  bool ends_ = false;
};

}  // namespace drift::diff_internal
