// Two hostile values against each other: deep, wide, lists in lists, long lists, of elements that are hard to tell apart. The work is
// bounded by the size of the values. It is counted in the steps that a comparison says it takes, never by time.
#include <doctest/doctest.h>

#include <algorithm>

#include "drift/diff/compare.hpp"
#include "support/random_value.hpp"

using namespace drift;
using drift::testing::RandomValue;

namespace {

class Hostile {
 public:
  explicit Hostile(std::uint64_t seed) : random_(seed, {}) {}

  Value object() {
    Object o;
    for (const char* key : {"l", "s", "k", "x"}) o.set(key, value(3));
    return o;
  }
  std::uint64_t below(std::uint64_t n) { return random_.below(n); }

 private:
  Value value(int more) {
    switch (more == 0 ? 4 : random_.below(5)) {
      case 0:
        return deep(more);
      case 1:
        return long_list(more);
      case 2:
        return wide(more);
      case 3:
        return grid(more);
      default:
        return leaf();
    }
  }
  // Few of them, so that elements are alike; some may be equal to anything.
  Value leaf() {
    switch (random_.below(8)) {
      case 0:
        return Value::unknown();
      case 1:
        return Value(std::string(1, "abc"[random_.below(3)])).mark(Secret::ciphertext);
      case 2:
        return Value(std::string(1, "abc"[random_.below(3)])).mark(Secret::plain);
      case 3:
        return nullptr;
      default:
        return std::string(1, "abcABC"[random_.below(6)]);
    }
  }
  Value element() {
    Object o;
    o.set("id", random_.below(5));
    o.set("l", Value::List{leaf(), leaf()});
    o.set("v", leaf());
    return o;
  }
  Value deep(int more) {
    Value v = value(more - 1);
    const bool beside = random_.chance(50);
    for (std::uint64_t n = 20 + random_.below(60); n > 0; --n) {
      Value::List l{std::move(v)};
      if (beside) l.insert(random_.chance(50) ? l.begin() : l.end(), leaf());
      v = Value(std::move(l));
    }
    return v;
  }
  Value long_list(int more) {
    Value::List l;
    for (std::uint64_t n = random_.below(more == 3 ? 1500 : 30); n > 0; --n) l.push_back(random_.chance(80) ? element() : leaf());
    return l;
  }
  Value wide(int more) {
    Object o;
    for (std::uint64_t n = random_.below(more == 3 ? 300 : 10); n > 0; --n)
      o.set("m" + std::to_string(n), random_.chance(10) ? value(more - 1) : leaf());
    return o;
  }
  // Lists in lists, all alike.
  Value grid(int more) {
    const std::uint64_t n = 3 + random_.below(more == 3 ? 12 : 3);
    Value::List rows;
    for (std::uint64_t i = 0; i < n; ++i) {
      Value::List row;
      for (std::uint64_t j = 0; j < n; ++j) row.push_back(random_.chance(20) ? value(more - 1) : Value::List{leaf(), leaf()});
      rows.emplace_back(std::move(row));
    }
    return rows;
  }

  RandomValue random_;
};

struct Size {
  std::size_t nodes = 0;
  std::size_t depth = 0;
};

void measure(const Value& v, std::size_t depth, Size& out) {
  ++out.nodes;
  out.depth = std::max(out.depth, depth);
  if (v.is_object())
    for (const auto& [key, member] : v.as_object()) measure(member, depth + 1, out);
  if (v.is_list())
    for (const Value& e : v.as_list()) measure(e, depth + 1, out);
}

RuleSet rules_of(Hostile& hostile) {
  RuleSet rules;
  rules.use_builtin_comparators = false;
  const auto add = [&](const char* at, Comparator c, const char* key = "") {
    rules.comparators.push_back({at, "*", PathPattern::parse(at).value(), c, key, {}});
  };
  switch (hostile.below(5)) {
    case 0:
      break;
    case 1:
      add("**", Comparator::set);
      break;
    case 2:
      add("**", Comparator::keyed_list, "id");
      break;
    case 3:
      add("**", Comparator::case_insensitive);
      break;
    default:
      add("**.s", Comparator::set);
      add("**.k", Comparator::keyed_list, "id");
      add("**.v", Comparator::case_insensitive);
      break;
  }
  return rules;
}

// What docs/rules.md calls bounded: the steps of asking pair by pair.
constexpr std::size_t kAsked = 400'000;

}  // namespace

TEST_CASE("hostile values are compared in work that their size accounts for") {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Hostile hostile(seed);
    const RuleSet rules = rules_of(hostile);
    Resource sides[4];
    Size size;
    for (Resource& r : sides) {
      r.address = "t.x";
      r.type = "t";
      r.attributes = hostile.object();
      measure(r.attributes, 0, size);
    }
    std::size_t steps = 0;
    CompareContext ctx;
    ctx.rules = &rules;
    ctx.stop = [&] {
      steps += kStepsPerStopCheck;
      return Status();
    };
    const bool four = seed % 2 == 0;
    const auto out = compare_resource(
        {.desired = four ? &sides[2] : nullptr, .recorded = &sides[0], .actual = &sides[1], .baseline = four ? &sides[3] : nullptr}, ctx);
    INFO("seed " << seed << ", " << size.nodes << " nodes, " << size.depth << " deep");
    CHECK(out.ok());
    CHECK(steps <= kAsked + 2 * size.nodes * size.depth);
    CHECK(steps <= kAsked + 64 * size.nodes);
  }
}
