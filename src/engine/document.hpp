// The actual side from a document: only resources whose fingerprints differ somewhere are loaded and compared.
//
// Thread rule: one thread.
#pragma once

#include "engine/run.hpp"

namespace drift::engine_internal {

// The document's word is believed: what it lacks is deleted, what it has beyond the others is unmanaged. E_AMBIGUOUS_RULE, and E_CANCELLED
// or E_DEADLINE as for judge_live().
Status judge_document(ScanRun& run);

}  // namespace drift::engine_internal
