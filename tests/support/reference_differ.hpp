// The reference differ: slow, obvious, exact. It spreads each side into a map from every path to the value there, and then asks path by
// path.
//
// It pairs list elements by index. Give it trees whose lists need no alignment (TreeOptions::tagged_lists).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "drift/diff/compare.hpp"

namespace drift::testing {

struct ReferenceChange {
  std::string path;
  ChangeKind kind = ChangeKind::modified;
  Relation relation = Relation::drift;
  friend bool operator==(const ReferenceChange&, const ReferenceChange&) = default;
};

struct ReferenceSides {
  const Value* ancestor = nullptr;
  const Value* actual = nullptr;
  bool has_actual = true;
  const Value* desired = nullptr;    // nullptr: no desired side
  const Value* bystander = nullptr;  // a side that moves nothing; what it marks as secret is secret
};

// The changes, sorted by path text.
[[nodiscard]] std::vector<ReferenceChange> reference_diff(const ReferenceSides& sides);
// The changes from `a` to `b` under comparator rules of which at most one matches any path. Each comparator stands here in its plainest
// form: elements are compared each with each, and nothing is remembered. Lists without a rule are paired by index.
[[nodiscard]] std::vector<ReferenceChange> reference_diff_under_rules(const Value& a, const Value& b,
                                                                      const std::vector<ComparatorRule>& rules);
// What drift::diff_values or compare_resource found, in the same form and order.
[[nodiscard]] std::vector<ReferenceChange> in_reference_form(const std::vector<Change>& changes);

// Length of the longest common subsequence of two lists, by the textbook.
[[nodiscard]] std::size_t longest_common_subsequence(const Value::List& a, const Value::List& b);

}  // namespace drift::testing
