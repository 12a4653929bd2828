// Comparators of single values: what `number`, `json`, `case_insensitive`, `empty_is_absent` and `default_value` call equal.
//
// Each answers false for what it is not made for, so that a value of an unexpected kind is compared exactly.
// Thread rule: any. An absent value is a nullptr.
#pragma once

#include "drift/model/value.hpp"

namespace drift::diff_internal {

// Equal, marks of plain secrets left aside (they say who may see the value, not what it is).
[[nodiscard]] bool same_content(const Value& a, const Value& b);
// "1.0", "1", 1 and 1.0. A string counts as a number only when it follows JSON's number grammar.
[[nodiscard]] bool equal_as_number(const Value& a, const Value& b);
// Both strings hold JSON documents that are equal: key order and white space are free, numbers compare by value, lists keep their order.
[[nodiscard]] bool equal_as_json(const Value& a, const Value& b);
// Strings that differ in ASCII case only.
[[nodiscard]] bool equal_without_case(const Value& a, const Value& b);
// Absent, null, "", [] and {}.
[[nodiscard]] bool is_empty_value(const Value* v);
// Absent and null stand for `otherwise`.
[[nodiscard]] bool equal_with_default(const Value* a, const Value* b, const Value& otherwise);

}  // namespace drift::diff_internal
