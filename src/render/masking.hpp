// Secrets taken out of a change before anything renders it. What is secret on one side is taken out of all sides at the same place, because
// the other sides' marks may be missing; in a list, what is secret in one element is taken out of all. Neither value nor length stays.
//
// Thread rule: any.
#pragma once

#include "drift/diff/compare.hpp"

namespace drift::render_internal {

inline constexpr std::string_view sensitive_text = "(sensitive)";
inline constexpr std::string_view unknown_text = "(known after apply)";

// Whether masked() would change anything.
[[nodiscard]] bool needs_mask(const Change& c);
// A copy of `c` in which every secret is the string "(sensitive)", still marked; `sensitive` is set when there was any.
[[nodiscard]] Change masked(const Change& c);

}  // namespace drift::render_internal
