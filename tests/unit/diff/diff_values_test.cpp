#include "unit/diff/support.hpp"

using namespace drift;
using namespace drift::testing;

TEST_CASE("kinds, paths, values and reasons") {
  const auto changes = diff(R"({"gone":{"x":1},"l":[1],"n":1,"t":1})", R"({"l":[1,{"a":2}],"n":2,"new":[],"t":"1"})");
  CHECK(lines(changes) == Lines{"removed gone", "added l[1]", "modified n", "added new", "modified t"});
  CHECK(changes[0].why == "missing");
  CHECK(changes[0].recorded == json(R"({"x":1})"));
  CHECK(!changes[0].actual);
  CHECK(changes[1].why == "element");
  CHECK(changes[2].why == "value");
  CHECK(changes[2].recorded == Value(1));
  CHECK(changes[2].actual == Value(2));
  CHECK(changes[4].why == "type");
}

TEST_CASE("absent roots") {
  const Value v = 1;
  CHECK(diff_values(nullptr, nullptr, "t", {}).empty());
  const auto added = diff_values(nullptr, &v, "t", {});
  REQUIRE(added.size() == 1);
  CHECK(added[0].kind == ChangeKind::added);
  CHECK(added[0].path.empty());
  CHECK(diff_values(&v, nullptr, "t", {})[0].kind == ChangeKind::removed);
}

TEST_CASE("unknown is another value than any known one") {
  const Value known = 1;
  const Value unknown = Value::unknown();
  CHECK(diff_values(&unknown, &unknown, "t", {}).empty());
  const auto changes = diff_values(&known, &unknown, "t", {});
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].why == "unknown");
}

TEST_CASE("an unknown value that was expected says nothing, and is kept to be seen") {
  Resource recorded = resource(R"({"a":0,"b":0,"l":[1,0]})");
  for (const char* at : {"a", "b"}) recorded.attributes.edit_object().set(at, Value::unknown());
  recorded.attributes.edit_object().find("l")->edit_list()[1] = Value::unknown();
  const Resource actual = resource(R"({"a":9,"l":[1,2]})");
  const ResourceComparison out = compare({.recorded = &recorded, .actual = &actual});
  CHECK(!out.drifted());
  CHECK(lines(out.suppressed) == Lines{"modified a", "removed b", "modified l[1]"});
  for (const Change& c : out.suppressed) CHECK(c.rule == "unknown.cannot-tell");
}

TEST_CASE("sealed secrets: equal, different, and what cannot be told is no change here") {
  const SecretKey key("0123456789abcdef0123456789abcdef");
  Value plain = "hunter2";
  plain.mark(Secret::plain);
  const Value sealed = seal_secrets(plain, key);
  CompareContext ctx;
  ctx.key = &key;
  CHECK(diff_values(&sealed, &plain, "t", ctx).empty());
  const Value unmarked = "hunter2";  // a provider that does not know it as a secret
  CHECK(diff_values(&sealed, &unmarked, "t", ctx).empty());
  const Value other = "hunter3";
  const auto changes = diff_values(&sealed, &other, "t", ctx);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].why == "secret");
  CHECK(changes[0].sensitive);
  CHECK(changes[0].actual->is_secret());
  CHECK(diff_values(&sealed, &other, "t", {}).empty());  // without the key: compare_resource lists it as suppressed
}

TEST_CASE("comparators do not look into sealed text") {
  RuleSet rules;
  rules.comparators.push_back({"ci", "*", pattern("**"), Comparator::case_insensitive, {}, {}});
  CompareContext ctx;
  ctx.rules = &rules;
  Value a = "AbCd";
  Value b = "aBcD";
  CHECK(diff_values(&a, &b, "t", ctx).empty());
  a.mark(Secret::ciphertext);
  b.mark(Secret::ciphertext);
  CHECK(diff_values(&a, &b, "t", ctx).size() == 1);
}

TEST_CASE("facts go with the change, also from above") {
  Schema schema;
  schema.add("disk", {.force_new = true});
  schema.add("disk.hash", {.derived = true});
  CompareContext ctx;
  ctx.schema = &schema;
  const auto changes = diff(R"({"disk":{"hash":1,"size":1}})", R"({"disk":{"hash":2,"size":2}})", ctx);
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].derived);
  CHECK(changes[0].forces_replacement);
  CHECK(!changes[1].derived);
  CHECK(changes[1].forces_replacement);
}

TEST_CASE("rules that disagree leave the path compared exactly") {
  RuleSet rules;
  rules.comparators.push_back({"one", "*", pattern("a"), Comparator::ignored, {}, {}});
  rules.comparators.push_back({"two", "*", pattern("a"), Comparator::json, {}, {}});
  CompareContext ctx;
  ctx.rules = &rules;
  CHECK(diff(R"({"a":1})", R"({"a":2})", ctx).size() == 1);
}
