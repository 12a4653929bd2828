// Comparators of single values: what `number`, `float64`, `json`, `case_insensitive`, `empty_is_absent` and `default_value` call equal.
//
// Each answers false for what it is not made for, so that a value of an unexpected kind is compared exactly.
// Thread rule: any. An absent value is a nullptr.
#pragma once

#include <string>

#include "drift/diff/rules.hpp"
#include "drift/model/value.hpp"

namespace drift::diff_internal {

// Equal, marks of plain secrets left aside (they say who may see the value, not what it is).
[[nodiscard]] bool same_content(const Value& a, const Value& b);
// "1.0", "1", 1 and 1.0. A string counts as a number only when it follows JSON's number grammar.
[[nodiscard]] bool equal_as_number(const Value& a, const Value& b);
// Whole numbers above 2^53 of which one is what is left of the other after it went through a double (as Go's encoding/json writes that, or
// to the last digit).
[[nodiscard]] bool equal_as_float64(const Value& a, const Value& b);
// Both strings hold JSON documents that are equal: key order and white space are free, numbers compare by value, lists keep their order.
[[nodiscard]] bool equal_as_json(const Value& a, const Value& b);
// Strings that differ in ASCII case only.
[[nodiscard]] bool equal_without_case(const Value& a, const Value& b);
// Absent, null, "", [] and {}.
[[nodiscard]] bool is_empty_value(const Value* v);
// Absent and null stand for `otherwise`.
[[nodiscard]] bool equal_with_default(const Value* a, const Value* b, const Value& otherwise);

// The same comparators as canonical bytes: two values that a comparator calls equal get the same ones. False, and nothing appended, for a
// value that it is not made for.
bool append_as_number(const Value& v, std::string& out);
// (Two that are not equal may get the same ones here: each may be equal to a third.)
bool append_as_float64(const Value& v, std::string& out);
bool append_as_json(const Value& v, std::string& out);
bool append_without_case(const Value& v, std::string& out);

// A secret whose content is not at hand.
[[nodiscard]] inline bool is_sealed(const Value& v) noexcept { return v.secret() == Secret::ciphertext || v.secret() == Secret::digest; }
[[nodiscard]] inline bool is_container(const Value& v) noexcept { return v.is_object() || v.is_list(); }
// These two say how elements are paired, not what is equal.
[[nodiscard]] constexpr bool is_pairing(Comparator c) noexcept { return c == Comparator::set || c == Comparator::keyed_list; }

}  // namespace drift::diff_internal
