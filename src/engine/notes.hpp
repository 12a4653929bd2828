// Notes about the request itself: rules and targets that were of no use.
//
// Thread rule: one thread.
#pragma once

#include "engine/run.hpp"

namespace drift::engine_internal {

// "rule_expired", "rule_unused" (only after a whole scan, where a rule had its chance), "target_unused".
void add_request_notes(ScanRun& run);

}  // namespace drift::engine_internal
