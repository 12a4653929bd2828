#include "support/reference_differ.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <map>
#include <set>
#include <sstream>
#include <tuple>

#include "drift/model/hash.hpp"
#include "drift/model/json.hpp"

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

namespace {

class UnderRules {
 public:
  explicit UnderRules(const std::vector<ComparatorRule>& rules) : rules_(rules) {}

  void diff(const Value* a, const Value* b, const Path& at) {
    if (same_here(a, b, at)) return;
    if (a == nullptr || b == nullptr) {
      changes.push_back({at.text(), a == nullptr ? ChangeKind::added : ChangeKind::removed});
    } else if (a->is_object() && b->is_object()) {
      for (const std::string& key : keys(*a, *b)) diff(a->find(key), b->find(key), at.child(key));
    } else if (a->is_list() && b->is_list()) {
      for (const auto& [i, j] : pairs(*a, *b, at)) diff(element(*a, i), element(*b, j), at.child(std::uint64_t{i != kNobody ? i : j}));
    } else if (!same(a, b, at)) {
      changes.push_back({at.text(), ChangeKind::modified});
    }
  }
  std::vector<ReferenceChange> changes;

 private:
  static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);
  using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;

  static const Value* element(const Value& list, std::size_t i) { return i == kNobody ? nullptr : &list.as_list()[i]; }
  static std::set<std::string> keys(const Value& a, const Value& b) {
    std::set<std::string> out;
    for (const Value* v : {&a, &b})
      for (const auto& [key, member] : v->as_object()) out.insert(key);
    return out;
  }
  const ComparatorRule* rule_at(const Path& at) const {
    for (const ComparatorRule& rule : rules_)
      if (rule.path.matches(at)) return &rule;
    return nullptr;
  }

  static bool empty(const Value* v) {
    return absent_or_null(v) || (v->is_string() && v->as_string().empty()) || (v->is_list() && v->as_list().empty()) ||
           (v->is_object() && v->as_object().empty());
  }
  static std::string number(const Value& v) {
    const Result<Number> n = Number::parse(v.is_number() ? v.as_number().text() : v.is_string() ? v.as_string() : "-");
    return n.ok() ? "n" + n->canonical() : content(v);
  }
  static std::string digits(double d) {
    std::ostringstream out;
    out << std::fixed << std::setprecision(0) << d;
    return out.str();
  }
  static std::string shortest(double d) {
    for (int precision = 0;; ++precision) {
      std::ostringstream out;
      out << std::scientific << std::setprecision(precision) << d;
      if (std::stod(out.str()) == d) return out.str();
    }
  }
  static bool whole_as_double(const Value& a, const Value& b) {
    if (!a.is_number() || !b.is_number()) return false;
    const double d = a.as_number().to_double();
    if (std::abs(d) < 9007199254740992.0 || std::isinf(d) || d != b.as_number().to_double()) return false;
    const auto whole = [](const Value& v) { return v.as_number().canonical().find("e-") == std::string::npos; };
    const auto is = [&](const Value& v) {
      return v.as_number() == Number::parse(shortest(d)).value() || v.as_number() == Number::parse(digits(d)).value();
    };
    return whole(a) && whole(b) && (is(a) || is(b));
  }
  static std::string document(const Value& v) {
    const Result<Value> parsed = v.is_string() ? parse_json(v.as_string()) : Result<Value>(v);
    return parsed.ok() && v.is_string() ? "j" + content(*parsed) : content(v);
  }
  static std::string lower(const Value& v) {
    std::string text = content(v);
    if (v.is_string())
      for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
  }

  // Equal without a look at what is inside.
  bool same_here(const Value* a, const Value* b, const Path& at) const {
    if (a == b) return true;
    const ComparatorRule* rule = rule_at(at);
    if (rule == nullptr) return false;
    const bool both = a != nullptr && b != nullptr;
    switch (rule->comparator) {
      case Comparator::ignored:
        return true;
      case Comparator::empty_is_absent:
        return empty(a) && empty(b);
      case Comparator::default_value:
        return content(absent_or_null(a) ? *rule->value : *a) == content(absent_or_null(b) ? *rule->value : *b);
      case Comparator::number:
        return both && number(*a) == number(*b);
      case Comparator::float64:
        return both && whole_as_double(*a, *b);
      case Comparator::json:
        return both && document(*a) == document(*b);
      case Comparator::case_insensitive:
        return both && lower(*a) == lower(*b);
      default:
        return false;
    }
  }
  bool same(const Value* a, const Value* b, const Path& at) const {
    if (same_here(a, b, at)) return true;
    if (a == nullptr || b == nullptr || a->kind() != b->kind()) return false;
    if (a->is_object()) {
      const std::set<std::string> all = keys(*a, *b);
      return std::all_of(all.begin(), all.end(), [&](const std::string& k) { return same(a->find(k), b->find(k), at.child(k)); });
    }
    if (!a->is_list()) return content(*a) == content(*b);
    const Pairs all = pairs(*a, *b, at);
    return std::all_of(all.begin(), all.end(), [&](const auto& p) {
      return same(element(*a, p.first), element(*b, p.second), at.child(std::uint64_t{p.first != kNobody ? p.first : p.second}));
    });
  }

  // Which elements stand for each other: each of both lists once, with kNobody where there is none.
  Pairs pairs(const Value& a, const Value& b, const Path& at) const {
    const ComparatorRule* rule = rule_at(at);
    const std::size_t n = a.as_list().size();
    const std::size_t m = b.as_list().size();
    std::vector<std::size_t> of_a(n, kNobody);
    std::vector<bool> taken(m, false);
    const auto take = [&](auto test) {
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < m && of_a[i] == kNobody; ++j)
          if (!taken[j] && test(i, j)) {
            of_a[i] = j;
            taken[j] = true;
          }
    };
    if (rule != nullptr && rule->comparator == Comparator::set) {
      take([&](std::size_t i, std::size_t j) { return content(a.as_list()[i]) == content(b.as_list()[j]); });
      take([&](std::size_t i, std::size_t j) { return same(&a.as_list()[i], &b.as_list()[j], at.child(std::uint64_t{i})); });
    } else if (rule != nullptr && rule->comparator == Comparator::keyed_list && named(a, rule->key) && named(b, rule->key)) {
      take([&](std::size_t i, std::size_t j) { return *a.as_list()[i].find(rule->key) == *b.as_list()[j].find(rule->key); });
    } else {
      take([](std::size_t i, std::size_t j) { return i == j; });
    }
    Pairs out;
    for (std::size_t i = 0; i < n; ++i) out.emplace_back(i, of_a[i]);
    for (std::size_t j = 0; j < m; ++j)
      if (!taken[j]) out.emplace_back(kNobody, j);
    return out;
  }
  static bool named(const Value& list, const std::string& key) {
    std::set<std::string> names;
    return std::all_of(list.as_list().begin(), list.as_list().end(),
                       [&](const Value& v) { return v.find(key) != nullptr && names.insert(content(*v.find(key))).second; });
  }

  const std::vector<ComparatorRule>& rules_;
};

}  // namespace

std::vector<ReferenceChange> reference_diff_under_rules(const Value& a, const Value& b, const std::vector<ComparatorRule>& rules) {
  UnderRules under(rules);
  under.diff(&a, &b, {});
  sort(under.changes);
  return std::move(under.changes);
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
