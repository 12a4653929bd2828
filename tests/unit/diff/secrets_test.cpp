#include "diff/secrets.hpp"

#include "unit/diff/support.hpp"

using namespace drift;
using namespace drift::testing;

namespace {

constexpr const char* kCanary = "canary-s3cr3t";

bool shows(const std::optional<Value>& v) { return v && to_json(*v).find(kCanary) != std::string::npos; }

void check_hidden(const std::vector<Change>& changes) {
  for (const Change& c : changes)
    for (const auto* v : {&c.desired, &c.recorded, &c.actual, &c.baseline}) CHECK_MESSAGE(!shows(*v), c.path.text());
}

Value with_secret(std::string_view text, std::string_view at) {
  Value v = json(text);
  REQUIRE(path(at).edit(v, [](Value& s) { s.mark(Secret::plain); }));
  return v;
}

}  // namespace

TEST_CASE("what one side marks, the other may not show") {
  const Value a = with_secret(R"({"password":"old"})", "password");
  const Value b = json(R"({"password":"canary-s3cr3t"})");
  for (const auto& changes : {diff_values(&a, &b, "t", {}), diff_values(&b, &a, "t", {})}) {
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].sensitive);
    CHECK(changes[0].why == "secret");
    check_hidden(changes);
  }
}

TEST_CASE("an element of a set that stands elsewhere is hidden at the same member") {
  RuleSet rules;
  rules.comparators.push_back({"s", "*", pattern("env"), Comparator::set, {}, {}});
  CompareContext ctx;
  ctx.rules = &rules;
  const Value a = with_secret(R"({"env":[{"name":"A","value":"old"}]})", "env[0].value");
  const Value b = json(R"({"env":[{"name":"Z","value":1},{"name":"A","value":"canary-s3cr3t"}]})");
  const auto changes = diff_values(&a, &b, "t", ctx);
  CHECK(changes.size() == 3);
  check_hidden(changes);
  CHECK(to_json(*changes.back().actual).find("\"A\"") != std::string::npos);  // only the secret is hidden
}

TEST_CASE("an object that became the text of itself") {
  const Value a = with_secret(R"({"config":{"token":"canary-s3cr3t","port":1}})", "config.token");
  const Value b = json(R"({"config":"{\"token\":\"canary-s3cr3t\"}"})");
  const auto changes = diff_values(&a, &b, "t", {});
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].sensitive);
  check_hidden(changes);
}

TEST_CASE("sensitive by schema, at the path, above it and below it") {
  Schema schema;
  schema.add("auth", {.sensitive = true});
  schema.add("users[*].password", {.sensitive = true});
  CompareContext ctx;
  ctx.schema = &schema;
  const auto changes = diff(R"({"auth":{"key":"canary-s3cr3t","n":1},"users":[]})",
                            R"({"auth":{"key":"canary-s3cr3t","n":2},"users":[{"name":"x","password":"canary-s3cr3t"}]})", ctx);
  REQUIRE(lines(changes) == Lines{"modified auth", "added users[0]"});
  CHECK(changes[0].sensitive);
  CHECK(!changes[1].sensitive);
  check_hidden(changes);
}

TEST_CASE("a side that takes no part in the change still says what is secret") {
  Resource desired = resource("{}");
  desired.attributes = with_secret(R"({"token":"x"})", "token");
  const Resource recorded = resource(R"({"token":"x"})");
  const Resource actual = resource(R"({"token":"canary-s3cr3t"})");
  const ResourceComparison out = compare({.desired = &desired, .recorded = &recorded, .actual = &actual});
  REQUIRE(out.changes.size() == 1);
  CHECK(out.changes[0].sensitive);
  check_hidden(out.changes);
}

TEST_CASE("what is suppressed hides its secrets too") {
  const SecretKey key("0123456789abcdef0123456789abcdef");
  Resource baseline = resource("{}");
  baseline.attributes = seal_secrets(with_secret(R"({"p":"old"})", "p"), key);
  const Resource recorded = resource(R"({"p":"old"})");
  const Resource actual = resource(R"({"p":"canary-s3cr3t"})");
  const ResourceComparison out = compare({.recorded = &recorded, .actual = &actual, .baseline = &baseline});
  CHECK(out.changes.empty());
  REQUIRE(!out.suppressed.empty());
  CHECK(out.suppressed[0].rule == "secret.cannot-tell");
  CHECK(out.suppressed[0].why == "secret_cannot_tell");
  check_hidden(out.suppressed);
  CompareContext ctx;
  ctx.key = &key;
  const ResourceComparison told = compare({.recorded = &recorded, .actual = &actual, .baseline = &baseline}, ctx);
  REQUIRE(told.changes.size() == 1);
  check_hidden(told.changes);
}

TEST_CASE("secrets: a text that holds one is compared as what it is, and not shown") {
  const auto side = [](std::string_view password, std::string_view policy) {
    Resource r = resource("{}", "aws_iam_policy");
    Value mark{std::string(password)};
    mark.mark(Secret::plain);
    r.attributes.edit_object().set("password", std::move(mark));
    r.attributes.edit_object().set("policy", Value(std::string(policy)));
    r.attributes.edit_object().set("list", json(R"([{"url":"db://canary-1"}])"));
    return r;
  };
  const Resource recorded = side("canary-1", R"({ "key": "canary-1", "a": 1 })"), spelled = side("canary-1", R"({"a":1,"key":"canary-1"})"),
                 changed = side("canary-2", R"({"a":1,"key":"canary-2"})");
  const ResourceComparison same = compare({.recorded = &recorded, .actual = &spelled});
  CHECK(same.changes.empty());
  const ResourceComparison other = compare({.recorded = &recorded, .actual = &changed});
  CHECK(lines(other.changes) == Lines{"modified password", "modified policy"});
  for (const auto* all : {&same.suppressed, &other.changes}) {
    REQUIRE_FALSE(all->empty());
    for (const Change& c : *all) {
      CHECK(c.sensitive);
      CHECK(c.recorded->is_secret());
      CHECK(c.actual->is_secret());
    }
  }
  Resource without = recorded;
  without.attributes.edit_object().erase("list");
  const ResourceComparison gone = compare({.recorded = &recorded, .actual = &without});
  REQUIRE(gone.changes.size() == 1);
  CHECK(gone.changes[0].recorded->as_list()[0].find("url")->is_secret());
}
