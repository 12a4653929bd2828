// Flatmaps: how Terraform before 0.12 wrote nested attributes, {"tags.%": "1", "tags.Name": "x", "ports.#": "1", "ports.0": "80"},
// in state v3 ("attributes") and in old v4 states ("attributes_flat").
//
// Pure. Thread rule: any.
#pragma once

#include "drift/model/value.hpp"

namespace drift::state_internal {

// The nested value: `x.#` makes x a list (a set's elements in the order of their numbers), `x.%` a map, dots alone an object.
// The types are not known, so leaves stay the strings they are; the placeholder of an unknown value becomes Value::unknown().
// Nothing is lost: what does not fit the scheme keeps its whole key.
[[nodiscard]] Value expand_flatmap(const Object& flat);

}  // namespace drift::state_internal
