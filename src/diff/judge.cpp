#include "diff/judge.hpp"

#include <utility>

#include "diff/comparators.hpp"
#include "diff/form.hpp"
#include "diff/rule_names.hpp"

namespace drift::diff_internal {
namespace {

bool nullish(const Value* v) { return v == nullptr || v->is_null(); }
bool is_secret(const Value* v) { return v != nullptr && v->is_secret(); }

// What a plan does not know yet, and what it leaves to the provider, says nothing.
bool never_moves(const Pair& p, bool computed) {
  if (!p.planned()) return false;
  const Value* desired = p.to == kDesired ? p.b : p.a;
  const Value* other = p.to == kDesired ? p.a : p.b;
  if (desired != nullptr && desired->is_unknown()) return true;
  return nullish(desired) && (computed || nullish(other));
}

// True when the rule calls the two equal. Comparators that look into a value leave sealed ones alone: their text is not the value.
bool calls_equal(const Applied& rule, const Value* a, const Value* b) {
  const bool both = a != nullptr && b != nullptr && !is_sealed(*a) && !is_sealed(*b);
  switch (rule.comparator) {
    case Comparator::ignored:
      return true;
    case Comparator::empty_is_absent:
      return is_empty_value(a) && is_empty_value(b);
    case Comparator::default_value:
      return rule.value.has_value() && equal_with_default(a, b, *rule.value);
    case Comparator::number:
      return both && equal_as_number(*a, *b);
    case Comparator::float64:
      return both && equal_as_float64(*a, *b);
    case Comparator::json:
      return both && equal_as_json(*a, *b);
    case Comparator::case_insensitive:
      return both && equal_without_case(*a, *b);
    case Comparator::exact:
    case Comparator::set:
    case Comparator::keyed_list:
      return false;
  }
  return false;
}

// Both are objects, or both lists: they are gone through together.
bool look_inside(const Pair& p) { return p.a != nullptr && p.b != nullptr && is_container(*p.a) && p.a->kind() == p.b->kind(); }

// The elements of two lists, under the rules that apply below this path.
class Elements final : public ElementRules {
 public:
  Elements(Judge& judge, FormMaker forms, Path& path, const ListPair& lists, const Facts& facts)
      : judge_(judge), forms_(forms), path_(path), lists_(lists), facts_(facts) {}
  Form form_of_a(std::size_t i) override { return form(lists_.a, i); }
  Form form_of_b(std::size_t j) override { return form(lists_.b, j); }
  std::optional<bool> equal(std::size_t i, std::size_t j) override {
    path_.push(std::uint64_t{i});
    const std::optional<bool> answer = judge_.ask({lists_.from, &lists_.a[i], lists_.to, &lists_.b[j]}, facts_);
    path_.pop();
    return answer;
  }

 private:
  Form form(const Value::List& list, std::size_t index) {
    path_.push(std::uint64_t{index});
    const Form form = forms_.of(list[index]);
    path_.pop();
    return form;
  }
  Judge& judge_;
  FormMaker forms_;
  Path& path_;
  const ListPair& lists_;
  const Facts& facts_;
};

}  // namespace

void Facts::add(const SchemaFacts& at) {
  sensitive |= at.sensitive;
  derived |= at.derived;
  forces_new |= at.force_new;
  computed |= at.computed;
  read_only |= at.read_only;
}

Verdict Judge::judge_rules(const Pair& p, const Selection& sel) const {
  for (const Applied& rule : sel.applied)
    if (calls_equal(rule, p.a, p.b)) return {Moved::by_rule, "value", std::string(rule.rule)};
  return {};
}

Verdict Judge::judge(const Pair& p, const Facts& facts, bool secret, std::string_view missing, const Selection& sel) {
  if (never_moves(p, facts.computed)) return {};
  if (Verdict v = judge_rules(p, sel); v.moved != Moved::no) return v;
  if (p.a != nullptr && p.a->is_unknown()) return {Moved::by_rule, "unknown", std::string(kUnknownRule)};
  if (p.a == nullptr || p.b == nullptr) return {Moved::whole, missing};
  if (p.b->is_unknown()) return {Moved::whole, "unknown"};  // nobody has looked: that is not clean
  if (secret) return judge_secret(p, facts);
  if (p.a->kind() != p.b->kind()) return {Moved::whole, "type"};
  return is_container(*p.a) ? Verdict{Moved::inside} : Verdict{Moved::whole, "value"};
}

// A secret is one thing: it is compared and shown as a whole, whatever it is made of.
Verdict Judge::judge_secret(const Pair& p, const Facts& facts) {
  Value left = *p.a;
  Value right = *p.b;
  if (!left.is_secret()) left.mark(Secret::plain);
  if (!right.is_secret()) right.mark(Secret::plain);
  if (left.secret() == Secret::plain && right.secret() == Secret::plain) {
    if (left.kind() != right.kind() || !is_container(left)) return {Moved::whole, "secret"};
    left.mark(Secret::none);
    right.mark(Secret::none);
    const bool was = std::exchange(inside_secret_, true);
    last_rule_.clear();
    const bool same = equal_at({p.from, &left, p.to, &right}, facts);
    inside_secret_ = was;
    if (!same) return {Moved::whole, "secret"};
    if (last_rule_.empty()) return {};
    const bool untold = last_rule_ == kSecretRule;
    return {Moved::by_rule, untold ? "secret_cannot_tell" : "secret", std::exchange(last_rule_, {})};
  }
  switch (compare_secrets(left, right, selector_.key())) {
    case SecretCompare::equal:
      return {};
    case SecretCompare::different:
      return {Moved::whole, "secret"};
    case SecretCompare::cannot_tell:
      break;
  }
  return {Moved::by_rule, "secret_cannot_tell", std::string(kSecretRule)};
}

// A plain secret is compared by its content; that one side does not know it as a secret is no difference.
bool Judge::same_content(const Pair& p) const {
  if (p.a == nullptr || p.b == nullptr || (unavailable_ && holds_unavailable(*p.a))) return false;
  if (!marks_ || is_sealed(*p.a) || is_sealed(*p.b)) return *p.a == *p.b;
  return diff_internal::same_content(*p.a, *p.b);
}

bool Judge::equal(const Pair& p, const Facts& above, bool strict) {
  const bool was = std::exchange(strict_, strict || strict_);
  const bool same = equal_at(p, above);
  strict_ = was;
  return same;
}

std::optional<bool> Judge::ask(const Pair& p, const Facts& above) {
  if (!work_.may_ask()) return std::nullopt;
  const bool was = std::exchange(asking_, true);
  const bool same = equal_at(p, above);
  asking_ = was;
  if (!work_.may_ask()) return std::nullopt;
  return same;
}

// Objects and lists are not compared exactly first: each level would go through all that is below it.
bool Judge::equal_at(const Pair& p, Facts facts) {
  if (p.a == nullptr && p.b == nullptr) return true;
  const bool inside = look_inside(p);
  if (!inside && same_content(p)) return true;
  if (asking_ ? !work_.ask() : !work_.step()) return false;
  const Selection sel = selector_.at(path_);
  facts.add(sel.facts);
  const bool secret = (facts.sensitive && !inside_secret_) || (marks_ && (is_secret(p.a) || is_secret(p.b)));
  Verdict verdict = judge(p, facts, secret, {}, sel);
  switch (verdict.moved) {
    case Moved::no:
      return true;
    case Moved::by_rule:
      if (strict_ && verdict.why == "secret_cannot_tell") return false;
      last_rule_ = std::move(verdict.rule);
      return true;
    case Moved::whole:
      return false;
    case Moved::inside:
      break;
  }
  // NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): judge() says `inside` only where both are there
  return p.a->is_object() ? equal_members(p, facts) : equal_elements(p, facts, sel);
}

bool Judge::equal_members(const Pair& p, const Facts& facts) {
  const Object& a = p.a->as_object();
  const Object& b = p.b->as_object();
  auto i = a.begin();
  auto j = b.begin();
  while (i != a.end() || j != b.end()) {
    const int order = i == a.end() ? 1 : j == b.end() ? -1 : i->first.compare(j->first);
    path_.push(order <= 0 ? i->first : j->first);
    const bool same = equal_at({p.from, order <= 0 ? &i->second : nullptr, p.to, order >= 0 ? &j->second : nullptr}, facts);
    path_.pop();
    if (!same) return false;
    if (order <= 0) ++i;
    if (order >= 0) ++j;
  }
  return true;
}

// kNone: there is no such element on that side.
bool Judge::equal_element(const Pair& lists, const Facts& facts, std::size_t i, std::size_t j) {
  path_.push(std::uint64_t{i != kNone ? i : j});
  const Value* a = i != kNone ? &lists.a->as_list()[i] : nullptr;
  const Value* b = j != kNone ? &lists.b->as_list()[j] : nullptr;
  const bool same = equal_at({lists.from, a, lists.to, b}, facts);
  path_.pop();
  return same;
}

bool Judge::equal_elements(const Pair& p, const Facts& facts, const Selection& sel) {
  const Applied* order = sel.find(Comparator::keyed_list);
  if (order == nullptr) order = sel.find(Comparator::set);
  std::string_view missing;
  if (order == nullptr) return equal_in_order(p, facts);
  const Pairing pairing = pair({p.from, p.a->as_list(), p.to, p.b->as_list()}, facts, sel, missing);
  if (!missing.empty()) return equal_in_order(p, facts);
  for (std::size_t i = 0; i < pairing.partner.size(); ++i)
    if (!equal_element(p, facts, i, pairing.partner[i])) return false;
  for (const std::size_t j : pairing.extra)
    if (!equal_element(p, facts, kNone, j)) return false;
  if (pairing.reordered()) last_rule_ = order->rule;
  return true;
}

// Element by element; what a rule calls absent may be passed over.
bool Judge::equal_in_order(const Pair& p, const Facts& facts) {
  const std::size_t n = p.a->as_list().size();
  const std::size_t m = p.b->as_list().size();
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < n || j < m) {
    if (i < n && j < m && equal_element(p, facts, i, j)) {
      ++i;
      ++j;
    } else if (i < n && equal_element(p, facts, i, kNone)) {
      ++i;
    } else if (j < m && equal_element(p, facts, kNone, j)) {
      ++j;
    } else {
      return false;
    }
  }
  return true;
}

// Marks and unknowns can be equal without being the same, as can anything that a rule speaks of.
bool Judge::exact_below(const ListPair& lists) { return !selector_.may_apply_below(path_) && !lists.planned() && !marks_; }

Pairing Judge::pair(const ListPair& lists, const Facts& facts, const Selection& sel, std::string_view& missing) {
  Elements under_rules(*this, FormMaker(selector_, work_, path_, lists.planned(), asking_), path_, lists, facts);
  ElementRules* rules = exact_below(lists) ? nullptr : &under_rules;
  if (const Applied* keyed = sel.find(Comparator::keyed_list)) {
    if (std::optional<Pairing> p = pair_by_key(lists.a, lists.b, keyed->key)) return *std::move(p);
    missing = "keys_not_unique";
  } else if (sel.find(Comparator::set) != nullptr) {
    return pair_as_set(lists.a, lists.b, rules);
  }
  return pair_in_order(lists.a, lists.b, rules);
}

Pairing Judge::pair_equal(const ListPair& lists, const Facts& facts) {
  Elements under_rules(*this, FormMaker(selector_, work_, path_, lists.planned(), asking_), path_, lists, facts);
  return pair_as_set(lists.a, lists.b, exact_below(lists) ? nullptr : &under_rules);
}

}  // namespace drift::diff_internal
