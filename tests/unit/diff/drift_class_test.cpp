// Which kind of difference a change is: the program's, the provider's, empty on both sides, ignored.
#include <map>
#include <string>

#include "unit/diff/support.hpp"

using namespace drift;
using namespace drift::testing;

namespace {

Schema facts() {
  Schema s;
  s.add("id", {.computed = true, .read_only = true});
  s.add("size", {.computed = true});
  s.add("status", {.computed = true, .read_only = true});
  s.add("meta[*].generation", {.computed = true, .read_only = true});
  s.add("password", {.sensitive = true});
  s.add("name", {.type = TypeHint::string});
  return s;
}

std::map<std::string, std::string> classes(const std::vector<Change>& changes) {
  std::map<std::string, std::string> out;
  for (const Change& c : changes) out[c.path.text()] = drift_class_name(c.drift_class);
  return out;
}

ResourceComparison judged(std::string_view recorded, std::string_view actual, const CompareContext& ctx) {
  const Resource was = resource(recorded), is = resource(actual);
  return compare({.recorded = &was, .actual = &is}, ctx);
}

using Classes = std::map<std::string, std::string>;

}  // namespace

TEST_CASE("what the schema says the program cannot set is the provider's, whole and below") {
  const Schema schema = facts();
  const ResourceComparison c =
      judged(R"({"id":"a","name":"n","size":1,"status":{"at":{"zone":1}},"meta":[{"generation":1,"label":"x"}]})",
             R"({"id":"b","name":"m","size":2,"status":{"at":{"zone":2}},"meta":[{"generation":2,"label":"y"}]})", {.schema = &schema});
  CHECK(classes(c.changes) == Classes{{"id", "computed_only"},
                                      {"name", "config_owned"},
                                      {"size", "config_owned"},  // the program may set it
                                      {"status.at.zone", "computed_only"},
                                      {"meta[0].generation", "computed_only"},
                                      {"meta[0].label", "config_owned"}});
  CHECK(c.drift_class() == DriftClass::config_owned);
}

TEST_CASE("a resource of which only the provider's properties changed is computed only, and still drifted") {
  const Schema schema = facts();
  const ResourceComparison c =
      judged(R"({"name":"n","meta":[{"generation":1}]})", R"({"name":"n","meta":[{"generation":2}]})", {.schema = &schema});
  CHECK(c.drift_class() == DriftClass::computed_only);
  CHECK(c.drifted());
}

TEST_CASE("what a plan leaves to the provider is the provider's; what it sets is not") {
  const Schema schema = facts();
  const Resource recorded = resource(R"({"size":1,"name":"n"})"), actual = resource(R"({"size":2,"name":"n"})");
  const std::pair<const char*, DriftClass> plans[] = {{R"({"name":"n"})", DriftClass::computed_only},
                                                      {R"({"name":"n","size":null})", DriftClass::computed_only},
                                                      {R"({"name":"n","size":1})", DriftClass::config_owned}};
  for (const auto& plan : plans) {
    const Resource desired = resource(plan.first);
    const ResourceComparison c = compare({.desired = &desired, .recorded = &recorded, .actual = &actual}, {.schema = &schema});
    REQUIRE(lines(c.changes) == Lines{"modified size"});
    CHECK(c.changes[0].drift_class == plan.second);
  }
}

TEST_CASE("empty on both sides is a class of its own, whether it counts or not; an element of a list and a secret are not looked into") {
  Schema schema = facts();
  const std::string_view was = R"({"name":null,"size":"","password":"","tags":["a",""]})";
  const std::string_view is = R"({"name":"","size":null,"password":null,"tags":["a"]})";
  const ResourceComparison counted = judged(was, is, {.schema = &schema});
  CHECK(classes(counted.changes) ==
        Classes{{"name", "null_or_empty"}, {"size", "null_or_empty"}, {"password", "config_owned"}, {"tags[1]", "config_owned"}});
  CHECK(counted.drift_class() == DriftClass::config_owned);
  schema.add("name", {.empty_is_absent = true});
  const ResourceComparison folded = judged(R"({"name":null})", R"({"name":[]})", {.schema = &schema});
  CHECK(classes(folded.suppressed) == Classes{{"name", "null_or_empty"}});
  CHECK(folded.drift_class() == DriftClass::unknown);
}

TEST_CASE("the heavier class is that of the whole") {
  const Schema schema = facts();
  CHECK(judged(R"({"id":"a","name":""})", R"({"id":"b","name":null})", {.schema = &schema}).drift_class() == DriftClass::null_or_empty);
  CHECK(judged(R"({"id":"a","name":""})", R"({"id":"b","name":"n"})", {.schema = &schema}).drift_class() == DriftClass::config_owned);
}

TEST_CASE("what rules take out is ignored; what they only watch keeps its class") {
  const Schema schema = facts();
  RuleSet rules;
  for (const auto& [at, mode] : {std::pair{"name", IgnoreMode::mute}, {"size", IgnoreMode::watch_only}}) {
    IgnoreRule rule;
    rule.name = at;
    rule.path = pattern(at);
    rule.mode = mode;
    rules.ignores.push_back(std::move(rule));
  }
  const ResourceComparison c = judged(R"({"name":"n","size":1})", R"({"name":"m","size":2})", {.rules = &rules, .schema = &schema});
  CHECK(classes(c.suppressed) == Classes{{"name", "ignored"}});
  CHECK(classes(c.changes) == Classes{{"size", "config_owned"}});
}

TEST_CASE("without a schema nobody knows, but what the program gave is the program's") {
  Resource was = resource(R"({"a":1})"), is = resource(R"({"a":2})");
  was.inputs = json(R"({"b":1})");
  is.inputs = json(R"({"b":2})");
  const ResourceComparison c = compare({.recorded = &was, .actual = &is});
  CHECK(classes(c.changes) == Classes{{"a", "unknown"}, {"b", "config_owned"}});
  CHECK(c.drift_class() == DriftClass::unknown);
}
