// What accepting a finding stores.
//
// Thread rule: any.
#pragma once

#include <optional>

#include "drift/diff/compare.hpp"
#include "engine/run.hpp"

namespace drift::engine_internal {

// The resource as it is to stand in the baseline; nothing when there is nothing to store.
//   deleted: what it was, so that it can be looked for, marked absent
//   changed: what is there now. Where an ignore rule took differences out, these were not accepted with the rest: there it stays what it
//   was, so that the end of the rule shows them again.
[[nodiscard]] std::optional<Resource> accepted_resource(const ResourceComparison& c, const Loaded& sides);

}  // namespace drift::engine_internal
