// Selection: which comparators apply at a path. Project rules win over schema facts, schema facts over the built-in rules.
//
// Among project rules the most specific path pattern wins, then the most specific type glob; two rules of equal rank that disagree are an
// error, because whichever won would be an accident. Facts that are no comparators (sensitive, derived, force-new, computed) always hold.
//
// Thread rule: a Selector belongs to one comparison (it fills itself on first use). Ownership: borrows the context it was made with.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drift/diff/compare.hpp"

namespace drift::diff_internal {

struct Applied {
  Comparator comparator = Comparator::exact;
  std::string_view rule;         // "schema:set", or the rule's name; borrowed from the rule set
  std::string key{};             // keyed_list
  std::optional<Value> value{};  // default_value
};

struct Selection {
  SchemaFacts facts;
  std::vector<Applied> applied;  // in the order in which they are asked
  [[nodiscard]] const Applied* find(Comparator c) const;
};

class Selector {
 public:
  Selector(const CompareContext& ctx, std::string_view type) : ctx_(ctx), type_(type) {}
  [[nodiscard]] Selection at(const Path& path);
  // False when it is certain that no comparator applies to anything below `path`.
  [[nodiscard]] bool may_apply_below(const Path& path);
  // True when a rule names a single index of a list: then what an element is equal to depends on where it stands.
  [[nodiscard]] bool names_indexes();
  // Set when two rules of equal rank disagreed somewhere; the path was then compared exactly.
  [[nodiscard]] const std::optional<Error>& ambiguous() const noexcept { return ambiguous_; }
  [[nodiscard]] const Schema* schema() const noexcept { return ctx_.schema; }
  [[nodiscard]] const SecretKey& key() const noexcept;

 private:
  void load();
  const ComparatorRule* best(const std::vector<const ComparatorRule*>& rules, const Path& path);

  const CompareContext& ctx_;
  std::string_view type_;
  bool loaded_ = false;
  bool names_indexes_ = false;
  std::vector<const ComparatorRule*> project_;  // those whose type matches
  std::vector<const ComparatorRule*> builtin_;
  std::optional<Error> ambiguous_;
};

}  // namespace drift::diff_internal
