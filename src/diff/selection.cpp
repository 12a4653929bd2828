#include "diff/selection.hpp"

#include <tuple>
#include <utility>

#include "base/immortal.hpp"
#include "diff/rank.hpp"

namespace drift::diff_internal {
namespace {

using Rank = std::pair<int, int>;

Rank rank_of(const ComparatorRule& rule) { return {rule.path.specificity(), glob_rank(rule.type)}; }

bool agree(const ComparatorRule& a, const ComparatorRule& b) {
  return a.comparator == b.comparator && a.key == b.key && a.value == b.value;
}

// The comparators that schema facts stand for, those that take a difference out entirely first.
void add_facts(const SchemaFacts& facts, std::vector<Applied>& applied) {
  if (facts.write_only) applied.push_back({Comparator::ignored, "schema:write_only"});
  if (facts.default_value) applied.push_back({Comparator::default_value, "schema:default_value", {}, facts.default_value});
  if (facts.empty_is_absent) applied.push_back({Comparator::empty_is_absent, "schema:empty_is_absent"});
  if (facts.float64) applied.push_back({Comparator::float64, "schema:float64"});
  if (facts.type == TypeHint::number) applied.push_back({Comparator::number, "schema:number"});
  if (facts.list_key) applied.push_back({Comparator::keyed_list, "schema:list_key", *facts.list_key});
  if (facts.set) applied.push_back({Comparator::set, "schema:set"});
}

bool may_reach(const ComparatorRule& rule, std::string_view first) {
  const std::string& text = rule.path.text();
  return text.empty() || text.front() == '*' || text.front() == '[' || std::string_view(text).substr(0, first.size()) == first;
}

bool has_index(const std::string& pattern) {
  for (std::size_t at = pattern.find('['); at != std::string::npos; at = pattern.find('[', at + 1))
    if (at + 1 < pattern.size() && pattern[at + 1] >= '0' && pattern[at + 1] <= '9') return true;
  return false;
}

}  // namespace

const Applied* Selection::find(Comparator c) const {
  for (const Applied& a : applied)
    if (a.comparator == c) return &a;
  return nullptr;
}

const SecretKey& Selector::key() const noexcept {
  static const base_internal::Immortal<SecretKey> none;
  return ctx_.key != nullptr ? *ctx_.key : *none;
}

// Globs over types are matched once for each resource that differs, not once for each path.
void Selector::load() {
  if (loaded_) return;
  loaded_ = true;
  if (ctx_.rules != nullptr)
    for (const ComparatorRule& rule : ctx_.rules->comparators)
      if (glob_match(rule.type, type_)) project_.push_back(&rule);
  if (ctx_.rules == nullptr || ctx_.rules->use_builtin_comparators)
    for (const ComparatorRule& rule : RuleSet::builtin())
      if (glob_match(rule.type, type_)) builtin_.push_back(&rule);
  for (const auto* rules : {&project_, &builtin_})
    for (const ComparatorRule* rule : *rules) names_indexes_ = names_indexes_ || has_index(rule->path.text());
}

const ComparatorRule* Selector::best(const std::vector<const ComparatorRule*>& rules, const Path& path) {
  const ComparatorRule* best = nullptr;
  const ComparatorRule* rival = nullptr;
  for (const ComparatorRule* rule : rules) {
    if (!rule->path.matches(path)) continue;
    if (best == nullptr || rank_of(*rule) > rank_of(*best)) {
      best = rule;
      rival = nullptr;
    } else if (rank_of(*rule) == rank_of(*best) && !agree(*rule, *best)) {
      rival = rule;
    }
  }
  if (rival == nullptr) return best;
  if (!ambiguous_) {
    ambiguous_.emplace(Error(Errc::ambiguous_rule, "comparator rules \"" + best->name + "\" and \"" + rival->name +
                                                       "\" were equally specific for one path and disagreed")
                           .at(path.text())
                           .next("make the path or the type of one of them more specific, or remove one"));
  }
  return nullptr;
}

Selection Selector::at(const Path& path) {
  load();
  Selection selection;
  if (ctx_.schema != nullptr) selection.facts = ctx_.schema->at(path);
  const bool had_error = ambiguous_.has_value();
  const ComparatorRule* rule = project_.empty() ? nullptr : best(project_, path);
  if (rule == nullptr && ambiguous_.has_value() && !had_error) return selection;
  if (rule == nullptr) {
    add_facts(selection.facts, selection.applied);
    if (!selection.applied.empty() || builtin_.empty()) return selection;
    rule = best(builtin_, path);
  }
  if (rule != nullptr && rule->comparator != Comparator::exact)
    selection.applied.push_back({rule->comparator, rule->name, rule->key, rule->value});
  return selection;
}

bool Selector::names_indexes() {
  load();
  return names_indexes_;
}

bool Selector::may_apply_below(const Path& path) {
  load();
  if (ctx_.schema != nullptr && !ctx_.schema->empty()) return true;
  std::string_view first;
  if (!path.empty())
    if (const auto* key = std::get_if<std::string>(&path.segments().front())) first = *key;
  for (const auto* rules : {&project_, &builtin_})
    for (const ComparatorRule* rule : *rules)
      if (may_reach(*rule, first)) return true;
  return false;
}

}  // namespace drift::diff_internal
