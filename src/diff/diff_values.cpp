// The comparators at work: how two values at one path are judged, and the plain two-way diff.
#include <utility>

#include "diff/comparators.hpp"
#include "diff/rule_names.hpp"
#include "diff/secrets.hpp"
#include "diff/walk.hpp"

namespace drift {
namespace diff_internal {
namespace {

bool nullish(const Value* v) { return v == nullptr || v->is_null(); }
bool sealed(const Value& v) { return v.secret() == Secret::ciphertext || v.secret() == Secret::digest; }
bool container(const Value& v) { return v.is_object() || v.is_list(); }

// True when the rule calls the two equal. Comparators that look into a value leave sealed ones alone: their text is not the value.
bool calls_equal(const Applied& rule, const Value* a, const Value* b) {
  const bool both = a != nullptr && b != nullptr && !sealed(*a) && !sealed(*b);
  switch (rule.comparator) {
    case Comparator::ignored:
      return true;
    case Comparator::empty_is_absent:
      return is_empty_value(a) && is_empty_value(b);
    case Comparator::default_value:
      return rule.value.has_value() && equal_with_default(a, b, *rule.value);
    case Comparator::number:
      return both && equal_as_number(*a, *b);
    case Comparator::json:
      return both && equal_as_json(*a, *b);
    case Comparator::case_insensitive:
      return both && equal_without_case(*a, *b);
    case Comparator::exact:
    case Comparator::set:  // these two say how elements are paired: lists.cpp
    case Comparator::keyed_list:
      return false;
  }
  return false;
}

}  // namespace

// What a plan does not know yet, and what it leaves to the provider, says nothing.
bool Walker::never_moves(unsigned side, const Value* a, const Value* b, bool computed) const {
  if (side != kDesired && ancestor_ != kDesired) return false;
  const Value* desired = side == kDesired ? b : a;
  const Value* other = side == kDesired ? a : b;
  if (desired != nullptr && desired->is_unknown()) return true;
  return nullish(desired) && (computed || nullish(other));
}

Verdict Walker::judge_rules(const Value* a, const Value* b, const Selection& sel) const {
  for (const Applied& rule : sel.applied)
    if (calls_equal(rule, a, b)) return {Moved::by_rule, "value", rule.rule};
  return {};
}

Verdict Walker::judge(unsigned side, const Node& n, const Selection& sel, bool secret) {
  const Value* a = n.v[ancestor_];
  const Value* b = n.v[side];
  if (never_moves(side, a, b, n.computed)) return {};
  // A plain secret is compared by its content; that one side does not know it as a secret is no difference.
  if (marks_ && a != nullptr && b != nullptr && !sealed(*a) && !sealed(*b) && same_content(*a, *b)) return {};
  if (Verdict v = judge_rules(a, b, sel); v.moved != Moved::no) return v;
  if (a == nullptr || b == nullptr) return {Moved::whole, n.missing};
  if (a->is_unknown() || b->is_unknown()) return {Moved::whole, "unknown"};
  if (secret) return judge_secret(side, *a, *b, sel);
  if (a->kind() != b->kind()) return {Moved::whole, "type"};
  return container(*a) ? Verdict{Moved::inside} : Verdict{Moved::whole, "value"};
}

// A secret is one thing: it is compared and shown as a whole, whatever it is made of.
Verdict Walker::judge_secret(unsigned side, const Value& a, const Value& b, const Selection& sel) {
  Value left = a;
  Value right = b;
  if (!left.is_secret()) left.mark(Secret::plain);
  if (!right.is_secret()) right.mark(Secret::plain);
  if (left.secret() == Secret::plain && right.secret() == Secret::plain) {
    if (left.kind() != right.kind() || !container(left)) return {Moved::whole, "secret"};
    left.mark(Secret::none);
    right.mark(Secret::none);
    const bool was = std::exchange(inside_secret_, true);
    probe_rule_.clear();
    const bool same = equal(ancestor_, &left, side, &right);
    inside_secret_ = was;
    if (!same) return {Moved::whole, "secret"};
    if (probe_rule_.empty()) return {};
    const bool untold = probe_rule_ == kSecretRule;
    return {Moved::by_rule, untold ? "secret_cannot_tell" : "secret", std::exchange(probe_rule_, {})};
  }
  switch (compare_secrets(left, right, selector_.key())) {
    case SecretCompare::equal:
      return {};
    case SecretCompare::different:
      return {Moved::whole, "secret"};
    case SecretCompare::cannot_tell:
      break;
  }
  (void)sel;
  return {Moved::by_rule, "secret_cannot_tell", std::string(kSecretRule)};
}

}  // namespace diff_internal

std::vector<Change> diff_values(const Value* a, const Value* b, std::string_view type, const CompareContext& ctx) {
  using namespace diff_internal;
  Selector selector(ctx, type);
  Path path;
  Walker walker(selector, Section::attributes, kRecorded, path);
  Sides roots{};
  roots[kRecorded] = a;
  roots[kActual] = b;
  walker.run(roots, bit(kActual));
  protect_secrets(walker.changes, {a, b}, ctx.schema);
  sort_changes(walker.changes);
  return std::move(walker.changes);
}

}  // namespace drift
