// Comparators on random trees: what means the same under random rules is no change, and the rest is what a naive differ says.
#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>

#include "drift/diff/compare.hpp"
#include "drift/model/json.hpp"
#include "support/random_value.hpp"
#include "support/reference_differ.hpp"

using namespace drift;
using drift::testing::RandomValue;

namespace {

PathPattern pattern(const std::string& text) { return PathPattern::parse(text).value(); }

// For a few of the keys that random trees use a comparator each, so that no two rules speak of one path.
RuleSet random_rules(RandomValue& random) {
  constexpr Comparator kAll[] = {Comparator::number,           Comparator::json,          Comparator::set,     Comparator::set,
                                 Comparator::keyed_list,       Comparator::keyed_list,    Comparator::ignored, Comparator::empty_is_absent,
                                 Comparator::case_insensitive, Comparator::default_value, Comparator::exact,   Comparator::float64};
  RuleSet rules;
  rules.use_builtin_comparators = false;
  for (const char* key : {"a", "b", "c", "tags", "name", "id"}) {
    const Comparator c = kAll[random.below(std::size(kAll))];
    std::optional<Value> value;
    if (c == Comparator::default_value) value = Value("s1");
    rules.comparators.push_back({key, "*", pattern(std::string("**.") + key), c, c == Comparator::keyed_list ? "#" : "", std::move(value)});
  }
  rules.comparators.push_back({"letters", "*", pattern("letters"), Comparator::set, {}, {}});
  rules.comparators.push_back({"each", "*", pattern("letters[*]"), Comparator::case_insensitive, {}, {}});
  return rules;
}

// Rewrites a tree into one that means the same under the rules.
class Disguise {
 public:
  // `other`: what it will be compared with. A keyed list stays in order where that has a list without keys: both are compared in order
  // then.
  Disguise(RandomValue& random, const RuleSet& rules, const Value& other) : random_(random), rules_(rules), other_(other) {}

  Value operator()(Value v, const Path& at = {}) {
    if (v.is_object()) {
      const Object members = v.as_object();
      for (const auto& [key, member] : members) {
        Value now = (*this)(member, at.child(key));
        if (gone(now, at.child(key))) {
          v.edit_object().erase(key);
        } else {
          v.edit_object().set(key, std::move(now));
        }
      }
    } else if (v.is_list()) {
      for (std::size_t i = 0; i < v.as_list().size(); ++i) {
        Value now = (*this)(v.as_list()[i], at.child(std::uint64_t{i}));
        v.edit_list()[i] = std::move(now);
      }
    }
    return random_.chance(70) ? rewritten(std::move(v), at) : v;
  }

 private:
  const ComparatorRule* rule_at(const Path& at) const {
    for (const ComparatorRule& rule : rules_.comparators)
      if (rule.path.matches(at)) return &rule;
    return nullptr;
  }
  bool gone(const Value& v, const Path& at) {
    const ComparatorRule* rule = rule_at(at);
    return rule != nullptr && random_.chance(50) &&
           (rule->comparator == Comparator::ignored || (rule->comparator == Comparator::empty_is_absent && v.is_null()) ||
            (rule->comparator == Comparator::default_value && (v.is_null() || v == *rule->value)));
  }
  static bool keyed(const Value* v) {
    return v != nullptr && v->is_list() &&
           std::all_of(v->as_list().begin(), v->as_list().end(), [](const Value& e) { return e.find("#") != nullptr; });
  }
  Value rewritten(Value v, const Path& at) {
    const ComparatorRule* rule = rule_at(at);
    if (rule == nullptr) return v;
    switch (rule->comparator) {
      case Comparator::number:
        return v.is_number() ? Value(v.as_number().text()) : v;
      case Comparator::json:
        return v.is_string() && parse_json(v.as_string()).ok() ? Value(" " + v.as_string() + "\n") : v;
      case Comparator::case_insensitive:
        if (v.is_string()) {
          std::string text = v.as_string();
          for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
          return text;
        }
        return v;
      case Comparator::set:
        if (v.is_list()) random_.shuffle(v.edit_list());
        return v;
      case Comparator::keyed_list:
        if (keyed(&v) && keyed(at.resolve(other_))) random_.shuffle(v.edit_list());
        return v;
      case Comparator::empty_is_absent:
        return v.is_string() && v.as_string().empty() ? Value() : v;
      case Comparator::ignored:
        return random_.object();
      case Comparator::float64:
        return v.is_number() && v.as_number().text() == "18446744073709551617" ? Value(Number::parse("18446744073709551616").value()) : v;
      case Comparator::exact:
      case Comparator::default_value:
        return v;
    }
    return v;
  }

  RandomValue& random_;
  const RuleSet& rules_;
  const Value& other_;
};

// Under JSON rules texts that are JSON, else the tree as it is.
Value with_documents(RandomValue& random, Value v) {
  if (v.is_object()) {
    const Object members = v.as_object();
    for (const auto& [key, member] : members) {
      const bool document = (key == "a" || key == "name") && random.chance(40);
      v.edit_object().set(key, document ? Value(to_json(random.object())) : with_documents(random, member));
    }
  } else if (v.is_list()) {
    for (std::size_t i = 0; i < v.as_list().size(); ++i) {
      Value now = with_documents(random, v.as_list()[i]);
      v.edit_list()[i] = std::move(now);
    }
  }
  return v;
}

// A list of few letters of either case, which is a set of letters.
void add_letters(RandomValue& random, Value& v) {
  Value::List l;
  for (std::uint64_t n = random.below(6); n > 0; --n) l.emplace_back(std::string(1, "abcABC"[random.below(6)]));
  v.edit_object().set("letters", std::move(l));
}

std::vector<Change> diff(const Value& a, const Value& b, const RuleSet& rules) {
  CompareContext ctx;
  ctx.rules = &rules;
  return diff_values(&a, &b, "t", ctx);
}

constexpr std::uint64_t kTrees = 3000;

}  // namespace

TEST_CASE("what means the same under the rules is no change") {
  std::size_t different = 0;
  for (std::uint64_t seed = 0; seed < kTrees; ++seed) {
    RandomValue random(seed, {.depth = 5, .tagged_lists = true});
    const RuleSet rules = random_rules(random);
    Value a = with_documents(random, random.object());
    add_letters(random, a);
    const Value b = Disguise(random, rules, a)(a);
    INFO("seed " << seed << "\na " << to_json(a) << "\nb " << to_json(b));
    CHECK(testing::in_reference_form(diff(a, b, rules)) == std::vector<testing::ReferenceChange>{});
    CHECK(testing::in_reference_form(diff(b, a, rules)) == std::vector<testing::ReferenceChange>{});
    if (a != b) ++different;
  }
  CHECK(different > kTrees / 3);
}

TEST_CASE("the naive differ agrees under random rules") {
  std::size_t changed = 0;
  for (std::uint64_t seed = 0; seed < kTrees; ++seed) {
    RandomValue random(seed, {.depth = 5, .tagged_lists = true});
    const RuleSet rules = random_rules(random);
    Value a = with_documents(random, random.object());
    add_letters(random, a);
    Value b = Disguise(random, rules, a)(random.mutate(a, 1 + static_cast<int>(random.below(6))));
    if (!b.is_object()) b = Object();
    add_letters(random, b);
    INFO("seed " << seed << "\na " << to_json(a) << "\nb " << to_json(b));
    const auto expected = testing::reference_diff_under_rules(a, b, rules.comparators);
    CHECK((testing::in_reference_form(diff(a, b, rules)) == expected));
    if (!expected.empty()) ++changed;
  }
  CHECK(changed > kTrees / 2);
}
