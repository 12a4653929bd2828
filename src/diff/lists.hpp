// Lists: which element of one list stands for which of the other.
//
//   in order   the longest common subsequence stays; between its elements those left over are paired in order (the most alike ones when
//              one side has more), and the rest is removed or added. Lists that are longer than kMaxAligned after the equal ends are cut
//              off are paired index by index.
//   set        equal elements are paired, each once; nothing is guessed about the rest
//   by key     elements with the same key member are paired
//
// Swapping the lists swaps the pairing. Pairs need not be equal: the caller compares them.
// Thread rule: any.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "drift/model/value.hpp"

namespace drift::diff_internal {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr std::size_t kMaxAligned = 1000;

struct Pairing {
  std::vector<std::size_t> partner;      // for each element of a: its index in b, or kNone
  std::vector<std::size_t> extra;        // elements of b without a partner, ascending
  [[nodiscard]] bool reordered() const;  // partners do not ascend
};

// Whether a[i] and b[j] are equal under rules; asked only for elements that are not equal exactly. May be empty.
using ElementEqual = std::function<bool(std::size_t i, std::size_t j)>;

[[nodiscard]] Pairing pair_by_index(const Value::List& a, const Value::List& b);
[[nodiscard]] Pairing pair_in_order(const Value::List& a, const Value::List& b, const ElementEqual& equal);
[[nodiscard]] Pairing pair_as_set(const Value::List& a, const Value::List& b, const ElementEqual& equal);
// None when an element is no object, lacks the member, or two elements of one list share a key.
[[nodiscard]] std::optional<Pairing> pair_by_key(const Value::List& a, const Value::List& b, std::string_view key);

}  // namespace drift::diff_internal
