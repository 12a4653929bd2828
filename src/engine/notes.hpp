// What is said about the request itself: rules, targets and excludes that were of no use.
//
// A scan that looked at nothing because of a slip of the pen must not look clean: a target that matches nothing is an error, and so is a
// scope that leaves nothing.
//
// Thread rule: one thread.
#pragma once

#include "engine/run.hpp"

namespace drift::engine_internal {

// E_INVALID_ARGUMENT for a target that matched no resource. For when all addresses are known and nothing has been read yet.
Status require_targets(const ScanRun& run);

// Notes: "rule_expired", "rule_unused" (only after a whole scan, where a rule had its chance), "exclude_unused". Errors of the report:
// targets that matched nothing, a scope that left none of the resources.
void add_request_notes(ScanRun& run);

}  // namespace drift::engine_internal
