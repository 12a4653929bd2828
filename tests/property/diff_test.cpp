// The algebra of the two-way diff: what holds for any two values.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "drift/diff/compare.hpp"
#include "drift/model/hash.hpp"
#include "drift/model/json.hpp"
#include "support/random_value.hpp"
#include "support/reference_differ.hpp"

using namespace drift;
using drift::testing::RandomValue;

namespace {

const RuleSet& exact_rules() {
  static const RuleSet rules = [] {
    RuleSet r;
    r.use_builtin_comparators = false;
    return r;
  }();
  return rules;
}

std::vector<Change> diff(const Value& a, const Value& b, const RuleSet& rules = exact_rules()) {
  CompareContext ctx;
  ctx.rules = &rules;
  return diff_values(&a, &b, "t", ctx);
}

std::string content(const Value& v) {
  std::string bytes;
  append_canonical(v, bytes);
  return bytes;
}

std::map<ChangeKind, std::size_t> kinds(const std::vector<Change>& changes) {
  std::map<ChangeKind, std::size_t> out;
  for (const Change& c : changes) ++out[c.kind];
  return out;
}

RuleSet rule_everywhere(Comparator comparator, std::string key = {}) {
  RuleSet rules = exact_rules();
  rules.comparators.push_back({"everywhere", "*", PathPattern::parse("**").value(), comparator, std::move(key), {}});
  return rules;
}

Value wrap(Value v) {
  Object inner;
  inner.set("inner", std::move(v));
  inner.set("same", 7);
  Object outer;
  outer.set("outer.key", Value::List{"first", std::move(inner)});
  return outer;
}

constexpr std::uint64_t kTrees = 3000;

}  // namespace

TEST_CASE("diff(a, a) is empty") {
  for (std::uint64_t seed = 0; seed < kTrees; ++seed) {
    RandomValue random(seed, {.secrets = true, .unknowns = true});
    const Value a = random.tree();
    CHECK(diff(a, a).empty());
    // An equal value that shares nothing with the first.
    RandomValue again(seed, {.secrets = true, .unknowns = true});
    CHECK(diff(a, again.tree()).empty());
  }
}

TEST_CASE("applying diff(a, b) to a gives b") {
  for (std::uint64_t seed = 0; seed < kTrees; ++seed) {
    RandomValue random(seed, {});
    const Value a = random.tree();
    const Value b = seed % 3 == 0 ? random.tree() : random.mutate(a, 1 + static_cast<int>(random.below(6)));
    const std::optional<Value> out = apply_changes(a, diff(a, b));
    INFO("seed " << seed << "\na " << to_json(a) << "\nb " << to_json(b));
    REQUIRE(out.has_value());
    CHECK(*out == b);
  }
}

TEST_CASE("applying diff(a, b) to a gives b up to the marks when secrets are in it") {
  for (std::uint64_t seed = 0; seed < kTrees; ++seed) {
    RandomValue random(seed, {.secrets = true});
    const Value a = random.tree();
    const Value b = random.mutate(a, 1 + static_cast<int>(random.below(6)));
    const std::optional<Value> out = apply_changes(a, diff(a, b));
    INFO("seed " << seed);
    REQUIRE(out.has_value());
    CHECK(content(*out) == content(b));
  }
}

TEST_CASE("lists of few distinct elements: apply gives b, and as much stays as can stay") {
  for (std::uint64_t seed = 0; seed < kTrees; ++seed) {
    RandomValue random(seed, {});
    const auto list = [&] {
      Value::List l;
      for (std::uint64_t n = random.below(12); n > 0; --n) l.emplace_back(static_cast<std::int64_t>(random.below(4)));
      return l;
    };
    const Value::List a = list();
    const Value::List b = list();
    const std::vector<Change> changes = diff(a, b);
    INFO("a " << to_json(a) << " b " << to_json(b));
    CHECK(apply_changes(Value(a), changes).value() == Value(b));
    auto k = kinds(changes);
    CHECK(a.size() - k[ChangeKind::removed] - k[ChangeKind::modified] == testing::longest_common_subsequence(a, b));
    CHECK(b.size() - k[ChangeKind::added] - k[ChangeKind::modified] == testing::longest_common_subsequence(a, b));
  }
}

TEST_CASE("swapping the sides swaps added and removed, and the values") {
  for (std::uint64_t seed = 0; seed < kTrees; ++seed) {
    RandomValue random(seed, {.secrets = true});
    const Value a = random.tree();
    const Value b = seed % 3 == 0 ? random.tree() : random.mutate(a, 1 + static_cast<int>(random.below(6)));
    const std::vector<Change> there = diff(a, b);
    const std::vector<Change> back = diff(b, a);
    INFO("seed " << seed << "\na " << to_json(a) << "\nb " << to_json(b));
    auto k = kinds(there);
    std::swap(k[ChangeKind::added], k[ChangeKind::removed]);
    auto l = kinds(back);
    l[ChangeKind::added];
    l[ChangeKind::removed];
    CHECK(k == l);
    for (const Change& c : there) {
      CHECK(std::any_of(back.begin(), back.end(), [&](const Change& o) { return o.recorded == c.actual && o.actual == c.recorded; }));
    }
  }
}

TEST_CASE("the order of a set and of a keyed list means nothing") {
  const RuleSet sets = rule_everywhere(Comparator::set);
  const RuleSet keyed = rule_everywhere(Comparator::keyed_list, "k");
  for (std::uint64_t seed = 0; seed < kTrees / 3; ++seed) {
    RandomValue random(seed, {.depth = 3, .secrets = true});
    Value::List elements;
    for (std::uint64_t n = random.below(8); n > 0; --n) {
      Value o = random.object();
      o.edit_object().set("k", n);
      o.mark(Secret::none);
      elements.push_back(std::move(o));
    }
    Value::List shuffled = elements;
    random.shuffle(shuffled);
    Object a;
    a.set("l", elements);
    Object b;
    b.set("l", shuffled);
    CHECK(diff(a, b, sets).empty());
    CHECK(diff(a, b, keyed).empty());
    if (elements.empty()) continue;
    // One element less is one change, wherever it stood.
    shuffled.pop_back();
    b.set("l", shuffled);
    CHECK(diff(a, b, sets).size() == 1);
    CHECK(diff(a, b, keyed).size() == 1);
  }
}

TEST_CASE("wrapping both sides alike prefixes the paths and changes nothing else") {
  Path prefix;
  prefix.push("outer.key");
  prefix.push(std::uint64_t{1});
  prefix.push("inner");
  for (std::uint64_t seed = 0; seed < kTrees; ++seed) {
    RandomValue random(seed, {.secrets = true, .unknowns = true});
    const Value a = random.tree();
    const Value b = random.mutate(a, 3);
    const std::vector<Change> bare = diff(a, b);
    const std::vector<Change> wrapped = diff(wrap(a), wrap(b));
    INFO("seed " << seed << "\na " << to_json(a) << "\nb " << to_json(b));
    REQUIRE(bare.size() == wrapped.size());
    for (std::size_t i = 0; i < bare.size(); ++i) {
      Path expected = prefix;
      for (const Path::Segment& s : bare[i].path.segments()) std::visit([&](const auto& v) { expected.push(v); }, s);
      CHECK(wrapped[i].path == expected);
      CHECK(wrapped[i].kind == bare[i].kind);
      CHECK(wrapped[i].recorded == bare[i].recorded);
      CHECK(wrapped[i].actual == bare[i].actual);
      CHECK(wrapped[i].sensitive == bare[i].sensitive);
    }
  }
}

TEST_CASE("one leaf changed is one change, at its path") {
  std::size_t checked = 0;
  for (std::uint64_t seed = 0; seed < kTrees; ++seed) {
    RandomValue random(seed, {});
    const Value a = random.tree();
    const std::pair<Value, Path> mutated = random.mutate_one_leaf(a);
    const Value& b = mutated.first;
    const Path& path = mutated.second;
    if (a == b) continue;
    const std::vector<Change> changes = diff(a, b);
    INFO("seed " << seed << "\na " << to_json(a) << "\nb " << to_json(b));
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].path == path);
    CHECK(changes[0].kind == ChangeKind::modified);
    ++checked;
  }
  CHECK(checked > kTrees / 2);
}

TEST_CASE("the reference differ agrees") {
  for (std::uint64_t seed = 0; seed < kTrees; ++seed) {
    RandomValue random(seed, {.secrets = true, .unknowns = true, .tagged_lists = true});
    const Value a = random.object();
    const Value b = random.mutate(a, 1 + static_cast<int>(random.below(8)));
    INFO("seed " << seed << "\na " << to_json(a) << "\nb " << to_json(b));
    CHECK((testing::in_reference_form(diff(a, b)) == testing::reference_diff({.ancestor = &a, .actual = &b})));
  }
}
