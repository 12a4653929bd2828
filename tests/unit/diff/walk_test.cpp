// What the walk says where more than two sides and lists meet; tests/cases/diff/four_way.case has the plain relations.
#include "diff/walk.hpp"

#include "unit/diff/support.hpp"

using namespace drift;
using namespace drift::testing;

TEST_CASE("indexes count in the ancestor, the last one of an addition in the side that has it") {
  const auto changes = diff(R"({"l":[{"id":1},{"id":2,"in":[1]}]})", R"({"l":[{"id":0},{"id":1},{"id":2,"in":[1,5]}]})");
  CHECK(lines(changes) == Lines{"added l[0]", "added l[1].in[1]"});
}

TEST_CASE("values of all sides stand beside each other, also where lists moved") {
  const Resource baseline = resource(R"({"l":["a","b"]})");
  const Resource recorded = resource(R"({"l":["new","a","b"]})");
  const Resource actual = resource(R"({"l":["a","c"]})");
  const ResourceComparison out = compare({.recorded = &recorded, .actual = &actual, .baseline = &baseline});
  REQUIRE(lines(out.changes) == Lines{"modified l[1]"});
  CHECK(out.changes[0].baseline == Value("b"));
  CHECK(out.changes[0].recorded == Value("b"));
  CHECK(out.changes[0].actual == Value("c"));
  // What the state has and nobody else: it was accepted that it is not there.
  REQUIRE(out.suppressed.size() == 1);
  CHECK(out.suppressed[0].rule == "baseline");
  CHECK(out.suppressed[0].recorded == Value("new"));
  CHECK(out.suppressed[0].kind == ChangeKind::removed);
}

TEST_CASE("both moved to what may be the same secret: that counts") {
  Value desired = json(R"({"p":"x"})");
  desired.edit_object().find("p")->mark(Secret::ciphertext);
  Resource d = resource("{}");
  d.attributes = desired;
  const Resource recorded = resource("{}");
  const Resource actual = resource(R"({"p":"x"})");
  const ResourceComparison out = compare({.desired = &d, .recorded = &recorded, .actual = &actual});
  REQUIRE(out.changes.size() == 1);
  CHECK(out.changes[0].relation == Relation::conflict);
  CHECK(out.drifted());
}

TEST_CASE("keys that name no element are said to be the reason") {
  RuleSet rules;
  rules.comparators.push_back({"k", "*", pattern("l"), Comparator::keyed_list, "name", {}});
  CompareContext ctx;
  ctx.rules = &rules;
  const auto changes = diff(R"({"l":[{"name":1},{"name":1}]})", R"({"l":[{"name":1}]})", ctx);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].why == "keys_not_unique");
}

TEST_CASE("a secret that is not available on both sides is not unchanged: it cannot be told") {
  Resource recorded = resource(R"({"p":"unavailable","deep":{"l":["unavailable"]},"q":1})");
  recorded.attributes.edit_object().find("p")->mark(Secret::digest);
  recorded.attributes.edit_object().find("deep")->edit_object().find("l")->edit_list()[0].mark(Secret::digest);
  const Resource actual = recorded;
  const ResourceComparison out = compare({.recorded = &recorded, .actual = &actual});
  CHECK(out.changes.empty());
  REQUIRE(lines(out.suppressed) == Lines{"modified deep.l[0]", "modified p"});
  for (const Change& c : out.suppressed) CHECK(c.rule == "secret.cannot-tell");
}
