#include "provider/terraform/json_value.hpp"

#include "unit/provider/terraform/golden.hpp"

using namespace drift;
using namespace drift::terraform_internal;
using test::json;

// What go-cty reads and refuses is in msgpack_test.cpp, with its golden file.

namespace {
CtyType type(std::string_view text) { return *CtyType::parse(text); }
}  // namespace

TEST_CASE("members that the type does not have are stripped on demand, at every depth") {
  const CtyType t = type(R"(["object",{"a":["list",["object",{"b":"string"}]],"m":["map",["object",{"c":"number"}]]}])");
  const Value v = json(R"({"a":[{"b":"x","gone":1}],"old":[],"m":{"k":{"c":1,"gone":{}}}})");
  CHECK(conform(v, t).error().subject() == "a[0].gone");
  CHECK(to_json(*conform(v, t, Extras::strip)) == R"({"a":[{"b":"x"}],"m":{"k":{"c":1}}})");
}

TEST_CASE("marks stay, and what stands for a secret is left as it is") {
  const CtyType t = type(R"(["object",{"n":"number","s":"string","l":["list","number"]}])");
  Value v = json(R"({"n":"1.50","s":1,"l":["x"]})");
  v.edit_object().find("n")->mark(Secret::plain);
  v.edit_object().find("s")->mark(Secret::plain);
  v.edit_object().find("l")->edit_list()[0].mark(Secret::digest);
  const Result<Value> out = conform(v, t);
  REQUIRE(out.ok());
  CHECK(out->find("n")->secret() == Secret::plain);
  CHECK(out->find("n")->as_number().text() == "1.5");
  CHECK(out->find("s")->secret() == Secret::plain);
  CHECK(out->find("l")->as_list()[0] == Value("x").mark(Secret::digest));
}

TEST_CASE("the round trip leaves alone what is not of the type") {
  const CtyType t = type(R"(["object",{"n":"number","set":["set","string"]}])");
  const Value v = json(R"({"n":"1.0","set":["b","a","b"],"x":[1.0]})");
  CHECK(to_json(json_round_trip(v, t)) == R"({"n":"1.0","set":["a","b"],"x":[1.0]})");
  CHECK(to_json(json_round_trip(json(R"([1])"), t)) == "[1]");
  CHECK(to_json(json_round_trip(json(R"({"type":"number","value":2.50})"), CtyType())) == R"({"type":"number","value":2.5})");
  CHECK(to_json(json_round_trip(json(R"("no wrapper")"), CtyType())) == R"("no wrapper")");
}

TEST_CASE("the real type of a dynamic value is found") {
  const Result<Value> v =
      conform(json(R"({"type":["tuple",["dynamic","string"]],"value":[{"type":["list","bool"],"value":["true"]},"x"]})"), CtyType());
  REQUIRE(v.ok());
  CHECK(to_json(*v) == R"({"type":["tuple",[["list","bool"],"string"]],"value":[[true],"x"]})");
}

TEST_CASE("a dynamic value keeps its marks when its wrapper goes") {
  const CtyType t = type(R"(["object",{"a":"dynamic","b":"dynamic","l":["list","dynamic"]}])");
  Value v = json(R"({"a":{"type":["object",{"p":"string"}],"value":{"p":"x"}},"b":{"type":["object",{"d":"dynamic"}],)"
                 R"("value":{"d":{"type":"string","value":"y"}}},"l":[{"type":"string","value":"z"}]})");
  v.edit_object().find("a")->edit_object().find("value")->edit_object().find("p")->mark(Secret::plain);
  v.edit_object().find("b")->edit_object().find("value")->edit_object().find("d")->mark(Secret::plain);
  v.edit_object().find("l")->edit_list()[0].mark(Secret::plain);
  const Value out = unwrap_dynamic(v, t);
  CHECK(*out.find("a")->find("p") == Value("x").mark(Secret::plain));
  CHECK(*out.find("b")->find("d") == Value("y").mark(Secret::plain));
  CHECK(out.find("l")->as_list()[0] == Value("z").mark(Secret::plain));
  v.edit_object().find("a")->edit_object().find("value")->mark(Secret::plain);
  CHECK(unwrap_dynamic(v, t).find("a")->secret() == Secret::plain);
}

TEST_CASE("values that nest too deep are refused") {
  Value v(1);
  CtyType t = CtyType::number();
  for (int i = 0; i < 200; ++i) {
    v = Value(Value::List{v});
    t = CtyType::list(t);
  }
  CHECK(conform(v, t).error().code() == Errc::depth_limit);
  CHECK(json_round_trip(v, t) == v);
}

TEST_CASE("a state loses what its type no longer has, and nothing else") {
  const CtyType t =
      type(R"(["object",{"a":["list",["object",{"b":"string"}]],"m":["map",["object",{"c":"number"}]],"d":"dynamic","s":"string"}])");
  const Value v = json(R"({"a":[{"b":1,"gone":1},null],"d":{"type":"string","value":"x","more":1},"m":{"k":{"gone":{}}},"old":[]})");
  const std::optional<Value> out = strip_removed(v, t);
  REQUIRE(out.has_value());
  CHECK(to_json(*out) == R"({"a":[{"b":1},null],"d":{"more":1,"type":"string","value":"x"},"m":{"k":{}}})");
  CHECK(to_json(v) == R"({"a":[{"b":1,"gone":1},null],"d":{"more":1,"type":"string","value":"x"},"m":{"k":{"gone":{}}},"old":[]})");
  CHECK_FALSE(strip_removed(*out, t).has_value());
  CHECK_FALSE(strip_removed(json(R"({"s":{"x":1}})"), t).has_value());
}
