#include "diff/walk.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <variant>

#include "diff/comparators.hpp"
#include "diff/rule_names.hpp"
#include "drift/model/hash.hpp"

namespace drift::diff_internal {
namespace {

constexpr unsigned kCounted = bit(kActual) | bit(kDesired);

// A plan writes null for what the program left out.
bool present(unsigned side, const Value* v) { return v != nullptr && !(side == kDesired && v->is_null()); }

bool any_secret(const Sides& v) {
  return std::any_of(v.begin(), v.end(), [](const Value* side) { return side != nullptr && side->is_secret(); });
}

bool holds_secret(const Sides& v) {
  return std::any_of(v.begin(), v.end(), [](const Value* side) { return side != nullptr && side->holds_secret(); });
}

// Of an element of a list, which is there or not, empty or not.
bool is_index(const Path& path) { return !path.empty() && std::holds_alternative<std::uint64_t>(path.segments().back()); }

std::optional<Value> copy(const Value* v) { return v == nullptr ? std::nullopt : std::optional<Value>(*v); }

}  // namespace

void Walker::run(const Sides& roots, unsigned movers, const PathTree& unmarked) {
  marks_ = holds_secret(roots);
  unavailable_ = marks_ && std::any_of(roots.begin(), roots.end(), [](const Value* v) { return v != nullptr && holds_unavailable(*v); });
  planned_ = roots[kDesired] != nullptr;
  judge_.look_for_marks(marks_, unavailable_);
  Node n;
  n.v = roots;
  n.active = differing(roots, movers);
  if (!unmarked.empty()) n.unmarked = &unmarked;
  visit(n);
}

void Walker::visit(const Node& n) {
  if (n.active != 0) {
    node(n);
  } else {
    tell_unmarked(n);
  }
}

unsigned Walker::differing(const Sides& v, unsigned among) const {
  const Value* anc = v[ancestor_];
  unsigned different = 0;
  for (unsigned side = 0; side < kSides; ++side) {
    if ((among & bit(side)) == 0 || side == ancestor_) continue;
    bool same = anc == nullptr || v[side] == nullptr ? anc == v[side] : *anc == *v[side];
    if (same && unavailable_ && anc != nullptr) same = !holds_unavailable(*anc);
    if (!same) different |= bit(side);
  }
  return different;
}

void Walker::node(Node n) {
  if (!work_.step()) return;
  const Selection sel = selector_.at(path_);
  n.facts.add(sel.facts);
  const bool secret = n.facts.sensitive || (marks_ && any_secret(n.v));
  std::array<Verdict, kSides> verdict;
  std::array<unsigned, 4> moved{};  // by Moved: the sides
  for (unsigned side = 0; side < kSides; ++side) {
    if ((n.active & bit(side)) == 0) continue;
    const Pair p = between(n, ancestor_, side);
    if (!marks_ || !judge_.same_content(p)) verdict[side] = judge_.judge(p, n.facts, secret, n.missing, sel);
    moved[static_cast<std::size_t>(verdict[side].moved)] |= bit(side);
  }
  const unsigned by_rule = moved[static_cast<std::size_t>(Moved::by_rule)];
  const unsigned whole = moved[static_cast<std::size_t>(Moved::whole)];
  const unsigned inside = moved[static_cast<std::size_t>(Moved::inside)];
  if ((by_rule & bit(kActual)) != 0) {
    suppress(n, ancestor_, kActual, verdict[kActual], secret);
  } else if ((by_rule & bit(kDesired)) != 0) {
    suppress(n, ancestor_, kDesired, verdict[kDesired], secret);
  }
  const bool replaced = (whole & kCounted) != 0;
  const bool accepted = (whole & bit(kRecorded)) != 0 && ((whole | inside) & bit(kActual)) == 0;
  if (accepted && !judge_.equal(between(n, kRecorded, kActual), n.facts)) {
    verdict[kRecorded].rule = kBaselineRule;
    suppress(n, kRecorded, kActual, verdict[kRecorded], secret);
  }
  if (replaced) {
    const unsigned first = (whole & bit(kActual)) != 0 ? kActual : kDesired;
    node_whole(n, whole & kCounted, inside, verdict[first].why, secret, sel);
  } else if (inside != 0) {
    descend(n, inside | (accepted ? 0U : whole), sel);
  } else if ((by_rule | whole) == 0) {
    tell_unmarked(n);
  }
}

// Where what was recorded and what is there are one value.
void Walker::tell_unmarked(const Node& n) {
  if (n.unmarked == nullptr || n.v[kRecorded] == nullptr || n.v[kActual] == nullptr) return;
  if (n.unmarked->ends()) {
    const Pair p = between(n, kRecorded, kActual);
    if (!work_.step() || !(judge_.same_content(p) || judge_.equal(p, n.facts, true))) return;
    suppress(n, kRecorded, kActual, {Moved::by_rule, "secret_unmarked", std::string(kUnmarkedRule)}, true);
    suppressed.back().drift_class = DriftClass::sensitivity_only;
  } else if (n.v[ancestor_] != nullptr && is_container(*n.v[ancestor_])) {
    descend(n, 0, Selection());
  }
}

// One side replaced the value as a whole; whoever moved inside it moved here too.
void Walker::node_whole(const Node& n, unsigned whole, unsigned inside, std::string_view why, bool secret, const Selection& sel) {
  for (const unsigned side : {kActual, kDesired}) {
    if ((inside & bit(side)) == 0 || judge_.equal(between(n, ancestor_, side), n.facts)) continue;
    whole |= bit(side);
    inside &= ~bit(side);
    if (side == kActual) why = "value";
  }
  emit(n, whole, why, secret);
  if ((whole & bit(kActual)) != 0) inside &= ~bit(kRecorded);
  if (inside != 0) descend(n, inside, sel);  // what rules called equal, and what was accepted, is for the list of the suppressed
}

void Walker::descend(const Node& n, unsigned active, const Selection& sel) {
  if (n.v[ancestor_]->is_object()) {
    descend_object(n, active);
  } else {
    descend_list(n, active, sel);
  }
}

void Walker::descend_object(const Node& n, unsigned active) {
  std::array<Object::const_iterator, kSides> at{};
  std::array<Object::const_iterator, kSides> end{};
  for (unsigned side = 0; side < kSides; ++side) {
    if (n.v[side] == nullptr || !n.v[side]->is_object()) continue;
    at[side] = n.v[side]->as_object().begin();
    end[side] = n.v[side]->as_object().end();
  }
  while (!work_.stopped()) {
    const std::string* key = nullptr;
    for (unsigned side = 0; side < kSides; ++side)
      if (at[side] != end[side] && (key == nullptr || at[side]->first < *key)) key = &at[side]->first;
    if (key == nullptr) return;
    Node c = n;
    c.missing = "missing";
    for (unsigned side = 0; side < kSides; ++side) {
      c.v[side] = nullptr;
      if (at[side] == end[side] || (&at[side]->first != key && at[side]->first != *key)) continue;
      c.v[side] = &at[side]->second;
    }
    c.active = differing(c.v, active);
    c.unmarked = n.unmarked != nullptr ? n.unmarked->below(*key) : nullptr;
    if (c.active != 0 || c.unmarked != nullptr) {
      path_.push(*key);
      visit(c);
      path_.pop();
    }
    for (unsigned side = 0; side < kSides; ++side)
      if (c.v[side] != nullptr) ++at[side];
  }
}

void Walker::child(const Node& parent, const Sides& v, unsigned active, std::uint64_t index, std::string_view missing) {
  Node c = parent;
  c.v = v;
  c.active = differing(v, active);
  c.missing = missing;
  c.unmarked = nullptr;
  if (parent.unmarked != nullptr && v[kRecorded] != nullptr)  // an element of the recorded list: its paths count there
    c.unmarked = parent.unmarked->below(static_cast<std::uint64_t>(v[kRecorded] - parent.v[kRecorded]->as_list().data()));
  if (c.active == 0 && c.unmarked == nullptr) return;
  path_.push(index);
  visit(c);
  path_.pop();
}

void Walker::descend_list(const Node& n, unsigned active, const Selection& sel) {
  std::array<Pairing, kSides> pairing;
  std::string_view missing = "element";
  const Value::List& a = n.v[ancestor_]->as_list();
  for (unsigned side = 0; side < kSides; ++side) {
    if (side == ancestor_ || n.v[side] == nullptr || !n.v[side]->is_list()) continue;
    const bool moved = (active & bit(side)) != 0;
    const Value::List& b = n.v[side]->as_list();
    pairing[side] = moved ? judge_.pair({ancestor_, a, side, b}, n.facts, sel, missing) : pair_by_index(a, b);
    if (!moved) pairing[side].extra.clear();
    if (pairing[side].unasked && missing == "element") missing = "too_many_to_match";
  }
  if (missing != "keys_not_unique" && !sel.applied.empty()) {
    const Applied* order = sel.find(Comparator::keyed_list) != nullptr ? sel.find(Comparator::keyed_list) : sel.find(Comparator::set);
    const auto reordered = [&](unsigned side) { return order != nullptr && (active & bit(side)) != 0 && pairing[side].reordered(); };
    for (const unsigned side : {kActual, kDesired}) {
      if (!reordered(side)) continue;
      suppress(n, ancestor_, side, {Moved::by_rule, "element", std::string(order->rule)}, n.facts.sensitive);
      break;
    }
  }
  for (std::size_t i = 0; i < a.size() && !work_.stopped(); ++i) {
    Sides v{};
    for (unsigned side = 0; side < kSides; ++side) {
      if (side == ancestor_) {
        v[side] = &a[i];
      } else if (!pairing[side].partner.empty() && pairing[side].partner[i] != kNone) {
        v[side] = &n.v[side]->as_list()[pairing[side].partner[i]];
      }
    }
    child(n, v, active, i, missing);
  }
  list_extras(n, pairing, active, sel, missing);
}

// Elements that the ancestor lacks. What two sides added alike is one thing; in an ordered list so is what they added at one place.
void Walker::list_extras(const Node& n, const std::array<Pairing, kSides>& pairing, unsigned active, const Selection& sel,
                         std::string_view missing) {
  const auto element = [&](unsigned side, std::size_t j) { return &n.v[side]->as_list()[j]; };
  const std::vector<std::size_t>& added = pairing[kActual].extra;
  std::array<std::vector<std::size_t>, kSides> same;  // by index in `added`: its twin among the extra elements of a side
  std::array<std::vector<bool>, kSides> taken;
  for (const unsigned side : {kDesired, kRecorded}) {
    taken[side].resize(pairing[side].extra.size());
    if (side == ancestor_ || added.empty() || pairing[side].extra.empty()) continue;
    same[side] = twins(n, added, side, pairing[side].extra, sel);
    for (const std::size_t k : same[side])
      if (k != kNone) taken[side][k] = true;
  }
  for (std::size_t i = 0; i < added.size(); ++i) {
    Sides v{};
    v[kActual] = element(kActual, added[i]);
    for (const unsigned side : {kDesired, kRecorded})
      if (!same[side].empty() && same[side][i] != kNone) v[side] = element(side, pairing[side].extra[same[side][i]]);
    child(n, v, active, added[i], missing);
  }
  for (const unsigned side : {kDesired, kRecorded}) {
    for (std::size_t k = 0; k < pairing[side].extra.size(); ++k) {
      if (taken[side][k]) continue;
      Sides v{};
      v[side] = element(side, pairing[side].extra[k]);
      child(n, v, active, pairing[side].extra[k], missing);
    }
  }
}

// For each element that actual added the position among `extra` of the one that `side` added too: an equal one, else, in an ordered list,
// the one at the same index, else the one with the same key.
std::vector<std::size_t> Walker::twins(const Node& n, const std::vector<std::size_t>& added, unsigned side,
                                       const std::vector<std::size_t>& extra, const Selection& sel) {
  const auto pick = [](const Value::List& list, const std::vector<std::size_t>& indexes) {
    Value::List picked;
    for (const std::size_t j : indexes) picked.push_back(list[j]);
    return picked;
  };
  const Value::List a = pick(n.v[kActual]->as_list(), added);
  const Value::List b = pick(n.v[side]->as_list(), extra);
  Pairing p = judge_.pair_equal({kActual, a, side, b}, n.facts);
  const Applied* keyed = sel.find(Comparator::keyed_list);
  std::map<std::string, std::size_t> left;  // by what names an element: its index in an ordered list, its key
  const auto name_of = [&](const Value& v, std::size_t index) {
    std::string name;
    if (keyed == nullptr) return std::to_string(index);
    if (const Value* key = v.find(keyed->key)) append_canonical(*key, name);
    return name;
  };
  if (keyed == nullptr && sel.find(Comparator::set) != nullptr) return p.partner;
  for (const std::size_t k : p.extra) left.emplace(name_of(b[k], extra[k]), k);
  left.erase(std::string());  // without a key
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (p.partner[i] != kNone) continue;
    const auto found = left.find(name_of(a[i], added[i]));
    if (found == left.end()) continue;
    p.partner[i] = found->second;
    left.erase(found);
  }
  return p.partner;
}

// The facts of a schema say what the provider computes; that the program leaves such a property to it is known only from a plan. That a
// secret is empty is not told.
DriftClass Walker::class_of(const Node& n, unsigned from, unsigned to, bool secret) const {
  const Value* desired = n.v[kDesired];
  const bool element = (n.v[from] == nullptr || n.v[to] == nullptr) && is_index(path_);
  if (!secret && !element && is_empty_value(n.v[from]) && is_empty_value(n.v[to])) return DriftClass::null_or_empty;
  if (section_ == Section::inputs) return DriftClass::config_owned;
  if (selector_.schema() == nullptr || selector_.schema()->empty()) return DriftClass::unknown;
  const bool left_out = planned_ && (desired == nullptr || desired->is_null() || desired->is_unknown());
  return n.facts.read_only || (n.facts.computed && left_out) ? DriftClass::computed_only : DriftClass::config_owned;
}

Change Walker::make(const Node& n, unsigned from, unsigned to, std::string_view why, bool secret) const {
  Change c;
  c.path = path_;
  c.section = section_;
  c.kind = !present(from, n.v[from]) ? ChangeKind::added : !present(to, n.v[to]) ? ChangeKind::removed : ChangeKind::modified;
  c.desired = copy(n.v[kDesired]);
  c.recorded = copy(n.v[kRecorded]);
  c.actual = copy(n.v[kActual]);
  c.baseline = copy(n.v[kBaseline]);
  c.drift_class = class_of(n, from, to, secret);
  c.why = why;
  c.derived = n.facts.derived;
  c.forces_replacement = n.facts.forces_new;
  c.sensitive = secret;
  return c;
}

void Walker::emit(const Node& n, unsigned moved, std::string_view why, bool secret) {
  const bool actual = (moved & bit(kActual)) != 0;
  Change c = make(n, ancestor_, actual ? kActual : kDesired, why, secret);
  if (!actual) {
    c.relation = Relation::pending;
  } else if ((moved & bit(kDesired)) != 0) {
    const bool together = judge_.equal(between(n, kActual, kDesired), n.facts, true);
    c.relation = together ? Relation::converged : Relation::conflict;
  }
  changes.push_back(std::move(c));
}

void Walker::suppress(const Node& n, unsigned from, unsigned to, const Verdict& verdict, bool secret) {
  Change c = make(n, from, to, verdict.why, secret);
  c.rule = verdict.rule;
  if (to == kDesired) c.relation = Relation::pending;
  suppressed.push_back(std::move(c));
}

}  // namespace drift::diff_internal
