// Lists: which element of one list stands for which of the other.
//
//   in order   the longest common subsequence stays; between its elements those left over are paired in order (the most alike ones when
//              one side has more), and the rest is removed or added. Lists that are longer than kMaxAligned after the equal ends are cut
//              off are paired index by index.
//   set        equal elements are paired, each once; nothing is guessed about the rest
//   by key     elements with the same key member are paired
//
// Elements meet by their forms, in n log n; only those whose form is not whole are asked about one by one, and not without end.
// Swapping the lists swaps the pairing. Pairs need not be equal: the caller compares them.
// Thread rule: any.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "drift/model/hash.hpp"
#include "drift/model/value.hpp"

namespace drift::diff_internal {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr std::size_t kMaxAligned = 1000;

struct Pairing {
  std::vector<std::size_t> partner;      // for each element of a: its index in b, or kNone
  std::vector<std::size_t> extra;        // elements of b without a partner, ascending
  bool unasked = false;                  // some may be equal under rules to one that was not asked: there were too many
  [[nodiscard]] bool reordered() const;  // partners do not ascend
};

// What the rules leave of an element (see form.hpp).
struct Form {
  Fingerprint print;
  bool whole = true;  // false: the element may be equal to one with another print
};

// How elements of a and b can be equal under rules without being the same.
class ElementRules {
 public:
  ElementRules() = default;
  ElementRules(const ElementRules&) = delete;
  ElementRules& operator=(const ElementRules&) = delete;
  virtual ~ElementRules() = default;
  [[nodiscard]] virtual Form form_of_a(std::size_t i) = 0;
  [[nodiscard]] virtual Form form_of_b(std::size_t j) = 0;
  // Whether a[i] and b[j] are equal; nothing when that is not asked any more. Asked where a form is not whole.
  [[nodiscard]] virtual std::optional<bool> equal(std::size_t i, std::size_t j) = 0;
};

// `rules` may be nullptr: only what is exactly equal is equal.
[[nodiscard]] Pairing pair_by_index(const Value::List& a, const Value::List& b);
[[nodiscard]] Pairing pair_in_order(const Value::List& a, const Value::List& b, ElementRules* rules);
[[nodiscard]] Pairing pair_as_set(const Value::List& a, const Value::List& b, ElementRules* rules);
// None when an element is no object, lacks the member, or two elements of one list share a key.
[[nodiscard]] std::optional<Pairing> pair_by_key(const Value::List& a, const Value::List& b, std::string_view key);

}  // namespace drift::diff_internal
