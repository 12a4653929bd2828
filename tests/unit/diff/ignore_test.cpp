// tests/cases/diff/ignore.case shows the modes; here is what a case file does not say.
#include "diff/ignore.hpp"

#include <map>

#include "unit/diff/support.hpp"

using namespace drift;
using namespace drift::testing;

namespace {

struct Fixture {
  Resource recorded = resource(R"({"size":1,"tags":{"a":1}})");
  Resource actual = resource(R"({"size":2,"tags":{"a":2}})");
  RuleSet rules;
  std::map<std::string, std::uint64_t, std::less<>> hits;
  CompareContext ctx;
  Fixture() {
    ctx.rules = &rules;
    ctx.rule_hits = &hits;
  }
  ResourceComparison run() { return compare({.recorded = &recorded, .actual = &actual}, ctx); }
};

IgnoreRule rule(std::string name, std::optional<std::string_view> at, IgnoreMode mode = IgnoreMode::mute) {
  IgnoreRule r;
  r.name = std::move(name);
  if (at) r.path = pattern(*at);
  r.mode = mode;
  return r;
}

}  // namespace

TEST_CASE("address and type select; the reason goes with the change; hits are counted") {
  Fixture f;
  IgnoreRule r = rule("sizes", "size");
  r.address = "t.*";
  r.type = "t";
  r.reason = "autoscaled";
  f.rules.ignores.push_back(r);
  r.name = "elsewhere";
  r.address = "u.*";
  f.rules.ignores.push_back(r);
  const ResourceComparison out = f.run();
  CHECK(lines(out.changes) == Lines{"modified tags.a"});
  REQUIRE(out.suppressed.size() == 1);
  CHECK(out.suppressed[0].rule == "sizes");
  CHECK(out.suppressed[0].mode == IgnoreMode::mute);
  CHECK(out.suppressed[0].reason == "autoscaled");
  CHECK(f.hits == std::map<std::string, std::uint64_t, std::less<>>{{"sizes", 1}});
}

TEST_CASE("watching does not take out of the count") {
  Fixture f;
  f.rules.ignores.push_back(rule("w", "**", IgnoreMode::watch_only));
  const ResourceComparison out = f.run();
  CHECK(out.drifted());
  CHECK(out.suppressed.empty());
  for (const Change& c : out.changes) CHECK(c.mode == IgnoreMode::watch_only);
  CHECK(f.hits["w"] == 2);
}

TEST_CASE("a whole resource: its deletion, its being unmanaged, its changes") {
  Fixture f;
  IgnoreRule r = rule("all", std::nullopt);
  r.reason = "belongs to another team";
  f.rules.ignores.push_back(r);
  CHECK(!f.run().drifted());
  const ResourceComparison gone = compare({.recorded = &f.recorded}, f.ctx);
  CHECK(gone.existence == Existence::deleted);
  CHECK(gone.existence_rule == "all");
  CHECK(gone.existence_reason == "belongs to another team");
  CHECK(!gone.drifted());
  CHECK(!compare({.actual = &f.actual}, f.ctx).drifted());
  f.rules.ignores[0].mode = IgnoreMode::watch_only;
  CHECK(compare({.recorded = &f.recorded}, f.ctx).drifted());
}

TEST_CASE("a path is more specific than an address, an address than a type") {
  Fixture f;
  IgnoreRule all = rule("type", std::nullopt);
  all.type = "t";
  IgnoreRule one = rule("address", std::nullopt, IgnoreMode::watch_only);
  one.address = "t.x";
  f.rules.ignores = {all, one, rule("path", "size", IgnoreMode::hide)};
  const ResourceComparison out = f.run();
  REQUIRE(out.changes.size() == 1);
  CHECK(out.changes[0].rule == "address");
  REQUIRE(out.suppressed.size() == 1);
  CHECK(out.suppressed[0].rule == "path");
}

TEST_CASE("ambiguity names both rules, the path and the resource, and no value") {
  Fixture f;
  f.rules.ignores = {rule("one", "size"), rule("two", "size", IgnoreMode::never_push)};
  const auto out = compare_resource({.recorded = &f.recorded, .actual = &f.actual}, f.ctx);
  REQUIRE(!out.ok());
  CHECK(out.error().code() == Errc::ambiguous_rule);
  const std::string text = out.error().to_string();
  for (const char* part : {"\"one\"", "\"two\"", "size", "t.x"}) CHECK(text.find(part) != std::string::npos);
  CHECK(!out.error().next_step().empty());
}

TEST_CASE("an accept rule compares the secret's content and needs no mark") {
  Fixture f;
  f.actual.attributes.edit_object().find("size")->mark(Secret::plain);
  IgnoreRule r = rule("two", "size", IgnoreMode::accept);
  r.value = Value(2);
  f.rules.ignores = {r};
  CHECK(f.run().suppressed.size() == 1);
  f.rules.ignores[0].value = Value(3);
  CHECK(f.run().suppressed.empty());
}

TEST_CASE("an accept rule without a value, or of null, accepts that it is not there") {
  Fixture f;
  f.rules.ignores = {rule("gone", "size", IgnoreMode::accept)};
  for (const std::optional<Value>& nothing : {std::optional<Value>(), std::optional<Value>(Value())}) {
    f.rules.ignores[0].value = nothing;
    f.actual = resource(R"({"tags":{"a":1}})");
    CHECK(!f.run().drifted());
    f.actual = resource(R"({"size":null,"tags":{"a":1}})");
    CHECK(!f.run().drifted());
    f.actual = resource(R"({"size":5,"tags":{"a":1}})");
    CHECK(f.run().drifted());
  }
}

TEST_CASE("the engine's list: both sides', unreadable entries ignore nothing, and it can be turned off") {
  Fixture f;
  f.recorded.ignore_changes = {"[", "size"};
  CHECK(lines(f.run().changes) == Lines{"modified tags.a"});
  CHECK(f.run().unreadable_ignores == Lines{"["});
  Resource desired = f.recorded;
  desired.ignore_changes = {"tags[\"a\"]"};
  CHECK(!compare({.desired = &desired, .recorded = &f.recorded, .actual = &f.actual}, f.ctx).drifted());
  f.rules.use_engine_ignores = false;
  CHECK(f.run().changes.size() == 2);
  f.rules.use_engine_ignores = true;
  for (const char* all : {"*", "**"}) {
    f.recorded.ignore_changes = {all};
    CHECK(!f.run().drifted());
  }
  CHECK(f.hits["engine.ignore_changes"] > 0);
}

TEST_CASE("the engine's list: a property named all is a property, and another resource is no property") {
  Fixture f;
  f.recorded.ignore_changes = {"all"};
  CHECK(f.run().changes.size() == 2);
  f.recorded.ignore_changes = {"*"};
  f.recorded.id = "i-1";
  f.actual.id = "i-2";
  CHECK(lines(f.run().changes) == Lines{"modified id"});
}
