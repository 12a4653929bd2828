#include "diff/ignore.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "diff/comparators.hpp"
#include "diff/rank.hpp"
#include "diff/rule_names.hpp"

namespace drift::diff_internal {
namespace {

using Rank = std::tuple<int, int, int>;

Rank rank_of(const IgnoreRule& r) {
  constexpr int kNoPath = -(1 << 30);
  return {r.path ? r.path->specificity() : kNoPath, glob_rank(r.address), glob_rank(r.type)};
}

// "It is not there" is said by no value or by null, and engines write it either way.
bool equals(const std::optional<Value>& wanted, const Value* is) {
  const bool nothing = !wanted || wanted->is_null();
  if (is == nullptr || is->is_null()) return nothing;
  return !nothing && same_content(*wanted, *is);
}

const Value* root_of(const Resource& r, Section section) {
  if (section == Section::attributes) return &r.attributes;
  return section == Section::inputs && r.inputs ? &*r.inputs : nullptr;
}

}  // namespace

Ignorer::Ignorer(const CompareContext& ctx, const ResourceSides& sides, std::string_view address, std::string_view type) : sides_(sides) {
  if (ctx.rules != nullptr) {
    for (const IgnoreRule& rule : ctx.rules->ignores) {
      const bool expired = rule.expires && ctx.now >= *rule.expires;
      if (!expired && glob_match(rule.address, address) && glob_match(rule.type, type)) rules_.push_back(&rule);
    }
  }
  if (ctx.rules != nullptr && !ctx.rules->use_engine_ignores) return;
  for (const Resource* r : {sides.recorded, sides.desired}) {
    if (r == nullptr) continue;
    for (const std::string& text : r->ignore_changes) {
      if (text == "*" || text == "**") {
        engine_all_ = true;
      } else if (Result<PathPattern> pattern = PathPattern::parse(text)) {
        engine_.add(std::move(pattern).value());
      } else if (std::find(unreadable_.begin(), unreadable_.end(), text) == unreadable_.end()) {
        unreadable_.push_back(text);  // it ignores nothing, and that has to be said
      }
    }
  }
}

// The lists speak of properties. That the resource is another one is none.
bool Ignorer::engine_ignores(const Change& change) const {
  return change.section != Section::resource && (engine_all_ || engine_.covers(change.path));
}

// `change` is nullptr when the existence is asked about.
bool Ignorer::accepts(const IgnoreRule& rule, const Change* change) const {
  if (change == nullptr) return equals(rule.value, sides_.actual == nullptr ? nullptr : &sides_.actual->attributes);
  if (rule.path && rule.path->matches(change->path)) return equals(rule.value, change->actual ? &*change->actual : nullptr);
  // The rule speaks of a value that holds this one. Where an index stands between, the sides need not agree on it: fail closed.
  const Value* root = sides_.actual == nullptr ? nullptr : root_of(*sides_.actual, change->section);
  if (root == nullptr) return false;
  if (!rule.path) return equals(rule.value, root);
  Path prefix;
  for (const Path::Segment& segment : change->path.segments()) {
    const auto* key = std::get_if<std::string>(&segment);
    if (key == nullptr) return false;
    prefix.push(*key);
    if (rule.path->matches(prefix)) return equals(rule.value, prefix.resolve(*root));
  }
  return false;
}

bool Ignorer::applies(const IgnoreRule& rule, const Change* change) const {
  if (rule.path && (change == nullptr || !rule.path->covers(change->path))) return false;
  return rule.mode != IgnoreMode::accept || accepts(rule, change);
}

Result<const IgnoreRule*> Ignorer::best(const Change* change) const {
  const IgnoreRule* best = nullptr;
  const IgnoreRule* rival = nullptr;
  for (const IgnoreRule* rule : rules_) {
    if (!applies(*rule, change)) continue;
    if (best == nullptr || rank_of(*rule) > rank_of(*best)) {
      best = rule;
      rival = nullptr;
    } else if (rank_of(*rule) == rank_of(*best) && rule->mode != best->mode) {
      rival = rule;
    }
  }
  if (rival == nullptr) return best;
  return Error(Errc::ambiguous_rule, "ignore rules \"" + best->name + "\" and \"" + rival->name +
                                         "\" were equally specific for one difference and their modes differ")
      .at(change == nullptr ? std::string() : change->path.text())
      .next("make the path, address or type of one of them more specific, or remove one");
}

Status Ignorer::judge_existence(ResourceComparison& c) {
  if (c.existence != Existence::deleted && c.existence != Existence::unmanaged) return {};
  Result<const IgnoreRule*> found = best(nullptr);
  if (!found) return std::move(found).error();
  const IgnoreRule* rule = *found;
  if (rule == nullptr) return {};
  c.existence_rule = rule->name;
  c.existence_mode = rule->mode;
  c.existence_reason = rule->reason;
  return {};
}

bool Ignorer::takes_out_change(const Change& change) const {
  const Result<const IgnoreRule*> found = best(&change);
  return found && (*found != nullptr ? takes_out((*found)->mode) : engine_ignores(change));
}

Status Ignorer::judge_changes(ResourceComparison& c) {
  c.unreadable_ignores = unreadable_;
  if (rules_.empty() && engine_.empty() && !engine_all_) return {};
  std::vector<Change> kept;
  for (Change& change : c.changes) {
    Result<const IgnoreRule*> found = best(&change);
    if (!found) return std::move(found).error();
    const IgnoreRule* rule = *found;
    if (rule != nullptr) {
      change.rule = rule->name;
      change.mode = rule->mode;
      change.reason = rule->reason;
    } else if (engine_ignores(change)) {
      change.rule = kEngineRule;
      change.mode = IgnoreMode::mute;
      change.reason = "the engine was told to ignore changes here";
    }
    const bool out = change.mode && takes_out(*change.mode);
    if (out) change.drift_class = DriftClass::ignored;
    (out ? c.suppressed : kept).push_back(std::move(change));
  }
  c.changes = std::move(kept);
  return {};
}

}  // namespace drift::diff_internal
