#include "engine/accepted.hpp"

#include "fixtures.hpp"

using namespace engine_test;             // NOLINT(google-build-using-namespace)
using namespace drift::engine_internal;  // NOLINT(google-build-using-namespace)

namespace {

struct Case {
  Loaded sides;
  RuleSet rules;
  Schema schema;

  Case(std::string_view was, std::string_view is) {
    sides.recorded = resource("a", was);
    sides.actual = resource("a", is);
  }
  void ignore(std::string_view path) { rules.ignores.push_back({.name = "r", .path = *PathPattern::parse(path), .reason = "for now"}); }
  [[nodiscard]] ResourceComparison compare() const {
    const auto pointer = [](const std::optional<Resource>& r) { return r ? &*r : nullptr; };
    const CompareContext context{.rules = &rules, .schema = &schema};
    const Result<ResourceComparison> c = compare_resource(
        {.recorded = pointer(sides.recorded), .actual = pointer(sides.actual), .baseline = pointer(sides.baseline)}, context);
    REQUIRE(c.ok());
    return *c;
  }
  [[nodiscard]] Resource stored() const {
    std::optional<Resource> r = accepted_resource(compare(), sides);
    REQUIRE(r.has_value());
    return *r;
  }
};

}  // namespace

TEST_CASE("accepted: all of what is there, where no rule ignored anything") {
  const Case c(R"({"x":1,"list":[1,2]})", R"({"x":2,"list":[2,1],"new":true})");
  CHECK(c.stored().attributes == c.sides.actual->attributes);
}

TEST_CASE("accepted: what an ignore rule took out stays what it was") {
  Case c(R"({"x":1,"muted":1,"gone":1})", R"({"x":2,"muted":2,"new":2})");
  c.ignore("muted");
  c.ignore("gone");
  c.ignore("new");
  CHECK(c.stored().attributes == json(R"({"x":2,"muted":1,"gone":1})"));

  // What was accepted before counts as what it was.
  c.sides.baseline = resource("a", R"({"x":1,"muted":7,"gone":1})");
  CHECK(c.stored().attributes == json(R"({"x":2,"muted":7,"gone":1})"));
}

TEST_CASE("accepted: elements that were added, removed and ignored in one list") {
  Case c(R"({"l":[{"k":"a","v":1},{"k":"b","v":1},{"k":"c","v":1}]})", R"({"l":[{"k":"b","v":2},{"k":"c","v":2},{"k":"d","v":1}]})");
  c.rules.comparators.push_back(
      {.name = "by-k", .type = "*", .path = *PathPattern::parse("l"), .comparator = Comparator::keyed_list, .key = "k"});
  c.ignore("l[2].v");  // c's
  CHECK(c.stored().attributes == json(R"({"l":[{"k":"b","v":2},{"k":"c","v":1},{"k":"d","v":1}]})"));
}

TEST_CASE("accepted: ids, and inputs that changed like the outputs") {
  Case c(R"({"x":1,"y":1})", R"({"x":2,"y":2})");
  c.sides.recorded->inputs = json(R"({"x":1,"y":1})");
  c.sides.actual->inputs = json(R"({"x":2,"y":2})");
  c.sides.actual->id = "another";
  c.ignore("id");
  c.ignore("y");
  const Resource stored = c.stored();
  CHECK(stored.id == c.sides.recorded->id);
  CHECK(stored.attributes == json(R"({"x":2,"y":1})"));
  CHECK(*stored.inputs == json(R"({"x":2,"y":1})"));
}

TEST_CASE("accepted: of a deletion what it was, marked absent") {
  Case c(R"({"x":1})", "{}");
  c.sides.actual.reset();
  const Resource stored = c.stored();
  CHECK(stored.absent);
  CHECK(stored.attributes == json(R"({"x":1})"));
}
