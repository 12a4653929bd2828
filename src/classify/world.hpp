// How often a value lets the whole internet in: 0.0.0.0/0 and ::/0 (any address with prefix length 0), anywhere in a list, a string, a
// line-based file or a JSON text. Addresses are compared as tokens ("10.0.0.0/08" or "v1.0.0.0/0" is none); full-line comments and
// comments at the end of a line are no rules, so that taking the '#' away counts as opening.
//
// Thread rule: any.
#pragma once

#include <cstddef>

#include "drift/model/value.hpp"

namespace drift::classify_internal {

struct WorldCount {
  std::size_t v4 = 0;
  std::size_t v6 = 0;
};

// Of nullptr (absent): none. What is ciphertext, a digest or unknown cannot be looked into and counts as none.
[[nodiscard]] WorldCount count_world(const Value* v);

}  // namespace drift::classify_internal
