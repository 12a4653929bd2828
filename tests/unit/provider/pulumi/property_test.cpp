#include "provider/pulumi/property.hpp"

#include <doctest/doctest.h>

#include "drift/model/json.hpp"
#include "state/pulumi_values.hpp"

using namespace drift;                   // NOLINT(google-build-using-namespace)
using namespace drift::pulumi_internal;  // NOLINT(google-build-using-namespace)

namespace {

Value json(std::string_view text) { return parse_json(text).value(); }

std::string tag(Tag t, const std::string& more = {}) {
  return "{\"" + std::string(signature_key) + "\":\"" + std::string(signature_of(t)) + "\"" + (more.empty() ? "" : "," + more) + "}";
}

Value property(std::string_view text) {
  Result<Value> v = property_of_record(json(text), "inputs");
  if (!v) FAIL(v.error().to_string());
  return *std::move(v);
}

Error refusal(std::string_view text) {
  Result<Value> v = property_of_record(json(text), "inputs");
  REQUIRE_FALSE(v.ok());
  CHECK_FALSE(v.error().next_step().empty());
  return v.error();
}

std::vector<std::string> lines(const std::vector<EngineAnswer::Property>& all) {
  std::vector<std::string> out;
  for (const auto& p : all) {
    const char* kind = p.kind == EngineAnswer::Kind::added ? "+" : p.kind == EngineAnswer::Kind::removed ? "-" : "~";
    out.push_back(kind + p.path.text());
  }
  return out;
}
using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("pulumi property: a decrypted secret of a checkpoint is the value that its plaintext is") {
  const Value v = property("{\"a\":" + tag(Tag::secret, R"("plaintext":"{\"x\":[1,\"y\"]}")") + "}");
  const Value* secret = v.find("a");
  REQUIRE(secret != nullptr);
  CHECK(tag_of(*secret) == Tag::secret);
  CHECK(*secret->find("value") == json(R"({"x":[1,"y"]})"));
  CHECK(secret->find("plaintext") == nullptr);
  CHECK(model_of(v).find("a")->secret() == Secret::plain);
}

TEST_CASE("pulumi property: a secret that was not decrypted is sent nowhere") {
  const Error e = refusal("{\"a\":" + tag(Tag::secret, R"("ciphertext":"canary")") + "}");
  CHECK(e.code() == Errc::encrypted_state);
  CHECK(e.message().find("inputs.a") != std::string::npos);
  CHECK(e.to_string().find("canary") == std::string::npos);
}

TEST_CASE("pulumi property: what a checkpoint tags is the model that its reader makes") {
  for (const std::string& text : {
           std::string(R"({"a":1,"b":[true,null,"x"],"c":{"d":{}}})"),
           "{\"a\":" + tag(Tag::asset, R"("hash":"ab","text":"x")") + "}",
           "{\"a\":" + tag(Tag::asset, R"("path":"./x")") + "}",
           "{\"a\":" + tag(Tag::archive, R"("hash":"cd","assets":{})") + "}",
           "{\"a\":" + tag(Tag::reference, R"("urn":"urn:pulumi:s::p::t:m:R::n","id":"i","packageVersion":"1.0.0")") + "}",
           "{\"a\":" + tag(Tag::byte_string, R"("value":"/wA=")") + "}",
           "{\"a\":" + tag(Tag::secret, R"("plaintext":"[\"x\"]")") + "}",
           "{\"a\":" + tag(Tag::odd_number, R"("value":"7ff8000000000001")") + "}",
           std::string(R"({"a":"04da6b54-80e4-46f7-96ec-b56ff0331ba9"})"),
       }) {
    CAPTURE(text);
    CHECK(model_of(property(text)) == state_internal::untag_pulumi(json(text), "inputs").value());
  }
}

TEST_CASE("pulumi property: malformed tags are refused with their place") {
  CHECK(refusal("{\"a\":" + tag(Tag::secret) + "}").code() == Errc::bad_structure);
  CHECK(refusal("{\"a\":" + tag(Tag::secret, R"("plaintext":"no json")") + "}").code() == Errc::bad_structure);
  CHECK(refusal("{\"a\":" + tag(Tag::reference) + "}").code() == Errc::bad_structure);
  CHECK(refusal("{\"a\":" + tag(Tag::odd_number, R"("value":"xyz")") + "}").code() == Errc::bad_structure);
  CHECK(refusal("{\"a\":{\"" + std::string(signature_key) + "\":\"0123\"}}").code() == Errc::unsupported_feature);
}

TEST_CASE("pulumi property: an id that an old engine wrote as an object, and one that is not known") {
  const std::string urn = R"("urn":"urn:pulumi:s::p::t:m:R::n")";
  CHECK(*property("{\"a\":" + tag(Tag::reference, urn + R"(,"id":{"V":"i"})") + "}").find("a")->find("id") == Value("i"));
  CHECK(property("{\"a\":" + tag(Tag::reference, urn + R"(,"id":{"V":null})") + "}").find("a")->find("id") == nullptr);
  CHECK(property("{\"a\":" + tag(Tag::reference, urn + R"(,"id":"")") + "}").find("a")->find("id")->is_unknown());
}

TEST_CASE("pulumi property: a finite number that was written as bits is a number") {
  CHECK(*property("{\"a\":" + tag(Tag::odd_number, R"("value":"3ff8000000000000")") + "}").find("a") ==
        Value(Number::parse("1.5").value()));
}

TEST_CASE("pulumi property: equality is the engine's") {
  const auto same = [](std::string_view a, std::string_view b) {
    const Value x = json(a), y = json(b);
    const bool one = same_property(&x, &y);
    CHECK(one == same_property(&y, &x));
    return one;
  };
  CHECK(same(R"({"a":1})", R"({"a":1.0,"b":null})"));
  CHECK_FALSE(same(R"({"a":1})", R"({"a":"1"})"));
  CHECK_FALSE(same(R"({"a":1})", R"({"a":1,"b":0})"));
  CHECK_FALSE(same(R"([1,null])", R"([1])"));
  CHECK(same("12345678901234567890", "12345678901234567891"));  // one double
  CHECK(same(tag(Tag::asset, R"("hash":"ab","text":"x")"), tag(Tag::asset, R"("hash":"ab")")));
  CHECK_FALSE(same(tag(Tag::asset, R"("hash":"ab")"), tag(Tag::asset, R"("hash":"cd")")));
  CHECK_FALSE(same(tag(Tag::asset, R"("hash":"ab")"), tag(Tag::archive, R"("hash":"ab")")));
  CHECK(same(tag(Tag::reference, R"("urn":"u","id":"i","packageVersion":"1")"), tag(Tag::reference, R"("urn":"u","id":"i")")));
  CHECK_FALSE(same(tag(Tag::reference, R"("urn":"u","id":"i")"), tag(Tag::reference, R"("urn":"u","id":"j")")));
  CHECK_FALSE(same(tag(Tag::secret, R"("value":1)"), "1"));
  CHECK(same(tag(Tag::secret, R"("value":1)"), tag(Tag::secret, R"("value":1)")));
}

TEST_CASE("pulumi property: what changed between two objects, by path") {
  const auto diff = [](std::string_view a, std::string_view b) { return lines(diff_properties(json(a), json(b), true)); };
  CHECK(diff(R"({"a":1})", R"({"a":1})").empty());
  CHECK(diff(R"({"a":1,"b":{"c":2,"d":3}})", R"({"a":2,"b":{"c":2,"e":4}})") == Lines{"~a", "-b.d", "+b.e"});
  CHECK(diff(R"({"a":[1,2,3]})", R"({"a":[1,9]})") == Lines{"~a[1]", "-a[2]"});
  CHECK(diff(R"({"a":null,"b":1})", R"({"a":1,"b":null})") == Lines{"+a", "-b"});
  CHECK(diff(R"({"a":null})", "{}").empty());
  CHECK(diff(R"({"a":{}})", R"({"a":[]})") == Lines{"~a"});
  const std::string was = "{\"a\":" + tag(Tag::secret, R"("value":1)") + "}", is = "{\"a\":" + tag(Tag::secret, R"("value":2)") + "}";
  CHECK(diff(was, is) == Lines{"~a"});
}

TEST_CASE("pulumi property: secrets stay secrets when their provider knows none") {
  Value echoed = json(R"({"a":"x","b":{"c":"y","d":"z"},"e":["q"],"f":1})");
  const Value known =
      json("{\"a\":" + tag(Tag::secret, R"("value":"old")") + ",\"b\":{\"c\":" + tag(Tag::secret, R"("value":"old")") +
           ",\"d\":\"z\"},\"e\":[" + tag(Tag::secret, R"("value":"q")") + "],\"g\":" + tag(Tag::secret, R"("value":1)") + "}");
  annotate_secrets(echoed, known);
  CHECK(tag_of(*echoed.find("a")) == Tag::secret);
  CHECK(*echoed.find("a")->find("value") == Value("x"));
  CHECK(tag_of(*echoed.find("b")) == Tag::none);
  CHECK(tag_of(*echoed.find("b")->find("c")) == Tag::secret);
  CHECK(*echoed.find("b")->find("d") == Value("z"));
  CHECK(tag_of(*echoed.find("e")) == Tag::secret);
  CHECK(*echoed.find("f") == Value(1));
  CHECK(echoed.find("g") == nullptr);
}

TEST_CASE("pulumi property: ignored paths are taken over as the engine takes them") {
  const auto reset = [](std::string_view path, std::string_view before, std::string_view now, bool fine = true) {
    Value out = json(now);
    CHECK(reset_path(path, json(before), out) == fine);
    return out;
  };
  CHECK(reset("a", R"({"a":1})", R"({"a":2})") == json(R"({"a":1})"));
  CHECK(reset("a", "{}", R"({"a":2})") == json("{}"));
  CHECK(reset("a", R"({"a":1})", "{}") == json(R"({"a":1})"));
  CHECK(reset("a.b", R"({"a":{"b":1}})", R"({"a":{"b":2,"c":3}})") == json(R"({"a":{"b":1,"c":3}})"));
  CHECK(reset("a.b", R"({"a":{"b":1}})", "{}", false) == json("{}"));
  CHECK(reset("a[1]", R"({"a":[1,2]})", R"({"a":[3,4]})") == json(R"({"a":[3,2]})"));
  CHECK(reset("a[1]", R"({"a":[1]})", R"({"a":[3,4]})", false) == json(R"({"a":[3,4]})"));
  CHECK(reset("a[5]", R"({"a":[1]})", R"({"a":[3,4]})") == json(R"({"a":[3,4]})"));
  CHECK(reset("*", R"({"a":1,"b":2})", R"({"b":3,"c":4})") == json(R"({"a":1,"b":2})"));
  CHECK(reset("a[*].x", R"({"a":[{"x":1},{"x":2}]})", R"({"a":[{"x":8,"y":1},{"x":9}]})") == json(R"({"a":[{"x":1,"y":1},{"x":2}]})"));
  CHECK(reset("a[*].x", R"({"a":[{"x":1}]})", R"({"a":[{"x":8},{"x":9}]})", false) == json(R"({"a":[{"x":1},{"x":9}]})"));
  CHECK(reset(R"(a["x.y"])", R"({"a":{"x.y":1}})", R"({"a":{"x.y":2}})") == json(R"({"a":{"x.y":1}})"));
  CHECK(reset("a[", "{}", "{}", false) == json("{}"));
  // A secret is gone through, and stays one.
  const std::string was = "{\"a\":" + tag(Tag::secret, R"("value":{"b":1})") + "}";
  const Value out = reset("a.b", was, R"({"a":{"b":2}})");
  CHECK(tag_of(*out.find("a")->find("b")) == Tag::secret);
}

TEST_CASE("pulumi property: paths") {
  CHECK(path_of("a.b[0]")->text() == "a.b[0]");
  CHECK(path_of(R"(a["b.c"])")->text() == R"(a["b.c"])");
  CHECK(path_of(R"(["a"].b)")->text() == "a.b");
  CHECK(path_of(R"(a["x\"y"])")->segments().size() == 2);
  CHECK(path_of("")->empty());
  for (const char* bad : {".a", "a.", "a[", "a[x]", R"(a["b)", R"(a["b"x)", "a[*]", "*"}) {
    CAPTURE(bad);
    CHECK_FALSE(path_of(bad).has_value());
  }
}

TEST_CASE("pulumi property: numbers that a double cannot hold") {
  CHECK_FALSE(loses_digits(json(R"({"a":[1,2.5,"12345678901234567890"]})")));
  CHECK(loses_digits(json(R"({"a":[12345678901234567890]})")));
  CHECK(as_doubles(json(R"({"a":[12345678901234567891],"b":1})")) == as_doubles(json(R"({"a":[12345678901234567890],"b":1.0})")));
}

TEST_CASE("pulumi property: what a name goes into is found however it is written") {
  Value listed = json(R"({"cfg":{"in.ner":1},"a.b":{"c":1},"list":[{"cfg":{"x":1},"open":1}],"open":{"cfg":1},"cf":1})");
  listed.edit_object().find("cfg")->mark(Secret::plain);
  listed.edit_object().find("a.b")->mark(Secret::plain);
  listed.edit_object().find("list")->edit_list()[0].edit_object().find("cfg")->mark(Secret::plain);
  const auto place = [&](std::string_view name) {
    const std::optional<Path> p = secret_in_name(listed, name);
    return p ? p->text() : "(none)";
  };
  for (const char* name : {"cfg[\"in.ner", "cfg.in.ner", "[\"cfg", "[\"cfg\"].x[", "/cfg/in.ner", "cfg", "cfg:x", ".cfg.x", "cfg[*].x"})
    CHECK_MESSAGE(place(name) == "cfg", name);
  CHECK(place("a.b.c") == R"(["a.b"])");
  CHECK(place("list.0.cfg.x") == "list[0].cfg");
  CHECK(place("list[0].cfg.x[") == "list[0].cfg");
  for (const char* name : {"cfgs.x", "cf.x", "open.cfg.x", "list[0].open", "list[7].cfg.x", "list.x", "cfg-x", "a.bc", ""})
    CHECK_MESSAGE(place(name) == "(none)", name);
  // In a property a secret is tagged.
  CHECK(secret_in_name(property("{\"o\":{\"k\":" + tag(Tag::secret, R"("plaintext":"{\"x\":1}")") + "}}"), "o.k[x.value")->text() == "o.k");
  // Keys of which one begins with another: there are more ways through this name than anybody could follow.
  Value deep = property("{}");
  std::string repeated;
  for (int i = 0; i < 60; ++i) deep = Value(Object({{"a", deep}, {"a.a", deep}}));
  for (int i = 0; i < 120; ++i) repeated += "a.";
  CHECK_FALSE(secret_in_name(deep, repeated + "x").has_value());
  // Both kinds cut a path that is one.
  const auto path = [](std::string_view text) { return *path_of(text); };
  CHECK(up_to_secret(listed, path("list[0].cfg.x")).text() == "list[0].cfg");
  CHECK(up_to_secret(listed, path("open.cfg")).text() == "open.cfg");
}
