#include "diff/walk.hpp"

#include <algorithm>
#include <utility>

#include "diff/rule_names.hpp"

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

std::optional<Value> copy(const Value* v) { return v == nullptr ? std::nullopt : std::optional<Value>(*v); }

}  // namespace

void Walker::run(const Sides& roots, unsigned movers) {
  if (!probe_) marks_ = holds_secret(roots);
  Node n;
  n.v = roots;
  n.active = differing(roots, movers);
  if (n.active != 0) node(n);
}

unsigned Walker::differing(const Sides& v, unsigned among) const {
  const Value* anc = v[ancestor_];
  unsigned different = 0;
  for (unsigned side = 0; side < kSides; ++side) {
    if ((among & bit(side)) == 0 || side == ancestor_) continue;
    const bool same = anc == nullptr || v[side] == nullptr ? anc == v[side] : *anc == *v[side];
    if (!same) different |= bit(side);
  }
  return different;
}

void Walker::node(Node n) {
  if (found_) return;
  const Selection sel = selector_.at(path_);
  n.sensitive |= sel.facts.sensitive;
  n.derived |= sel.facts.derived;
  n.forces_new |= sel.facts.force_new;
  n.computed |= sel.facts.computed;
  const bool secret = (n.sensitive && !inside_secret_) || (marks_ && any_secret(n.v));
  std::array<Verdict, kSides> verdict;
  std::array<unsigned, 4> moved{};  // by Moved: the sides
  for (unsigned side = 0; side < kSides; ++side) {
    if ((n.active & bit(side)) == 0) continue;
    verdict[side] = judge(side, n, sel, secret);
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
  if (accepted && !equal(kRecorded, n.v[kRecorded], kActual, n.v[kActual])) {
    verdict[kRecorded].rule = kBaselineRule;
    suppress(n, kRecorded, kActual, verdict[kRecorded], secret);
  }
  if (replaced) {
    const unsigned first = (whole & bit(kActual)) != 0 ? kActual : kDesired;
    node_whole(n, whole & kCounted, inside, verdict[first].why, secret, sel);
  } else if (inside != 0) {
    descend(n, inside | (accepted ? 0U : whole), sel);
  }
}

// One side replaced the value as a whole; whoever moved inside it moved here too.
void Walker::node_whole(const Node& n, unsigned whole, unsigned inside, std::string_view why, bool secret, const Selection& sel) {
  for (const unsigned side : {kActual, kDesired}) {
    if ((inside & bit(side)) == 0 || equal(ancestor_, n.v[ancestor_], side, n.v[side])) continue;
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
  while (!found_) {
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
    if (c.active != 0) {
      path_.push(*key);
      node(c);
      path_.pop();
    }
    for (unsigned side = 0; side < kSides; ++side)
      if (c.v[side] != nullptr) ++at[side];
  }
}

Pairing Walker::pair(const Node& n, unsigned side, const Selection& sel, std::string_view& missing) {
  const Value::List& a = n.v[ancestor_]->as_list();
  const Value::List& b = n.v[side]->as_list();
  // Marks and unknowns can be equal without being the same, as can anything that a rule speaks of.
  const bool exact = !selector_.may_apply_below(path_) && side != kDesired && ancestor_ != kDesired && !marks_;
  ElementEqual same;
  if (!exact) {
    same = [this, &a, &b, side](std::size_t i, std::size_t j) {
      path_.push(std::uint64_t{i});
      const bool yes = equal(ancestor_, &a[i], side, &b[j]);
      path_.pop();
      return yes;
    };
  }
  if (const Applied* keyed = sel.find(Comparator::keyed_list)) {
    if (std::optional<Pairing> p = pair_by_key(a, b, keyed->key)) return *std::move(p);
    missing = "keys_not_unique";
  } else if (sel.find(Comparator::set) != nullptr) {
    return pair_as_set(a, b, same);
  }
  return pair_in_order(a, b, same);
}

void Walker::child(const Node& parent, const Sides& v, unsigned active, std::uint64_t index, std::string_view missing) {
  Node c = parent;
  c.v = v;
  c.active = differing(v, active);
  c.missing = missing;
  if (c.active == 0) return;
  path_.push(index);
  node(c);
  path_.pop();
}

void Walker::descend_list(const Node& n, unsigned active, const Selection& sel) {
  std::array<Pairing, kSides> pairing;
  std::string_view missing = "element";
  const Value::List& a = n.v[ancestor_]->as_list();
  for (unsigned side = 0; side < kSides; ++side) {
    if (side == ancestor_ || n.v[side] == nullptr || !n.v[side]->is_list()) continue;
    const bool moved = (active & bit(side)) != 0;
    pairing[side] = moved ? pair(n, side, sel, missing) : pair_by_index(a, n.v[side]->as_list());
    if (!moved) pairing[side].extra.clear();
  }
  if (missing == "element" && !sel.applied.empty()) {
    const Applied* order = sel.find(Comparator::keyed_list) != nullptr ? sel.find(Comparator::keyed_list) : sel.find(Comparator::set);
    const auto reordered = [&](unsigned side) { return order != nullptr && (active & bit(side)) != 0 && pairing[side].reordered(); };
    for (const unsigned side : {kActual, kDesired}) {
      if (!reordered(side)) continue;
      suppress(n, ancestor_, side, {Moved::by_rule, "element", order->rule}, n.sensitive);
      break;
    }
  }
  for (std::size_t i = 0; i < a.size() && !found_; ++i) {
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
  list_extras(n, pairing, active, sel);
}

// Elements that the ancestor lacks. What two sides added alike is one thing; in an ordered list so is what they added at one place.
void Walker::list_extras(const Node& n, const std::array<Pairing, kSides>& pairing, unsigned active, const Selection& sel) {
  const bool ordered = sel.find(Comparator::set) == nullptr && sel.find(Comparator::keyed_list) == nullptr;
  const Applied* keyed = sel.find(Comparator::keyed_list);
  std::array<std::vector<std::size_t>, kSides> extra;
  for (unsigned side = 0; side < kSides; ++side) extra[side] = pairing[side].extra;
  const auto element = [&](unsigned side, std::size_t j) { return &n.v[side]->as_list()[j]; };
  const auto claim = [&](unsigned side, const Value* like, std::size_t index) -> const Value* {
    std::vector<std::size_t>& from = extra[side];
    path_.push(std::uint64_t{index});
    auto found = std::find_if(from.begin(), from.end(), [&](std::size_t j) { return equal(kActual, like, side, element(side, j)); });
    path_.pop();
    if (found == from.end() && ordered) found = std::find(from.begin(), from.end(), index);
    if (found == from.end() && keyed != nullptr) {
      const Value* key = like->find(keyed->key);
      found = std::find_if(from.begin(), from.end(), [&](std::size_t j) {
        const Value* other = element(side, j)->find(keyed->key);
        return key != nullptr && other != nullptr && *key == *other;
      });
    }
    if (found == from.end()) return nullptr;
    const Value* taken = element(side, *found);
    from.erase(found);
    return taken;
  };
  for (const std::size_t j : pairing[kActual].extra) {
    Sides v{};
    v[kActual] = element(kActual, j);
    for (const unsigned side : {kDesired, kRecorded})
      if (side != ancestor_ && !extra[side].empty()) v[side] = claim(side, v[kActual], j);
    child(n, v, active, j, "element");
  }
  for (const unsigned side : {kDesired, kRecorded}) {
    for (const std::size_t j : extra[side]) {
      Sides v{};
      v[side] = element(side, j);
      child(n, v, active, j, "element");
    }
  }
}

bool Walker::equal(unsigned from, const Value* a, unsigned to, const Value* b, bool strict) {
  // Only desired is special; any other pair is compared as recorded and actual are, because these count.
  from = from == kDesired ? kDesired : kRecorded;
  to = to == kDesired ? kDesired : kActual;
  Walker probe(selector_, section_, from, path_);
  probe.probe_ = true;
  probe.strict_ = strict || strict_;
  probe.inside_secret_ = inside_secret_;
  probe.marks_ = marks_;
  Sides v{};
  v[from] = a;
  v[to] = b;
  probe.run(v, bit(to));
  if (!probe.probe_rule_.empty()) probe_rule_ = probe.probe_rule_;
  return !probe.found_;
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
  c.why = why;
  c.derived = n.derived;
  c.forces_replacement = n.forces_new;
  c.sensitive = secret;
  return c;
}

void Walker::emit(const Node& n, unsigned moved, std::string_view why, bool secret) {
  found_ = probe_;
  if (probe_) return;
  const bool actual = (moved & bit(kActual)) != 0;
  Change c = make(n, ancestor_, actual ? kActual : kDesired, why, secret);
  if (!actual) {
    c.relation = Relation::pending;
  } else if ((moved & bit(kDesired)) != 0) {
    const bool together = equal(kActual, n.v[kActual], kDesired, n.v[kDesired], true);
    c.relation = together ? Relation::converged : Relation::conflict;
  }
  changes.push_back(std::move(c));
}

void Walker::suppress(const Node& n, unsigned from, unsigned to, const Verdict& verdict, bool secret) {
  if (probe_) {
    probe_rule_ = verdict.rule;
    if (strict_ && verdict.why == "secret_cannot_tell") found_ = true;
    return;
  }
  Change c = make(n, from, to, verdict.why, secret);
  c.rule = verdict.rule;
  if (to == kDesired) c.relation = Relation::pending;
  suppressed.push_back(std::move(c));
}

}  // namespace drift::diff_internal
