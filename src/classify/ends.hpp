// The two ends of a change: from the ancestor to what is there (for a pending change: to what is desired).
//
// Thread rule: any. Ownership: borrows from the Change.
#pragma once

#include "diff/rule_names.hpp"
#include "drift/diff/compare.hpp"

namespace drift::classify_internal {

struct Ends {
  const Value* from = nullptr;  // nullptr: absent
  const Value* to = nullptr;
};

inline const Value* side(const std::optional<Value>& v) { return v ? &*v : nullptr; }

// As drift/diff/compare.hpp defines the ancestor: the baseline's value where the baseline has the resource, else the recorded one, else the
// desired one. A baseline that only says "this is gone" took part but has no values, so that the next side's value counts.
inline Ends ends_of(const Change& c, const Basis& basis) {
  Ends e;
  if (c.kind != ChangeKind::added) {
    if (basis.baseline && c.baseline)
      e.from = side(c.baseline);
    else if (basis.recorded && c.recorded)
      e.from = side(c.recorded);
    else
      e.from = side(c.desired);
  }
  e.to = c.relation == Relation::pending ? side(c.desired) : side(c.actual);
  return e;
}

// Of a difference that was taken out; which sides took part is not kept with those. What the rule "baseline" took out was accepted, so
// that the baseline's value is the actual one, and the recorded one is where it came from.
inline Ends ends_of_suppressed(const Change& c) {
  Basis basis;
  basis.baseline = c.rule != diff_internal::kBaselineRule;
  basis.recorded = true;
  return ends_of(c, basis);
}

}  // namespace drift::classify_internal
