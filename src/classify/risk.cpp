#include <algorithm>
#include <set>
#include <utility>

#include "base/immortal.hpp"
#include "classify/ends.hpp"
#include "classify/risk_rules.hpp"
#include "drift/classify/classify.hpp"
#include "drift/model/json.hpp"

namespace drift {

using classify_internal::Ends;
using classify_internal::RiskRule;

struct RiskRules::Rules {
  std::vector<RiskRule> all;
};

namespace {

// A place inside a change where its ends differ: the change itself, and what lies below when whole containers came, went or changed.
struct Place {
  Path path;
  Ends ends;
};

// More places than this in one change are not looked into one by one; the change then counts as one that no rule knows, at least.
constexpr std::size_t max_places = 65536;

class Places {
 public:
  explicit Places(std::vector<Place>& out) : out_(out) {}

  void below(const Path& path, const Ends& ends) {
    if (out_.size() >= max_places || path.size() > 512) return;
    const Value* a = ends.from;
    const Value* b = ends.to;
    if ((a != nullptr && a->is_object()) || (b != nullptr && b->is_object())) members(path, a, b);
    if ((a != nullptr && a->is_list()) || (b != nullptr && b->is_list())) elements(path, a, b);
  }

 private:
  void place(const Path& path, const Value* a, const Value* b) {
    if (a != nullptr && b != nullptr && *a == *b) return;
    out_.push_back({path, {a, b}});
    below(path, {a, b});
  }

  void members(const Path& path, const Value* a, const Value* b) {
    if (a != nullptr && a->is_object())
      for (const auto& [key, value] : a->as_object()) place(path.child(key), &value, b != nullptr ? b->find(key) : nullptr);
    if (b != nullptr && b->is_object())
      for (const auto& [key, value] : b->as_object())
        if (a == nullptr || a->find(key) == nullptr) place(path.child(key), nullptr, &value);
  }

  // Equal elements are paired first, wherever they stand, so that a mere shift is no change; what is left over is paired in order.
  void elements(const Path& path, const Value* a, const Value* b) {
    std::vector<const Value*> left = sorted(a), right = sorted(b), only_left, only_right;
    const auto less = [](const Value* x, const Value* y) { return Value::compare(*x, *y) < 0; };
    std::set_difference(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(only_left), less);
    std::set_difference(right.begin(), right.end(), left.begin(), left.end(), std::back_inserter(only_right), less);
    for (std::size_t i = 0; i < std::max(only_left.size(), only_right.size()); ++i)
      place(path.child(std::uint64_t{i}), i < only_left.size() ? only_left[i] : nullptr, i < only_right.size() ? only_right[i] : nullptr);
  }

  static std::vector<const Value*> sorted(const Value* v) {
    std::vector<const Value*> out;
    if (v == nullptr || !v->is_list()) return out;
    for (const Value& e : v->as_list()) out.push_back(&e);
    std::stable_sort(out.begin(), out.end(), [](const Value* x, const Value* y) { return Value::compare(*x, *y) < 0; });
    return out;
  }

  std::vector<Place>& out_;
};

// The worst of several: by level, equal levels by the rule's id.
class Worst {
 public:
  void take(const Risk& r) {
    if (!best_ || r.level > best_->level || (r.level == best_->level && r.rule < best_->rule)) best_ = r;
  }
  [[nodiscard]] const std::optional<Risk>& best() const { return best_; }

 private:
  std::optional<Risk> best_;
};

Risk unknown_change() {
  return {RiskLevel::medium, RiskClass::behavioural, RiskDirection::neutral, "a change that no rule knows", "default.changed"};
}

Risk whole_resource(Verdict v) {
  if (v == Verdict::deleted)
    return {RiskLevel::high, RiskClass::behavioural, RiskDirection::neutral, "the resource no longer exists", "default.deleted"};
  return {RiskLevel::medium, RiskClass::behavioural, RiskDirection::neutral, "the resource exists but nobody declared it",
          "default.unmanaged"};
}

bool covers(const RiskRule& rule, const Path& path) {
  return std::any_of(rule.paths.begin(), rule.paths.end(), [&](const PathPattern& p) { return p.covers(path); });
}
bool matches(const RiskRule& rule, const Path& path) {
  return std::any_of(rule.paths.begin(), rule.paths.end(), [&](const PathPattern& p) { return p.matches(path); });
}

void assess_change(const std::vector<const RiskRule*>& rules, const Change& change, const Basis& basis, Worst& worst) {
  const Ends ends = classify_internal::ends_of(change, basis);
  std::vector<Place> places;
  Places(places).below(change.path, ends);
  bool known = false;  // some rule knows the change as a whole
  for (const RiskRule* rule : rules) {
    if (rule->resource_section != (change.section == Section::resource)) continue;
    if (covers(*rule, change.path) && rule->holds(ends.from, ends.to)) {
      worst.take(rule->risk);
      known = true;
      continue;
    }
    for (const Place& p : places)
      if (matches(*rule, p.path) && rule->holds(p.ends.from, p.ends.to)) {
        worst.take(rule->risk);
        break;
      }
  }
  if (!known) worst.take(unknown_change());
}

}  // namespace

RiskRules::RiskRules() = default;
RiskRules::RiskRules(const RiskRules&) = default;
RiskRules::RiskRules(RiskRules&&) noexcept = default;
RiskRules::~RiskRules() = default;

std::size_t RiskRules::size() const noexcept { return rules_->all.size(); }

const RiskRules& RiskRules::builtin() {
  static const base_internal::Immortal<RiskRules> rules([] {
    Result<RiskRules> r = parse(classify_internal::builtin_risk_rules());
    if (!r) throw std::logic_error(r.error().to_string());  // the unit test reads the same text
    return std::move(*r);
  }());
  return *rules;
}

Result<RiskRules> RiskRules::parse(std::string_view json) {
  Result<Value> doc = parse_json(json);
  if (!doc) return std::move(doc).error();
  const Value* version = doc->find("version");
  const Value* list = doc->find("rules");
  if (version == nullptr || !(*version == Value(1)) || list == nullptr || !list->is_list())
    return Error(Errc::invalid_rule, "a file of risk rules has to be an object with \"version\": 1 and a list \"rules\"").at("risk rules");
  auto rules = std::make_shared<Rules>();
  std::set<std::string, std::less<>> ids;
  for (const Value& entry : list->as_list()) {
    Result<std::vector<RiskRule>> read = classify_internal::parse_risk_rule(entry);
    if (!read) return std::move(read).error();
    for (RiskRule& rule : *read) {
      if (!ids.insert(rule.risk.rule).second)
        return Error(Errc::invalid_rule, "the id was given twice")
            .at("risk rule " + rule.risk.rule)
            .next("give each rule an id of its own");
      rules->all.push_back(std::move(rule));
    }
  }
  RiskRules out;
  out.rules_ = std::move(rules);
  return out;
}

Risk RiskRules::assess(const ResourceComparison& c) const {
  const Verdict verdict = c.existence == Existence::deleted     ? Verdict::deleted
                          : c.existence == Existence::unmanaged ? Verdict::unmanaged
                                                                : Verdict::changed;
  std::vector<const RiskRule*> rules;
  for (const RiskRule& rule : rules_->all)
    if (rule.verdict == verdict && rule.covers_type(c.type)) rules.push_back(&rule);
  Worst worst;
  if (verdict != Verdict::changed) {
    for (const RiskRule* rule : rules) worst.take(rule->risk);
    return worst.best() ? *worst.best() : whole_resource(verdict);
  }
  for (const Change& change : c.changes)
    if (change.relation == Relation::drift || change.relation == Relation::conflict) assess_change(rules, change, c.basis, worst);
  return worst.best() ? *worst.best() : unknown_change();
}

}  // namespace drift
