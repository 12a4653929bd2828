#include "support/reference_differ.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "drift/model/hash.hpp"

namespace drift::testing {
namespace {

using Spread = std::map<Path, const Value*>;

void find_secrets(const Value& v, const Path& at, std::set<Path>& out) {
  if (v.is_secret()) out.insert(at);
  if (v.is_object())
    for (const auto& [key, member] : v.as_object()) find_secrets(member, at.child(key), out);
  if (v.is_list())
    for (std::size_t i = 0; i < v.as_list().size(); ++i) find_secrets(v.as_list()[i], at.child(std::uint64_t{i}), out);
}

// Every path with its value; a secret (of any side) is not looked into.
void spread(const Value& v, const Path& at, const std::set<Path>& secrets, Spread& out) {
  out[at] = &v;
  if (secrets.count(at) != 0) return;
  if (v.is_object())
    for (const auto& [key, member] : v.as_object()) spread(member, at.child(key), secrets, out);
  if (v.is_list())
    for (std::size_t i = 0; i < v.as_list().size(); ++i) spread(v.as_list()[i], at.child(std::uint64_t{i}), secrets, out);
}

std::string content(const Value& v) {
  std::string bytes;
  append_canonical(v, bytes);
  return bytes;
}

bool absent_or_null(const Value* v) { return v == nullptr || v->is_null(); }

// Whether a secret that a plan holds says the same as the one that is there: what it leaves out or does not know yet says nothing.
bool planned_alike(const Value* there, const Value* planned) {
  if (planned != nullptr && planned->is_unknown()) return true;
  if (absent_or_null(there) && absent_or_null(planned)) return true;
  if (there == nullptr || planned == nullptr || there->kind() != planned->kind()) return false;
  if (there->is_object()) {
    std::set<std::string> keys;
    for (const Value* v : {there, planned})
      for (const auto& [key, member] : v->as_object()) keys.insert(key);
    return std::all_of(keys.begin(), keys.end(), [&](const std::string& k) { return planned_alike(there->find(k), planned->find(k)); });
  }
  if (there->is_list()) {
    const Value::List& a = there->as_list();
    const Value::List& b = planned->as_list();
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Value& x, const Value& y) { return planned_alike(&x, &y); });
  }
  return content(*there) == content(*planned);
}

// Whether a secret is the one that was expected, as far as that is known.
bool alike(const Value& was, const Value& is) {
  if (was.is_unknown()) return true;
  if (was.kind() != is.kind()) return false;
  if (was.is_list()) return std::equal(was.as_list().begin(), was.as_list().end(), is.as_list().begin(), is.as_list().end(), alike);
  if (!was.is_object()) return content(was) == content(is);
  std::set<std::string> keys;
  for (const Value* v : {&was, &is})
    for (const auto& [key, member] : v->as_object()) keys.insert(key);
  return std::all_of(keys.begin(), keys.end(), [&](const std::string& k) {
    const Value* a = was.find(k);
    const Value* b = is.find(k);
    return a != nullptr && (a->is_unknown() || (b != nullptr && alike(*a, *b)));
  });
}

struct Reference {
  std::set<Path> secrets;
  Spread ancestor, actual, desired;

  static const Value* at(const Spread& side, const Path& p) {
    const auto found = side.find(p);
    return found == side.end() ? nullptr : found->second;
  }

  // The value at exactly this path is another one, whatever is below.
  bool replaced(const Value* a, const Value* b, const Path& p) const {
    if (a == nullptr || b == nullptr) return a != b;
    if (secrets.count(p) != 0) return !alike(*a, *b);
    if (a->kind() != b->kind()) return true;
    if (a->is_object() || a->is_list()) return false;
    return content(*a) != content(*b);
  }
  // Not known at this path, or above it.
  static bool unknown(const Spread& side, Path p) {
    for (;; p.pop()) {
      const Value* v = at(side, p);
      if (v != nullptr && v->is_unknown()) return true;
      if (p.empty()) return false;
    }
  }
  bool replaced_by_actual(const Path& p) const { return !unknown(ancestor, p) && replaced(at(ancestor, p), at(actual, p), p); }
  bool replaced_by_desired(const Path& p) const {
    if (unknown(desired, p) || unknown(ancestor, p)) return false;
    if (absent_or_null(at(ancestor, p)) && absent_or_null(at(desired, p))) return false;
    if (secrets.count(p) != 0) return !planned_alike(at(ancestor, p), at(desired, p));
    return replaced(at(ancestor, p), at(desired, p), p);
  }
};

template <class Test>
bool any_from(const std::set<Path>& paths, const Path& top, Test test) {
  return std::any_of(paths.begin(), paths.end(), [&](const Path& p) { return p.starts_with(top) && test(p); });
}

// Whether actual and desired agree at `top`, as a plan sees it.
bool agree(const Reference& r, const std::set<Path>& paths, const Path& top) {
  Reference swapped = r;
  swapped.ancestor = r.actual;
  return !any_from(paths, top, [&](const Path& p) { return swapped.replaced_by_desired(p); });
}

ReferenceChange describe(const Reference& r, const Path& p, bool actual, bool desired, bool together) {
  ReferenceChange c;
  c.path = p.text();
  c.relation = !actual ? Relation::pending : !desired ? Relation::drift : together ? Relation::converged : Relation::conflict;
  const Value* from = Reference::at(r.ancestor, p);
  const Value* to = Reference::at(actual ? r.actual : r.desired, p);
  if (!actual && to != nullptr && to->is_null()) to = nullptr;  // a plan's null is absence
  c.kind = from == nullptr ? ChangeKind::added : to == nullptr ? ChangeKind::removed : ChangeKind::modified;
  return c;
}

void sort(std::vector<ReferenceChange>& changes) {
  std::sort(changes.begin(), changes.end(), [](const ReferenceChange& a, const ReferenceChange& b) {
    return std::tie(a.path, a.kind, a.relation) < std::tie(b.path, b.kind, b.relation);
  });
}

}  // namespace

std::vector<ReferenceChange> reference_diff(const ReferenceSides& sides) {
  Reference r;
  for (const Value* v : {sides.ancestor, sides.actual, sides.desired, sides.bystander})
    if (v != nullptr) find_secrets(*v, {}, r.secrets);
  if (sides.ancestor != nullptr) spread(*sides.ancestor, {}, r.secrets, r.ancestor);
  if (sides.actual != nullptr) spread(*sides.actual, {}, r.secrets, r.actual);
  if (sides.desired != nullptr) spread(*sides.desired, {}, r.secrets, r.desired);
  std::set<Path> paths;
  for (const Spread* side : {&r.ancestor, &r.actual, &r.desired})
    for (const auto& [path, value] : *side) paths.insert(path);

  const auto by_actual = [&](const Path& p) { return sides.has_actual && r.replaced_by_actual(p); };
  const auto by_desired = [&](const Path& p) { return sides.desired != nullptr && r.replaced_by_desired(p); };
  std::vector<ReferenceChange> out;
  std::set<Path> tops;
  for (const Path& p : paths) {  // a prefix sorts before what it begins
    if (std::any_of(tops.begin(), tops.end(), [&](const Path& top) { return p.starts_with(top); })) continue;
    if (!by_actual(p) && !by_desired(p)) continue;
    tops.insert(p);
    const bool actual = any_from(paths, p, by_actual);
    const bool desired = any_from(paths, p, by_desired);
    out.push_back(describe(r, p, actual, desired, actual && desired && agree(r, paths, p)));
  }
  sort(out);
  return out;
}

std::vector<ReferenceChange> in_reference_form(const std::vector<Change>& changes) {
  std::vector<ReferenceChange> out;
  out.reserve(changes.size());
  for (const Change& c : changes) out.push_back({c.path.text(), c.kind, c.relation});
  sort(out);
  return out;
}

std::size_t longest_common_subsequence(const Value::List& a, const Value::List& b) {
  std::vector<std::vector<std::size_t>> length(a.size() + 1, std::vector<std::size_t>(b.size() + 1, 0));
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j)
      length[i][j] = a[i - 1] == b[j - 1] ? length[i - 1][j - 1] + 1 : std::max(length[i - 1][j], length[i][j - 1]);
  return length[a.size()][b.size()];
}

}  // namespace drift::testing
