// Existence: whether a resource is where it is expected, before anything inside it is compared.
//
// Thread rule: any.
#pragma once

#include "drift/diff/compare.hpp"

namespace drift::diff_internal {

// Which sides were looked at. A baseline that says "does not exist" took part; so did an actual side that was not found.
[[nodiscard]] Basis basis_of(const ResourceSides& sides);
[[nodiscard]] Existence existence_of(const ResourceSides& sides);
// The side that the others are measured against: baseline, else recorded, else desired; nullptr when nobody expects the resource.
[[nodiscard]] const Resource* ancestor_of(const ResourceSides& sides);

}  // namespace drift::diff_internal
