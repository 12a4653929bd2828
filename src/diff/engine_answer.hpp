// What the engine of a resource says of the difference between what was recorded and what there is, applied to what the values say.
//
// Thread rule: pure.
#pragma once

#include <functional>

#include "drift/diff/compare.hpp"

namespace drift::diff_internal {

// A difference that the engine does not see goes to `suppressed` (rule "engine.diff"). It speaks of recorded and actual alone: where
// something else is the ancestor and had another value, nothing is taken out.
void apply_engine_answer(const EngineAnswer& answer, const ResourceSides& sides, ResourceComparison& out);

// What only the engine sees becomes a change (why "engine"): at the place that it names, or of no path where it names none and nothing that
// differs, also of what was taken out, is the reason. Asked when all else is judged. `is_ignored`: whether an ignore rule takes a change
// out. True: there is something more to be judged.
bool add_unseen(const EngineAnswer& answer, const ResourceSides& sides, const std::function<bool(const Change&)>& is_ignored,
                ResourceComparison& out);

}  // namespace drift::diff_internal
