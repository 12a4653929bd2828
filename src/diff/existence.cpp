#include "diff/existence.hpp"

namespace drift::diff_internal {
namespace {

// An engine that is in the middle of replacing or deleting a resource does not expect to find it.
bool expects(const Resource* r) { return r != nullptr && !r->absent && !r->pending_replacement && !r->pending_delete; }

bool accepted_absence(const ResourceSides& sides) { return sides.baseline != nullptr && sides.baseline->absent; }

}  // namespace

Basis basis_of(const ResourceSides& sides) {
  Basis b;
  b.desired = sides.desired != nullptr;
  b.recorded = sides.recorded != nullptr;
  b.actual = sides.actual_known;
  b.baseline = sides.baseline != nullptr;
  return b;
}

const Resource* ancestor_of(const ResourceSides& sides) {
  if (sides.baseline != nullptr && !sides.baseline->absent) return sides.baseline;
  return sides.recorded != nullptr ? sides.recorded : sides.desired;
}

Existence existence_of(const ResourceSides& sides) {
  if (!sides.actual_known) return Existence::unread;
  if (sides.actual != nullptr) return ancestor_of(sides) != nullptr ? Existence::present : Existence::unmanaged;
  if (accepted_absence(sides)) return Existence::absent;
  // What only a program declares is still to be created.
  return expects(sides.baseline) || expects(sides.recorded) ? Existence::deleted : Existence::absent;
}

}  // namespace drift::diff_internal
