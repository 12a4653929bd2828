// Live reads: what the state and the baseline name is read through the providers, a window of resources at a time, compared, judged and
// dropped, so that memory does not grow with the state.
//
// Thread rule: one thread; the reads themselves run on the scheduler's.
#pragma once

#include "engine/run.hpp"

namespace drift::engine_internal {

// Errors: E_AMBIGUOUS_RULE, and E_CANCELLED or E_DEADLINE when the scan was stopped before anything had an answer. A scan that is stopped
// later goes on to a report that says so.
Status judge_live(ScanRun& run);

}  // namespace drift::engine_internal
