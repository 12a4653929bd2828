// Strings that are no UTF-8, for JSON, which cannot hold them: with U+FFFD in the place of their bytes, different contents would look
// alike.
//
// Thread rule: any.
#pragma once

#include "drift/model/value.hpp"

namespace drift::render_internal {

// Whether there is a string that is not UTF-8.
[[nodiscard]] bool holds_binary(const Value& v);
// A copy of `v` in which such a string is "(binary, 7 bytes, sha256:...)". Secrets have been taken out before: a hash gives a short one
// away.
[[nodiscard]] Value without_binary(const Value& v);

}  // namespace drift::render_internal
