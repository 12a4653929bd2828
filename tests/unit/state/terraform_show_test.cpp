#include "state/terraform_show.hpp"

#include <doctest/doctest.h>

#include <string>

#include "drift/model/json.hpp"
#include "unit/state/reading.hpp"

using namespace drift;
using reading::good;
using reading::load;
using reading::refusal;

namespace {

Value json(std::string_view text) {
  auto v = parse_json(text);
  REQUIRE(v.ok());
  return *v;
}

std::string shown(const std::string& root_module) {
  return R"({"format_version":"1.0","terraform_version":"1.9.0","values":{"outputs":{"o":{"value":1}},"root_module":)" + root_module + "}}";
}

std::string resource(const std::string& address, const std::string& more) {
  const std::string known = R"("mode":"managed","type":"t","name":"n","provider_name":"registry.x/y/t","schema_version":2)";
  return "{\"address\":\"" + address + "\"," + known + "," + more + "}";
}

}  // namespace

TEST_CASE("show: resources of all modules, with what is said about them") {
  const Document doc = good(
      shown("{\"resources\":[" + resource("t.n[0]", R"("index":0,"values":{"id":"i-1","a":1},"sensitive_values":{},"depends_on":["t.m"])") +
            "],\"child_modules\":[{\"address\":\"module.a\",\"resources\":[" +
            resource("module.a.t.n", R"("values":{"id":"i-2"},"tainted":true,"identity":{"k":"v"},"identity_schema_version":3)") +
            "],\"child_modules\":[{\"resources\":[" + resource("module.a.module.b.t.n", R"("values":null)") + "]}]}]}"));
  CHECK(doc.format == "terraform-show-state");
  CHECK_FALSE(doc.desired.has_value());
  CHECK(doc.recorded->provenance().engine_version == "1.9.0");
  CHECK(reading::addresses(*doc.recorded) == std::vector<std::string>{"t.n[0]", "module.a.t.n", "module.a.module.b.t.n"});
  const Resource first = load(*doc.recorded, "t.n[0]");
  CHECK(first.id == "i-1");
  CHECK(first.provider == "registry.x/y/t");  // and no configuration of it
  CHECK(first.schema_version == 2);
  CHECK(first.dependencies == std::vector<std::string>{"t.m"});
  const Resource second = load(*doc.recorded, "module.a.t.n");
  CHECK(second.tainted);
  CHECK(second.identity == json(R"({"k":"v"})"));
  CHECK(second.identity_schema_version == 3);
  CHECK(load(*doc.recorded, "module.a.module.b.t.n").attributes == Value(Object()));
}

TEST_CASE("show: a state and its shown form have equal fingerprints") {
  const Document state = good(R"({"version":4,"terraform_version":"1.9.0","serial":1,"lineage":"l","resources":[{"mode":"managed",
    "type":"t","name":"n","provider":"provider[\"registry.x/y/t\"]",
    "instances":[{"schema_version":2,"attributes":{"id":"i","n":1.0,"l":[null]}}]}]})");
  const Document show = good(shown("{\"resources\":[" + resource("t.n", R"("values":{"l":[null],"n":1,"id":"i"})") + "]}"));
  CHECK(state.recorded->content_hash() == show.recorded->content_hash());
}

TEST_CASE("show: sensitive values are marked plain, and that leaves no trace in fingerprints") {
  const std::string values = R"("values":{"p":"x","o":{"in":"y","out":"z"},"l":["a","b"],"w":{"k":"v"}})";
  const Document marked = good(shown("{\"resources\":[" + resource("t.n", values + R"(,"sensitive_values":{"p":true,"o":{"in":true},
    "l":[false,true,true],"w":true,"gone":true})") +
                                     "]}"));
  const Document plain = good(shown("{\"resources\":[" + resource("t.n", values + R"(,"sensitive_values":{})") + "]}"));
  CHECK(marked.recorded->content_hash() == plain.recorded->content_hash());
  const Value v = load(*marked.recorded, "t.n").attributes;
  CHECK(v.find("p")->secret() == Secret::plain);
  CHECK(v.find("o")->find("in")->secret() == Secret::plain);
  CHECK(v.find("o")->find("out")->secret() == Secret::none);
  CHECK(v.find("l")->as_list()[0].secret() == Secret::none);
  CHECK(v.find("l")->as_list()[1].secret() == Secret::plain);
  CHECK(v.find("w")->secret() == Secret::plain);
  CHECK_FALSE(load(*plain.recorded, "t.n").attributes.holds_secret());
}

TEST_CASE("show: data resources are skipped and counted, deposed objects have an address of their own") {
  const Document doc = good(shown("{\"resources\":[" + resource("t.n", R"("values":{"id":"new"})") + "," +
                                  resource("t.n", R"("values":{"id":"old"},"deposed_key":"0badcafe")") +
                                  R"(,{"address":"data.t.d","mode":"data","type":"t","name":"d","values":{}}]})"));
  CHECK(reading::addresses(*doc.recorded) == std::vector<std::string>{"t.n", "t.n (deposed 0badcafe)"});
  CHECK(doc.recorded->entry(1).pending_delete);
  CHECK(load(*doc.recorded, "t.n (deposed 0badcafe)").deposed_key == "0badcafe");
  REQUIRE(reading::note(*doc.recorded, "data_skipped") != nullptr);
}

TEST_CASE("show: an empty state, and a format version behind the values") {
  CHECK(good(R"({"format_version":"1.0"})").recorded->empty());
  CHECK(good(R"({"format_version":"0.2","values":{"root_module":{}}})").recorded->empty());
  CHECK(good(R"({"values":{"root_module":{"resources":[]}},"format_version":"1.0"})").recorded->empty());
}

TEST_CASE("show: a known document is taken over and is the same") {
  const std::string text = shown("{\"resources\":[" + resource("t.n", R"("values":{"id":"i"},"sensitive_values":{"id":true})") + "]}");
  const Document first = good(text);
  const Document second = good(text, &*first.recorded);
  CHECK(first.recorded->content_hash() == second.recorded->content_hash());
  CHECK(load(*second.recorded, "t.n").attributes.find("id")->secret() == Secret::plain);
}

TEST_CASE("show: refusals") {
  CHECK(refusal(R"({"format_version":"2.0","values":{}})") == Errc::unsupported_version);
  CHECK(refusal(R"({"values":{},"format_version":"2.0"})") == Errc::unsupported_version);
  CHECK(refusal(R"({"format_version":"10.0","values":{}})") == Errc::unsupported_version);
  CHECK(refusal(R"({"format_version":1,"values":{}})") == Errc::bad_structure);
  const std::pair<std::string, Errc> cases[] = {
      {R"({"mode":"managed","type":"t","values":{}})", Errc::bad_structure},
      {R"({"address":"t.n","mode":"managed","values":{}})", Errc::bad_structure},
      {R"({"address":"t.n","mode":"ephemeral","type":"t"})", Errc::unsupported_feature},
      {R"({"address":"t.n","mode":"managed","type":"t","values":[]})", Errc::bad_structure},
      {R"({"address":"t.n","mode":"managed","type":"t","values":{"a":1,"a":2}})", Errc::duplicate_key},
      {R"({"address":"t.n","mode":"managed","type":"t","values":{},"sensitive_values":{"a":{"b":1,"b":1}}})", Errc::duplicate_key},
      {resource("t.n", R"("values":{})") + "," + resource("t.n", R"("values":{"x":1})"), Errc::duplicate_address},
  };
  for (const auto& c : cases) {
    CAPTURE(c.first);
    auto doc = reading::read(shown("{\"resources\":[" + c.first + "]}"));
    REQUIRE_FALSE(doc.ok());
    CHECK(doc.error().name() == errc_name(c.second));
    CHECK(doc.error().where().has_value());
  }
}

TEST_CASE("masks: unknown values are put where they are, and where nothing stands yet") {
  using state_internal::apply_unknown_mask;
  Value v = json(R"({"a":1,"o":{"x":1},"l":["a",null],"short":["a"],"e":null})");
  apply_unknown_mask(json(R"({"arn":true,"o":{"y":true,"x":false},"l":[false,true,false],"n":{"deep":true},"f":{"no":false},
    "a":{"b":true},"short":[false,false,true],"e":[false,{}],"g":[false,true]})"),
                     v);
  CHECK(v.find("arn")->is_unknown());
  CHECK(v.find("o")->find("y")->is_unknown());
  CHECK(v.find("o")->find("x")->is_number());
  REQUIRE(v.find("l")->as_list().size() == 2);
  CHECK(v.find("l")->as_list()[1].is_unknown());
  // Nobody says how many elements there will be.
  CHECK(v.find("short")->is_unknown());
  CHECK(v.find("g")->is_unknown());
  CHECK(v.find("e")->is_null());
  CHECK(v.find("n")->find("deep")->is_unknown());
  CHECK(v.find("f") == nullptr);
  CHECK(v.find("a")->is_number());
}
