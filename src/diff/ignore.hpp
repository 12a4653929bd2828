// Ignore rules: what people and engines chose not to be told about. Of the rules that match, the most specific one applies: by path, then
// by address, then by type. Two of one rank whose modes differ are an error, because whichever won would be an accident.
//
// Thread rule: an Ignorer belongs to one comparison. Ownership: borrows what it was made with.
#pragma once

#include <string>
#include <vector>

#include "drift/diff/compare.hpp"

namespace drift::diff_internal {

class Ignorer {
 public:
  Ignorer(const CompareContext& ctx, const ResourceSides& sides, std::string_view address, std::string_view type);
  // Rules without a path, for a resource that is deleted or unmanaged.
  Status judge_existence(ResourceComparison& c);
  // Moves muted, hidden and accepted changes to `suppressed` and marks those that are only watched.
  Status judge_changes(ResourceComparison& c);
  // Whether judge_changes() would move it.
  [[nodiscard]] bool takes_out_change(const Change& change) const;

 private:
  Result<const IgnoreRule*> best(const Change* change) const;
  bool applies(const IgnoreRule& rule, const Change* change) const;
  bool accepts(const IgnoreRule& rule, const Change* change) const;
  bool engine_ignores(const Change& change) const;

  const ResourceSides& sides_;
  std::vector<const IgnoreRule*> rules_;  // those that have not expired and whose address and type match
  PathSet engine_;
  bool engine_all_ = false;
  std::vector<std::string> unreadable_;
};

// A mode that takes a difference out of the count.
[[nodiscard]] constexpr bool takes_out(IgnoreMode m) noexcept {
  return m == IgnoreMode::hide || m == IgnoreMode::mute || m == IgnoreMode::accept;
}

}  // namespace drift::diff_internal
