// Which kind of difference a change is: the program's, the provider's, empty on both sides, ignored.
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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

namespace {

// What is suppressed where `paths` became sensitive: class, rule and path of each.
Lines told_unmarked(const ResourceComparison& c) {
  Lines out;
  for (const Change& x : c.suppressed) {
    out.push_back(std::string(drift_class_name(x.drift_class)) + " " + x.rule + " " + x.path.text());
    for (const auto* v : {&x.desired, &x.recorded, &x.actual, &x.baseline}) CHECK((!*v || (*v)->is_secret()));
    CHECK(x.sensitive);
    CHECK_FALSE(x.mode.has_value());
  }
  return out;
}

struct Unmarked {
  Resource recorded, actual;
  std::vector<Path> paths;
  RuleSet rules{};
  std::optional<Resource> desired{}, baseline{};

  [[nodiscard]] ResourceComparison judged() const {
    const Schema schema = facts();
    const auto side = [](const std::optional<Resource>& r) { return r ? &*r : nullptr; };
    return compare({.desired = side(desired), .recorded = &recorded, .actual = &actual, .baseline = side(baseline), .unmarked = &paths},
                   {.rules = &rules, .schema = &schema});
  }
};

Unmarked unmarked(std::string_view recorded, std::string_view actual, std::initializer_list<const char*> paths) {
  Unmarked out{resource(recorded), resource(actual), {}};
  for (const char* text : paths) out.paths.push_back(path(text));
  return out;
}

}  // namespace

TEST_CASE("a value that only became sensitive is told with its path, suppressed and masked, and never counts") {
  const ResourceComparison c = unmarked(R"({"name":"n","password":"p","login":{"user":"u","pass":"q"}})",
                                        R"({"name":"n","password":"p","login":{"user":"u","pass":"q"}})", {"password", "login.pass"})
                                   .judged();
  CHECK(c.changes.empty());
  CHECK_FALSE(c.drifted());
  CHECK(c.drift_class() == DriftClass::unknown);
  CHECK(told_unmarked(c) == Lines{"sensitivity_only secret.unmarked login.pass", "sensitivity_only secret.unmarked password"});
  CHECK(c.suppressed[0].why == "secret_unmarked");
  CHECK(c.suppressed[0].kind == ChangeKind::modified);
}

TEST_CASE("a value that became sensitive and changed is a change: nothing hides it, and the path is told once") {
  const std::pair<const char*, const char*> cases[] = {{R"({"password":"p"})", R"({"password":"q"})"},
                                                       {R"({"password":"p"})", R"({"password":null})"},
                                                       {R"({"password":"p"})", "{}"},
                                                       {R"({"password":{"a":1,"b":2}})", R"({"password":{"a":1,"b":3}})"}};
  for (const auto& sides : cases) {
    const char* const is = sides.second;
    CAPTURE(is);
    const ResourceComparison c = unmarked(sides.first, is, {"password"}).judged();
    REQUIRE(c.changes.size() == 1);
    CHECK(c.changes[0].path.text() == "password");
    CHECK(c.changes[0].drift_class == DriftClass::config_owned);
    CHECK(c.drifted());
    CHECK(c.suppressed.empty());
  }
  const ResourceComparison gone = unmarked(R"({"login":{"pass":"q"}})", R"({"login":null})", {"login.pass"}).judged();
  CHECK(lines(gone.changes) == Lines{"modified login"});
  CHECK(gone.suppressed.empty());
}

TEST_CASE("what became sensitive stands beside what changed elsewhere") {
  const ResourceComparison c = unmarked(R"({"name":"n","password":"p"})", R"({"name":"m","password":"p"})", {"password"}).judged();
  CHECK(lines(c.changes) == Lines{"modified name"});
  CHECK(c.drift_class() == DriftClass::config_owned);
  CHECK(told_unmarked(c) == Lines{"sensitivity_only secret.unmarked password"});
}

TEST_CASE("what became sensitive in a list is told of its element, wherever it stands now") {
  const ResourceComparison c =
      unmarked(R"({"users":[{"n":1,"token":"a"},{"n":2,"token":"b"}]})",
               R"({"users":[{"n":0,"token":"z"},{"n":1,"token":"a"},{"n":2,"token":"b"}]})", {"users[0].token", "users[1].token"})
          .judged();
  CHECK(lines(c.changes) == Lines{"added users[0]"});
  CHECK(told_unmarked(c) == Lines{"sensitivity_only secret.unmarked users[0].token", "sensitivity_only secret.unmarked users[1].token"});
}

TEST_CASE("where another rule tells of the path, that is enough; an ignore rule has nothing to ignore") {
  Unmarked folded = unmarked(R"({"password":"Secret"})", R"({"password":"secret"})", {"password"});
  ComparatorRule same;
  same.name = "case";
  same.type = "*";
  same.path = pattern("password");
  same.comparator = Comparator::case_insensitive;
  folded.rules.comparators.push_back(same);
  const ResourceComparison c = folded.judged();
  REQUIRE(c.suppressed.size() == 1);
  CHECK(c.suppressed[0].rule == "case");

  Unmarked ignored = unmarked(R"({"password":"p"})", R"({"password":"p"})", {"password"});
  IgnoreRule rule;
  rule.name = "mine";
  rule.path = pattern("password");
  rule.mode = IgnoreMode::mute;
  ignored.rules.ignores.push_back(rule);
  CHECK(told_unmarked(ignored.judged()) == Lines{"sensitivity_only secret.unmarked password"});
}

TEST_CASE("what became sensitive is what the record says, beside a plan and a baseline") {
  Unmarked with = unmarked(R"({"name":"n","password":"p"})", R"({"name":"n","password":"p"})", {"password"});
  with.baseline = resource(R"({"name":"n","password":"p"})");
  with.desired = resource(R"({"name":"m","password":"p"})");
  const ResourceComparison c = with.judged();
  CHECK(lines(c.changes) == Lines{"modified name"});
  CHECK(c.changes[0].relation == Relation::pending);
  CHECK(told_unmarked(c) == Lines{"sensitivity_only secret.unmarked password"});

  // Accepted otherwise than it was recorded: that is what is told.
  Unmarked accepted = unmarked(R"({"password":"p"})", R"({"password":"q"})", {"password"});
  accepted.baseline = resource(R"({"password":"q"})");
  CHECK(told_unmarked(accepted.judged()).size() == 1);
  CHECK(accepted.judged().suppressed[0].rule == "baseline");
  // Away from what was accepted, back to what was recorded: a change.
  accepted.actual = resource(R"({"password":"p"})");
  CHECK(lines(accepted.judged().changes) == Lines{"modified password"});
  CHECK(accepted.judged().suppressed.empty());
}
