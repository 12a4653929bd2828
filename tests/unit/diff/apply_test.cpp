// tests/property checks apply(a, diff(a, b)) == b on random trees; these are the ways to get it wrong, by hand.
#include "unit/diff/support.hpp"

using namespace drift;
using namespace drift::testing;

namespace {

void check_applies(std::string_view a, std::string_view b) {
  INFO(a << " -> " << b);
  const std::optional<Value> out = apply_changes(json(a), diff(a, b));
  REQUIRE(out);
  CHECK(*out == json(b));
  const std::optional<Value> back = apply_changes(json(b), diff(b, a));
  CHECK(*back == json(a));
}

}  // namespace

TEST_CASE("lists: everything at once") {
  check_applies("[1,2,3,4,5]", "[0,1,3,9,5,6]");
  check_applies("[]", "[1,2,3]");
  check_applies("[1,1,1]", "[1]");
  check_applies(R"([{"a":1,"l":[1,2]},{"b":1}])", R"([{"x":0},{"a":1,"l":[0,2,3]},{"b":2}])");
  check_applies("[[1,2],[3]]", "[[2],[],[3,4]]");
}

TEST_CASE("objects: members come, go and change kind") {
  check_applies(R"({"a":1,"b":{"c":[1]}})", R"({"b":{"c":{"d":1}},"e":null})");
  check_applies(R"({"":{"a.b":1,"[0]":2}})", R"({"":{"a.b":2},"0":1})");
}

TEST_CASE("the root itself") {
  check_applies("1", "[1]");
  CHECK(apply_changes(Value(1), {}) == Value(1));
  const Value v = 1;
  CHECK(apply_changes(std::nullopt, diff_values(nullptr, &v, "t", {})) == v);
  CHECK(!apply_changes(v, diff_values(&v, nullptr, "t", {})).has_value());
}

TEST_CASE("changes that do not fit are left out, not applied elsewhere") {
  auto changes = diff(R"({"a":[1,2,3]})", R"({"a":[1,2]})");
  CHECK(apply_changes(json(R"({"b":1})"), changes) == json(R"({"b":1})"));
  CHECK(apply_changes(json(R"({"a":[1]})"), changes) == json(R"({"a":[1]})"));
}

TEST_CASE("the order of the changes does not matter") {
  const auto changes = diff("[1,2,3,4,5,6]", "[0,2,9,4,6,7,8]");
  std::vector<Change> reversed(changes.rbegin(), changes.rend());
  CHECK(apply_changes(json("[1,2,3,4,5,6]"), reversed) == json("[0,2,9,4,6,7,8]"));
}
