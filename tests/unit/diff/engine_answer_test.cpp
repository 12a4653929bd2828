#include "diff/engine_answer.hpp"

#include <algorithm>

#include "unit/diff/support.hpp"

using namespace drift;
using namespace drift::testing;

namespace {

Resource thing(std::string_view outputs, std::string_view inputs) {
  Resource r = resource(outputs);
  r.inputs = json(inputs);
  return r;
}

EngineAnswer says(std::vector<EngineAnswer::Property> properties) { return {.changed = true, .properties = std::move(properties)}; }
EngineAnswer::Property at(std::string_view where, EngineAnswer::Kind kind = EngineAnswer::Kind::modified) {
  return {path(where), kind, false, false, false};
}

Lines rules(const ResourceComparison& c) {
  Lines out;
  for (const Change& s : c.suppressed) out.push_back(s.path.text() + " " + s.rule);
  return out;
}

}  // namespace

TEST_CASE("engine answer: what the engine sees no difference in is none, and is shown as suppressed") {
  const Resource recorded = thing(R"({"a":1,"etag":"x"})", R"({"a":1})"), actual = thing(R"({"a":1,"etag":"y"})", R"({"a":1})");
  const EngineAnswer same;
  const ResourceComparison out = compare({.recorded = &recorded, .actual = &actual, .engine = &same});
  CHECK(out.changes.empty());
  CHECK_FALSE(out.drifted());
  CHECK(rules(out) == Lines{"etag engine.diff"});
  CHECK(compare({.recorded = &recorded, .actual = &actual}).drifted());
}

TEST_CASE("engine answer: of what it sees, the paths that it names count, above and below") {
  const Resource recorded = thing(R"({"tags":{"a":1,"b":2},"etag":"x","deep":{"x":{"y":1}}})", "{}"),
                 actual = thing(R"({"tags":{"a":9,"b":8},"etag":"y","deep":{"x":{"y":2}}})", "{}");
  const EngineAnswer answer = says({at("tags"), at("deep.x.y.z")});
  const ResourceComparison out = compare({.recorded = &recorded, .actual = &actual, .engine = &answer});
  CHECK(lines(out.changes) == Lines{"modified deep.x.y", "modified tags.a", "modified tags.b"});
  CHECK(rules(out) == Lines{"etag engine.diff"});
}

TEST_CASE("engine answer: what is one value to it is one difference") {
  const Resource recorded = thing(R"({"file":{"hash":"a","text":"x"},"map":{"a":1,"b":1}})", R"({"file":{"hash":"a"}})"),
                 actual = thing(R"({"file":{"hash":"b","text":"y"},"map":{"a":2,"b":2}})", R"({"file":{"hash":"b"}})");
  EngineAnswer answer = says({at("file"), at("map")});
  answer.properties[0].whole = true;
  const ResourceComparison out = compare({.recorded = &recorded, .actual = &actual, .engine = &answer});
  REQUIRE(lines(out.changes) == Lines{"modified file", "modified map.a", "modified map.b"});
  CHECK(out.changes[0].section == Section::attributes);
  CHECK(to_json(*out.changes[0].recorded) == R"({"hash":"a","text":"x"})");
  CHECK(to_json(*out.changes[0].actual) == R"({"hash":"b","text":"y"})");
}

TEST_CASE("engine answer: a secret within what is one value is none that is shown") {
  Resource recorded = thing(R"({"file":{"hash":"a","text":"canary"}})", "{}"),
           actual = thing(R"({"file":{"hash":"b","text":"canary2"}})", "{}");
  recorded.attributes.edit_object().find("file")->edit_object().find("text")->mark(Secret::plain);
  EngineAnswer answer = says({at("file")});
  answer.properties[0].whole = true;
  const ResourceComparison out = compare({.recorded = &recorded, .actual = &actual, .engine = &answer});
  REQUIRE(out.changes.size() == 1);
  for (const std::optional<Value>* side : {&out.changes[0].recorded, &out.changes[0].actual}) {
    REQUIRE(side->has_value());
    CHECK((**side).find("text")->is_secret());
  }
}

TEST_CASE("engine answer: what is no input is computed") {
  const Resource recorded = thing(R"({"a":{"b":1},"etag":"x"})", R"({"a":{"b":1}})"),
                 actual = thing(R"({"a":{"b":2},"etag":"y"})", R"({"a":{"b":2}})");
  const EngineAnswer answer = says({at("a.b")});
  const ResourceComparison out = compare({.recorded = &recorded, .actual = &actual, .engine = &answer});
  REQUIRE(out.changes.size() == 1);
  CHECK(out.changes[0].drift_class == DriftClass::config_owned);
  const auto etag = std::find_if(out.suppressed.begin(), out.suppressed.end(), [](const Change& c) { return c.path.text() == "etag"; });
  REQUIRE(etag != out.suppressed.end());
  CHECK(etag->drift_class == DriftClass::computed_only);
}

TEST_CASE("engine answer: that something changed without a name keeps all") {
  const Resource recorded = thing(R"({"a":1,"b":1})", "{}"), actual = thing(R"({"a":2,"b":2})", "{}");
  const EngineAnswer answer = says({});
  CHECK(compare({.recorded = &recorded, .actual = &actual, .engine = &answer}).changes.size() == 2);
  const ResourceComparison unnamed = compare({.recorded = &recorded, .actual = &recorded, .engine = &answer});
  REQUIRE(unnamed.changes.size() == 1);
  CHECK(unnamed.changes[0].why == "engine");
  CHECK(unnamed.drifted());
}

TEST_CASE("engine answer: what only the engine sees is a change, of what the program gave to what there is") {
  // An earlier refresh wrote the drift into the outputs; the provider still compares them with the inputs.
  const Resource both = thing(R"({"size":5})", R"({"size":1})");
  EngineAnswer answer = says({at("size")});
  answer.properties[0].replaces = true;
  const ResourceComparison out = compare({.recorded = &both, .actual = &both, .engine = &answer});
  REQUIRE(out.changes.size() == 1);
  const Change& c = out.changes[0];
  CHECK(c.section == Section::inputs);
  CHECK(c.why == "engine");
  CHECK(c.recorded == Value(1));
  CHECK(c.actual == Value(5));
  CHECK(c.forces_replacement);
  CHECK(out.drifted());
}

TEST_CASE("engine answer: kinds and the input side of what only the engine sees") {
  const Resource both = thing(R"({"a":1})", R"({"b":2,"c":3})");
  const EngineAnswer answer = says({at("a", EngineAnswer::Kind::added),
                                    at("b", EngineAnswer::Kind::removed),
                                    {path("c"), EngineAnswer::Kind::modified, true, false, false}});
  const ResourceComparison out = compare({.recorded = &both, .actual = &both, .engine = &answer});
  CHECK(lines(out.changes) == Lines{"added a", "removed b", "modified c"});
  CHECK_FALSE(out.changes[0].recorded.has_value());
  CHECK(out.changes[2].actual == Value(3));
}

TEST_CASE("engine answer: rules apply to what only the engine sees as to everything") {
  const Resource both = thing(R"({"size":5})", R"({"size":1})");
  const EngineAnswer answer = says({at("size")});
  RuleSet set;
  set.ignores.push_back({.name = "known", .path = pattern("size"), .mode = IgnoreMode::mute, .reason = "r"});
  CompareContext ctx;
  ctx.rules = &set;
  CHECK(rules(compare({.recorded = &both, .actual = &both, .engine = &answer}, ctx)) == Lines{"size known"});
}

TEST_CASE("engine answer: a new id alone is no difference to the engine") {
  Resource recorded = thing("{}", "{}"), actual = thing("{}", "{}");
  recorded.id = "i-1";
  actual.id = "i-2";
  const EngineAnswer same;
  CHECK(rules(compare({.recorded = &recorded, .actual = &actual, .engine = &same})) == Lines{"id engine.diff"});
  CHECK(rules(compare({.recorded = &recorded, .actual = &actual, .baseline = &recorded, .engine = &same})) == Lines{"id engine.diff"});
  Resource other = recorded;
  other.id = "i-0";
  CHECK(compare({.recorded = &recorded, .actual = &actual, .baseline = &other, .engine = &same}).drifted());
}

TEST_CASE("engine answer: it says nothing of a baseline that had another value") {
  const Resource baseline = thing(R"({"a":1,"b":1})", "{}"), recorded = thing(R"({"a":2,"b":1})", "{}"),
                 actual = thing(R"({"a":3,"b":2})", "{}");
  const EngineAnswer same;
  const ResourceComparison out = compare({.recorded = &recorded, .actual = &actual, .baseline = &baseline, .engine = &same});
  CHECK(lines(out.changes) == Lines{"modified a"});
  CHECK(rules(out) == Lines{"b engine.diff"});
}

TEST_CASE("engine answer: what only the engine sees can be accepted") {
  const Resource all = thing(R"({"size":5})", R"({"size":1})");
  const EngineAnswer answer = says({at("size")});
  const ResourceComparison out = compare({.recorded = &all, .actual = &all, .baseline = &all, .engine = &answer});
  CHECK_FALSE(out.drifted());
  CHECK(rules(out) == Lines{"size baseline"});
  const Resource other = thing(R"({"size":4})", R"({"size":1})");
  CHECK(compare({.recorded = &all, .actual = &all, .baseline = &other, .engine = &answer}).drifted());
}

TEST_CASE("engine answer: secrets stay secrets") {
  Resource both = thing(R"({"pass":"canary-out"})", R"({"pass":"canary-in"})");
  both.attributes.edit_object().find("pass")->mark(Secret::plain);
  const EngineAnswer answer = says({at("pass")});
  const ResourceComparison out = compare({.recorded = &both, .actual = &both, .engine = &answer});
  REQUIRE(out.changes.size() == 1);
  CHECK(out.changes[0].sensitive);
  CHECK(out.changes[0].actual->is_secret());
  CHECK(out.changes[0].recorded->is_secret());
}

TEST_CASE("engine answer: a new id is no reason for what differs without a name") {
  Resource recorded = thing(R"({"a":1})", "{}"), actual = thing(R"({"a":1})", "{}");
  recorded.id = "i-1";
  actual.id = "i-2";
  const EngineAnswer answer = says({});
  const ResourceComparison out = compare({.recorded = &recorded, .actual = &actual, .engine = &answer});
  CHECK(rules(out) == Lines{"id engine.diff"});
  REQUIRE(out.changes.size() == 1);
  CHECK(out.changes[0].path.empty());
  CHECK(out.changes[0].why == "engine");
}

TEST_CASE("engine answer: what differs without a name may be what a person ignores, if the program sets it, and nothing that it computes") {
  const Resource recorded = thing(R"({"tags":1,"etag":1})", R"({"tags":1})");
  const Resource tags = thing(R"({"tags":2,"etag":1})", R"({"tags":1})"), etag = thing(R"({"tags":1,"etag":2})", R"({"tags":1})");
  const EngineAnswer answer = says({});
  RuleSet set;
  for (const char* name : {"tags", "etag"})
    set.ignores.push_back({.name = name, .path = pattern(name), .mode = IgnoreMode::mute, .reason = "r"});
  CompareContext ctx;
  ctx.rules = &set;
  CHECK_FALSE(compare({.recorded = &recorded, .actual = &tags, .engine = &answer}, ctx).drifted());
  CHECK(compare({.recorded = &recorded, .actual = &etag, .engine = &answer}, ctx).drifted());
  // Nor what the engine was told to ignore: it did not look there.
  Resource told = recorded;
  told.ignore_changes = {"tags"};
  CHECK(compare({.recorded = &told, .actual = &tags, .engine = &answer}).drifted());
  // A rule for the resource holds for it.
  set.ignores = {{.name = "all", .address = "*", .mode = IgnoreMode::mute, .reason = "r"}};
  const ResourceComparison all = compare({.recorded = &recorded, .actual = &recorded, .engine = &answer}, ctx);
  CHECK_FALSE(all.drifted());
  CHECK(rules(all) == Lines{" all"});
}

TEST_CASE("engine answer: a plan that is not carried out yet is no reason for what differs") {
  const Resource recorded = thing(R"({"a":1})", R"({"a":1})"), wanted = thing(R"({"a":2})", R"({"a":2})");
  const EngineAnswer answer = says({});
  CHECK(compare({.desired = &wanted, .recorded = &recorded, .actual = &recorded, .engine = &answer}).drifted());
}

TEST_CASE("engine answer: what differs without a name is accepted with all that there is") {
  const Resource both = thing(R"({"a":1})", R"({"a":1})"), other = thing(R"({"a":2})", R"({"a":1})");
  const EngineAnswer answer = says({});
  const ResourceComparison accepted = compare({.recorded = &both, .actual = &both, .baseline = &both, .engine = &answer});
  CHECK_FALSE(accepted.drifted());
  CHECK(rules(accepted) == Lines{" baseline"});
  CHECK(compare({.recorded = &both, .actual = &both, .baseline = &other, .engine = &answer}).drifted());
}

TEST_CASE("engine answer: what leads nowhere is about what holds it") {
  const Resource recorded = thing(R"({"tags":{"a.b/c":1,"d":1},"etag":"x"})", R"({"tags":{"a.b/c":1,"d":1}})"),
                 actual = thing(R"({"tags":{"a.b/c":2,"d":1},"etag":"y"})", R"({"tags":{"a.b/c":2,"d":1}})");
  const EngineAnswer of_tags = says({at("tags.a.b/c")});
  const ResourceComparison out = compare({.recorded = &recorded, .actual = &actual, .engine = &of_tags});
  CHECK(lines(out.changes) == Lines{"modified tags[\"a.b/c\"]"});
  CHECK(rules(out).front() == "etag engine.diff");
  // At worst the resource: nothing is taken out, and the name is told.
  const EngineAnswer nowhere = says({at("no.such")});
  const ResourceComparison all = compare({.recorded = &recorded, .actual = &actual, .engine = &nowhere});
  CHECK(lines(all.changes) == Lines{"modified etag", "modified tags[\"a.b/c\"]", "modified no.such"});
}

TEST_CASE("engine answer: nobody accepts what is not to be seen, unless all that is to be seen is as it was accepted") {
  const Resource recorded = thing(R"({"sha":1})", R"({"content":"A"})"), actual = thing(R"({"sha":2})", R"({"content":"A"})"),
                 baseline = thing(R"({"sha":0})", R"({"content":"A"})");
  for (const char* name : {"content", "no.such"}) {
    const EngineAnswer answer = says({at(name)});
    CHECK_MESSAGE(compare({.recorded = &recorded, .actual = &actual, .baseline = &baseline, .engine = &answer}).drifted(), name);
    CHECK_MESSAGE(!compare({.recorded = &recorded, .actual = &actual, .baseline = &actual, .engine = &answer}).drifted(), name);
  }
}

TEST_CASE("engine answer: what a provider writes in another way for good is nothing that a person accepted") {
  const Resource recorded = thing(R"({"content":"a","sha":1,"other":2})", R"({"content":"A","other":2})"),
                 actual = thing(R"({"content":"a","sha":2,"other":2})", R"({"content":"A","other":2})"),
                 baseline = thing(R"({"content":"a","sha":1,"other":2})", R"({"content":"A","other":2})");
  const EngineAnswer answer = says({at("content")});
  CHECK(compare({.recorded = &recorded, .actual = &actual, .baseline = &baseline, .engine = &answer}).drifted());
}

TEST_CASE("engine answer: what is ignored keeps nobody from accepting the rest") {
  const Resource recorded = thing(R"({"a":1,"noise":1})", R"({"a":1})"), actual = thing(R"({"a":1,"noise":3})", R"({"a":1})"),
                 baseline = thing(R"({"a":1,"noise":2})", R"({"a":1})");
  RuleSet set;
  CompareContext ctx;
  ctx.rules = &set;
  for (const EngineAnswer& answer : {says({at("a")}), says({at("no.such")}), says({})}) {
    set.ignores.clear();
    CHECK(compare({.recorded = &recorded, .actual = &actual, .baseline = &baseline, .engine = &answer}, ctx).drifted());
    set.ignores.push_back({.name = "noise", .path = pattern("noise"), .mode = IgnoreMode::mute, .reason = "r"});
    CHECK_FALSE(compare({.recorded = &recorded, .actual = &actual, .baseline = &baseline, .engine = &answer}, ctx).drifted());
  }
}

TEST_CASE("engine answer: a new mark does not hide what the engine names") {
  const Resource recorded = thing(R"({"pass":"one"})", "{}");
  Resource actual = recorded;
  actual.attributes.edit_object().find("pass")->mark(Secret::plain);
  const EngineAnswer answer = says({at("pass")});
  const std::vector<Path> unmarked{path("pass")};
  const ResourceComparison out = compare({.recorded = &recorded, .actual = &actual, .engine = &answer, .unmarked = &unmarked});
  CHECK(out.drifted());
  REQUIRE(lines(out.changes) == Lines{"modified pass"});
  CHECK(out.changes[0].sensitive);
}
