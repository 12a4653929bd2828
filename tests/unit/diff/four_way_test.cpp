#include <algorithm>
#include <map>

#include "unit/diff/support.hpp"

using namespace drift;
using namespace drift::testing;

TEST_CASE("the basis says which sides took part") {
  const Resource r = resource("{}");
  CHECK(compare({.recorded = &r, .actual = &r}).basis.names() == std::vector<std::string_view>{"recorded", "actual"});
  CHECK(compare({.desired = &r, .recorded = &r, .baseline = &r, .actual_known = false}).basis.names() ==
        std::vector<std::string_view>{"baseline", "desired", "recorded"});
  CHECK(compare({.recorded = &r}).basis.actual);  // it was looked for
}

TEST_CASE("address and type come from whoever has them") {
  const Resource r = resource("{}", "aws_x");
  const ResourceComparison out = compare({.actual = &r});
  CHECK(out.address == "t.x");
  CHECK(out.type == "aws_x");
}

TEST_CASE("identity: id, type and taint") {
  Resource recorded = resource("{}");
  recorded.id = "i-1";
  Resource actual = resource("{}", "u");
  actual.id = "i-2";
  actual.tainted = true;
  const ResourceComparison out = compare({.recorded = &recorded, .actual = &actual});
  CHECK(lines(out.changes) == Lines{"modified id", "modified tainted", "modified type"});
  for (const Change& c : out.changes) CHECK(c.section == Section::resource);
}

TEST_CASE("an id that is an attribute counts once, and an empty id says nothing") {
  Resource recorded = resource(R"({"id":"i-1"})");
  recorded.id = "i-1";
  Resource actual = resource(R"({"id":"i-2"})");
  actual.id = "i-2";
  CHECK(compare({.recorded = &recorded, .actual = &actual}).changes.size() == 1);
  actual = resource(R"({"id":"i-1"})");
  CHECK(compare({.recorded = &recorded, .actual = &actual}).changes.empty());
}

TEST_CASE("an id whose attribute is a secret is one") {
  Resource recorded = resource("{}");
  recorded.id = "canary-old";
  Resource actual = resource(R"({"id":"canary-new"})");
  actual.id = "canary-new";
  actual.attributes.edit_object().find("id")->mark(Secret::plain);
  const Resource bare = [] {
    Resource r = resource("{}");
    r.id = "canary-new";
    return r;
  }();
  Schema schema;
  schema.add("id", {.sensitive = true});
  CompareContext ctx;
  ctx.schema = &schema;
  for (const ResourceComparison& out :
       {compare({.recorded = &recorded, .actual = &actual}), compare({.recorded = &recorded, .actual = &bare}, ctx)}) {
    const auto id = std::find_if(out.changes.begin(), out.changes.end(), [](const Change& c) { return c.section == Section::resource; });
    REQUIRE(id != out.changes.end());
    CHECK(id->sensitive);
    CHECK(id->recorded->is_secret());
    CHECK(id->actual->is_secret());
  }
}

TEST_CASE("a live read cannot tell that something is tainted") {
  Resource recorded = resource("{}");
  recorded.tainted = true;
  const Resource actual = resource("{}");
  CHECK(compare({.recorded = &recorded, .actual = &actual}).changes.empty());
}

TEST_CASE("changes are sorted by section, then path") {
  Resource recorded = resource(R"({"b":1,"a":[1,2],"z":{"y":1}})");
  recorded.inputs = json(R"({"a":1,"c":0})");
  recorded.id = "1";
  Resource actual = resource(R"({"b":2,"a":[2,3,4],"z":{"y":2,"x":1}})");
  actual.inputs = json(R"({"a":2,"c":1})");
  actual.id = "2";
  const ResourceComparison out = compare({.recorded = &recorded, .actual = &actual});
  CHECK(lines(out.changes) == Lines{"removed a[0]", "added a[1]", "added a[2]", "modified b", "added z.x", "modified z.y", "modified a",
                                    "modified c", "modified id"});
}

TEST_CASE("a plan that knows nothing of a resource yet takes no part") {
  Resource desired = resource("null");
  const Resource recorded = resource(R"({"a":1})");
  CHECK(compare({.desired = &desired, .recorded = &recorded, .actual = &recorded}).changes.empty());
}

TEST_CASE("pending and converged never count alone") {
  const Resource desired = resource(R"({"a":2,"b":2})");
  const Resource recorded = resource(R"({"a":1,"b":1})");
  const Resource actual = resource(R"({"a":1,"b":2})");
  const ResourceComparison out = compare({.desired = &desired, .recorded = &recorded, .actual = &actual});
  CHECK(out.changes.size() == 2);
  CHECK(!out.drifted());
}

TEST_CASE("derived changes are only folded when a real difference explains them") {
  Schema schema;
  schema.add("md5", {.derived = true});
  CompareContext ctx;
  ctx.schema = &schema;
  // Only a pending change stands beside it: the drift must not get lost.
  const Resource desired = resource(R"({"content":"b","md5":"1"})");
  const Resource recorded = resource(R"({"content":"a","md5":"1"})");
  const Resource actual = resource(R"({"content":"a","md5":"2"})");
  CHECK(compare({.desired = &desired, .recorded = &recorded, .actual = &actual}, ctx).drifted());
  // Nor when the only other difference is one that a comparator takes out.
  RuleSet rules;
  rules.comparators.push_back({"ci", "*", pattern("content"), Comparator::case_insensitive, {}, {}});
  ctx.rules = &rules;
  const Resource upper = resource(R"({"content":"A","md5":"2"})");
  CHECK(compare({.recorded = &recorded, .actual = &upper}, ctx).drifted());
}

TEST_CASE("accepted deletions stay visible") {
  const Resource recorded = resource(R"({"a":1})");
  Resource gone = resource("null");
  gone.absent = true;
  std::map<std::string, std::uint64_t, std::less<>> hits;
  CompareContext ctx;
  ctx.rule_hits = &hits;
  const ResourceComparison out = compare({.recorded = &recorded, .baseline = &gone}, ctx);
  CHECK(!out.drifted());
  REQUIRE(out.suppressed.size() == 1);
  CHECK(out.suppressed[0].rule == "baseline");
  CHECK(hits["baseline"] == 1);
}

TEST_CASE("hits of comparators, schema facts and the engine's list are counted by name") {
  Schema schema;
  schema.add("l", {.set = true});
  std::map<std::string, std::uint64_t, std::less<>> hits;
  CompareContext ctx;
  ctx.schema = &schema;
  ctx.rule_hits = &hits;
  const Resource recorded = resource(R"({"l":[1,2],"policy":"{}"})", "aws_iam_policy");
  const Resource actual = resource(R"({"l":[2,1],"policy":"{ }"})", "aws_iam_policy");
  CHECK(compare({.recorded = &recorded, .actual = &actual}, ctx).changes.empty());
  CHECK(hits == std::map<std::string, std::uint64_t, std::less<>>{{"builtin.json.aws_iam_policy.policy", 1}, {"schema:set", 1}});
}
