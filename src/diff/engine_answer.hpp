// What the engine of a resource says of the difference between what was recorded and what there is, applied to what the values say.
//
// Thread rule: pure.
#pragma once

#include "drift/diff/compare.hpp"

namespace drift::diff_internal {

// A difference that the engine does not see goes to `suppressed` (rule "engine.diff"); one that only the engine sees becomes a change (why
// "engine"). Both are about recorded and actual alone: where something else is the ancestor and had another value, nothing is taken out.
void apply_engine_answer(const EngineAnswer& answer, const ResourceSides& sides, ResourceComparison& out);

// For an engine that does not say what differs. Asked when all else is judged: where nothing that differs is the reason, neither a change
// nor one that was taken out, that something does becomes a change of its own, of no path (why "engine"). True: there is one to be judged.
bool add_unnamed(const EngineAnswer& answer, const ResourceSides& sides, ResourceComparison& out);

}  // namespace drift::diff_internal
