#include "diff/untyped.hpp"

#include "unit/diff/support.hpp"

using namespace drift;
using namespace drift::testing;
using diff_internal::as_typed;

TEST_CASE("texts are read as the types that the other side has") {
  const auto typed = [](std::string_view untyped, std::string_view like) { return to_json(as_typed(json(untyped), json(like))); };
  CHECK(typed(R"({"b":"true","n":"5","s":"5","x":"yes"})", R"({"b":false,"n":6,"s":"6","x":true})") ==
        R"({"b":true,"n":5,"s":"5","x":"yes"})");
  CHECK(typed(R"({"l":["1","2","3"],"o":{"deep":"false"}})", R"({"l":[9,8],"o":{"deep":true}})") == R"({"l":[1,2,3],"o":{"deep":false}})");
  CHECK(typed(R"({"a":"1"})", R"({"a":1,"null":null,"more":2})") == R"({"a":1,"null":null})");
  CHECK(typed(R"({"a":"1","b":["1"],"c":{"d":"1"}})", R"({"a":{},"b":{},"c":[]})") == R"({"a":"1","b":["1"],"c":{"d":"1"}})");
  Value secret = json("\"5\"");
  secret.mark(Secret::plain);
  CHECK(as_typed(secret, json("5")).secret() == Secret::plain);
}

TEST_CASE("an untyped state differs from a typed one only where a value does") {
  Resource old = resource(R"({"id":"i","on":"true","port":"80","tags":{"a":"1"},"size":"5"})");
  old.untyped = true;
  const Resource now = resource(R"({"id":"i","on":true,"port":80,"tags":{"a":"1"},"size":6,"note":null})");
  CHECK(lines(compare({.recorded = &old, .actual = &now}).changes) == Lines{"modified size"});
  CHECK(lines(compare({.recorded = &now, .actual = &old}).changes) == Lines{"modified size"});
  // Between two without types, and between two with them, a text is a text.
  Resource other = resource(R"({"id":"i","on":"true","port":"080","tags":{"a":"1"},"size":"5"})");
  other.untyped = true;
  CHECK(lines(compare({.recorded = &old, .actual = &other}).changes) == Lines{"modified port"});
  old.untyped = false;
  CHECK(compare({.recorded = &old, .actual = &now}).changes.size() == 4);
}
