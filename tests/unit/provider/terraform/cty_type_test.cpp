#include "provider/terraform/cty_type.hpp"

#include "unit/provider/terraform/golden.hpp"

using namespace drift;
using namespace drift::terraform_internal;

namespace {
CtyType type(std::string_view text) { return *CtyType::parse(text); }
}  // namespace

TEST_CASE("type JSON is read and written back") {
  for (const char* text : {R"("bool")", R"("number")", R"("string")", R"("dynamic")", R"(["list","string"])", R"(["set",["map","bool"]])",
                           R"(["tuple",[]])", R"(["tuple",["string",["tuple",["number"]]]])", R"(["object",{}])",
                           R"(["object",{"a":"string","b":["list","dynamic"]}])", R"(["object",{"a":"string","b":"number"},["b"]])"}) {
    CHECK(type(text).to_json() == text);
    CHECK(to_json(type(text).to_value()) == text);
    CHECK(type(text) == type(text));
  }
  CHECK(type(R"(["object",{"b":"string","a":"bool"}])").to_json() == R"(["object",{"a":"bool","b":"string"}])");
}

TEST_CASE("what is no type is an error") {
  for (const char* text : {"",
                           "1",
                           "{}",
                           "[]",
                           R"("text")",
                           R"(["list"])",
                           R"(["list","string","string"])",
                           R"(["list","x"])",
                           R"(["object"])",
                           R"(["object",[]])",
                           R"(["object",{"a":1}])",
                           R"(["object",{"a":"string"},["b"]])",
                           R"(["object",{"a":"string"},"a"])",
                           R"(["object",{"a":"string"},["a"],1])",
                           R"(["tuple","string"])",
                           R"(["tuple",[1]])",
                           R"([1,"string"])",
                           R"(["queue","string"])",
                           R"(["list","string"]x)",
                           R"(["object",{"a":"string","a":"bool"}])"})
    CHECK_MESSAGE(!CtyType::parse(text).ok(), text);
  std::string deep(100'000, '[');
  CHECK(CtyType::parse(deep).error().code() == Errc::depth_limit);
}

TEST_CASE("a type knows its parts") {
  const CtyType t = type(R"(["object",{"z":"string","a":["list",["object",{"x":"dynamic"}]],"é":"bool"},["a"]])");
  CHECK(t.kind() == CtyType::Kind::object);
  REQUIRE(t.attributes().size() == 3);
  CHECK(t.attributes()[0].name == "a");
  CHECK(t.attributes()[0].optional);
  CHECK(t.attribute("z") != nullptr);
  CHECK(*t.attribute_index("z") == 1);
  CHECK(t.attribute("y") == nullptr);
  CHECK(t.attribute("\xc3\xa9") != nullptr);  // NFC
  CHECK(t.has_dynamic());
  CHECK_FALSE(type(R"(["map",["set","string"]])").has_dynamic());
  CHECK_FALSE(t == t.without_optional());
  CHECK_FALSE(t.without_optional().attributes()[0].optional);
  CHECK(t.name() == "object");
  CHECK(type(R"(["list",["map","string"]])").name() == "list of map of string");
  CHECK(type(R"(["set","dynamic"])").name() == "set of any type");
  CHECK_FALSE(type(R"(["list","string"])") == type(R"(["set","string"])"));
  CHECK_FALSE(type(R"(["tuple",["string"]])") == type(R"(["tuple",["string","string"]])"));
  CHECK(CtyType().is_dynamic());
  CHECK(type(R"(["tuple",["string"]])").elements().size() == 1);
  CHECK(CtyType::string().attributes().empty());
}
