#include "diff/lists.hpp"

#include <cctype>

#include "unit/diff/support.hpp"

using namespace drift;
using namespace drift::diff_internal;
using drift::testing::json;

namespace {

Value::List list(std::string_view text) { return json(text).as_list(); }
Pairing in_order(std::string_view a, std::string_view b) { return pair_in_order(list(a), list(b), nullptr); }

// Single letters, whatever their case. What is not lower case says so by asking only.
struct Caseless final : ElementRules {
  Caseless(const Value::List& left, const Value::List& right) : a(left), b(right) {}
  Form form_of_a(std::size_t i) override { return form(a[i]); }
  Form form_of_b(std::size_t j) override { return form(b[j]); }
  std::optional<bool> equal(std::size_t i, std::size_t j) override {
    ++asked;
    if (asked > limit) return std::nullopt;
    return std::tolower(a[i].as_string()[0]) == std::tolower(b[j].as_string()[0]);
  }
  static Form form(const Value& v) { return {fingerprint(v), std::islower(v.as_string()[0]) != 0}; }
  const Value::List& a;
  const Value::List& b;
  std::size_t asked = 0;
  std::size_t limit = 1000;
};
using Indexes = std::vector<std::size_t>;

}  // namespace

TEST_CASE("in order: one inserted, one removed") {
  const Pairing inserted = in_order("[1,2,3]", "[1,9,2,3]");
  CHECK(inserted.partner == Indexes{0, 2, 3});
  CHECK(inserted.extra == Indexes{1});
  const Pairing removed = in_order("[1,9,2,3]", "[1,2,3]");
  CHECK(removed.partner == Indexes{0, kNone, 1, 2});
  CHECK(removed.extra.empty());
}

TEST_CASE("in order: what was replaced at its place is paired") {
  const Pairing p = in_order("[1,2,3]", "[1,8,3]");
  CHECK(p.partner == Indexes{0, 1, 2});
  CHECK(!p.reordered());
}

TEST_CASE("in order: of several candidates the most alike is paired") {
  const Pairing p = in_order(R"([{"id":1,"x":1,"y":1}])", R"([{"id":2,"x":9,"y":9},{"id":1,"x":2,"y":1},{"id":3}])");
  CHECK(p.partner == Indexes{1});
  CHECK(p.extra == Indexes{0, 2});
}

TEST_CASE("in order: elements under rules can be equal without being the same") {
  const Value::List a = list(R"(["A","B"])");
  const Value::List b = list(R"(["x","a","b"])");
  Caseless rules(a, b);
  const Pairing p = pair_in_order(a, b, &rules);
  CHECK(p.partner == Indexes{1, 2});
  CHECK(p.extra == Indexes{0});
}

TEST_CASE("in order: long lists keep their equal ends and are paired by index between") {
  Value::List a;
  for (int i = 0; i < 5000; ++i) a.emplace_back(i);
  Value::List b = a;
  b.insert(b.begin() + 2500, Value("new"));
  const Pairing p = pair_in_order(a, b, nullptr);
  CHECK(p.extra == Indexes{2500});
  CHECK(p.partner[2499] == 2499);
  CHECK(p.partner[2500] == 2501);
  Value::List c = a;
  for (Value& v : c) v = Value("x");
  CHECK(pair_in_order(a, c, nullptr).partner[4999] == 4999);
}

TEST_CASE("swapping the lists swaps the pairing") {
  const Value::List a = list("[1,2,1,3,2]");
  const Value::List b = list("[2,1,1,2,2,3]");
  const Pairing there = pair_in_order(a, b, nullptr);
  const Pairing back = pair_in_order(b, a, nullptr);
  for (std::size_t i = 0; i < a.size(); ++i)
    if (there.partner[i] != kNone) CHECK(back.partner[there.partner[i]] == i);
}

TEST_CASE("set: each element once") {
  const Pairing p = pair_as_set(list("[1,1,2]"), list("[2,3,1]"), nullptr);
  CHECK(p.partner == Indexes{2, kNone, 0});
  CHECK(p.extra == Indexes{1});
  CHECK(p.reordered());
}

TEST_CASE("key: elements are matched by it") {
  const auto p = pair_by_key(list(R"([{"k":1},{"k":"1"},{"k":2}])"), list(R"([{"k":2.0},{"k":"1"}])"), "k");
  REQUIRE(p);
  CHECK(p->partner == Indexes{kNone, 1, 0});
  CHECK(p->extra.empty());
}

TEST_CASE("key: what cannot name an element is refused") {
  CHECK(!pair_by_key(list(R"([{"k":1},{"k":1}])"), {}, "k"));
  CHECK(!pair_by_key({}, list(R"([{"k":1},{"k":1.0}])"), "k"));
  CHECK(!pair_by_key(list(R"([{"k":1},{"v":1}])"), {}, "k"));
  CHECK(!pair_by_key(list(R"([{"k":null}])"), {}, "k"));
  CHECK(!pair_by_key(list("[1]"), {}, "k"));
  CHECK(pair_by_key({}, {}, "k").has_value());
}

TEST_CASE("set: what its form does not tell apart for good is asked about, and only that") {
  const Value::List a = list(R"(["x","B","c"])");
  const Value::List b = list(R"(["y","c","b"])");
  Caseless rules(a, b);
  const Pairing p = pair_as_set(a, b, &rules);
  CHECK(p.partner == Indexes{kNone, 2, 1});
  CHECK(!p.unasked);
  CHECK(rules.asked == 2);  // B against y and b; x and y are whole
}

TEST_CASE("when nobody answers any more, the pairing says so") {
  const Value::List a = list(R"(["A","B"])");
  const Value::List b = list(R"(["x","a","b"])");
  Caseless rules(a, b);
  rules.limit = 0;
  CHECK(pair_as_set(a, b, &rules).unasked);
  CHECK(pair_in_order(a, b, &rules).unasked);
  CHECK(rules.asked == 2);
}
