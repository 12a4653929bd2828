#include "provider/pulumi/struct_codec.hpp"

#include <doctest/doctest.h>

#include "drift/model/json.hpp"
#include "provider/pulumi/property.hpp"
#include "support/random_value.hpp"
#include "unit/provider/pulumi/peer.hpp"

using namespace drift;                         // NOLINT(google-build-using-namespace)
using namespace drift::pulumi_internal;        // NOLINT(google-build-using-namespace)
using namespace drift::pulumi_internal::test;  // NOLINT(google-build-using-namespace)

namespace {

constexpr EncodeOptions everything{
    .keep_unknowns = true, .keep_secrets = true, .keep_references = true, .keep_byte_strings = true, .elide_assets = false};

Value with(Tag t, std::string_view members) {
  Value v = tagged(t);
  const Value more = json(members);
  for (const auto& [key, value] : more.as_object()) v.edit_object().set(key, value);
  return v;
}
Value under(std::string_view key, Value v) {
  Value out{Object()};
  out.edit_object().set(key, std::move(v));
  return out;
}

Result<std::string> encoded(const Value& v, const EncodeOptions& options) {
  std::string out;
  if (Status s = encode_struct(v, options, out); !s.ok()) return std::move(s).error();
  return out;
}
// What a provider sees of `v`.
Value seen(const Value& v, const EncodeOptions& options = {}) { return decoded(encoded(v, options).value()); }

Error refusal(std::string_view bytes) {
  const Result<Value> v = decode_struct(bytes, "outputs");
  REQUIRE_FALSE(v.ok());
  return v.error();
}

}  // namespace

TEST_CASE("pulumi struct: the bytes are those of google.protobuf.Struct") {
  // fields { key: "a" value { bool_value: true } } fields { key: "n" value { number_value: 1.5 } } fields { key: "s" value { string_value:
  // "x" } }
  const std::string bytes(
      "\x0a\x07\x0a\x01"
      "a\x12\x02\x20\x01"
      "\x0a\x0e\x0a\x01"
      "n\x12\x09\x11\x00\x00\x00\x00\x00\x00\xf8\x3f"
      "\x0a\x08\x0a\x01"
      "s\x12\x03\x1a\x01x",
      35);
  CHECK(encoded(json(R"({"a":true,"n":1.5,"s":"x"})"), everything).value() == bytes);
  CHECK(decoded(bytes) == json(R"({"a":true,"n":1.5,"s":"x"})"));
  // null, {} and []: a value whose kind is there, and empty
  CHECK(encoded(json(R"({"z":null})"), everything).value() == std::string("\x0a\x07\x0a\x01z\x12\x02\x08\x00", 9));
  CHECK(encoded(json(R"({"z":{}})"), everything).value() == std::string("\x0a\x07\x0a\x01z\x12\x02\x2a\x00", 9));
  CHECK(encoded(json(R"({"z":[]})"), everything).value() == std::string("\x0a\x07\x0a\x01z\x12\x02\x32\x00", 9));
  CHECK(encoded(json("{}"), everything).value().empty());
}

TEST_CASE("pulumi struct: random properties come back as they were sent") {
  testing::RandomValue random(20261121, {.depth = 5, .width = 6});
  for (int i = 0; i < 500; ++i) {
    Value v = random.object();
    v = as_doubles(v);
    CAPTURE(to_json(v));
    const Value back = seen(v, everything);
    CHECK(same_property(&back, &v));
    CHECK(encoded(back, everything).value() == encoded(v, everything).value());
  }
}

TEST_CASE("pulumi struct: damaged bytes are errors, and never a crash") {
  testing::RandomValue random(7, {.depth = 4, .width = 5});
  for (int i = 0; i < 300; ++i) {
    std::string bytes = encoded(as_doubles(random.object()), everything).value();
    if (bytes.empty()) continue;
    for (int edits = 0; edits < 3; ++edits) bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
    bytes.resize(bytes.size() - random.below(bytes.size()) / 2);
    const Result<Value> v = decode_struct(bytes, "outputs");
    if (v) CHECK(encoded(*v, everything).ok());
  }
}

TEST_CASE("pulumi struct: secrets are kept, or what they hold is sent") {
  const Value v = under("a", with(Tag::secret, R"({"value":{"x":1}})"));
  CHECK(seen(v, {.keep_secrets = true}) == v);
  CHECK(seen(v) == json(R"({"a":{"x":1}})"));
}

TEST_CASE("pulumi struct: references are kept with name and type, or their id or urn is sent") {
  const std::string urn = R"("urn":"urn:pulumi:s::p::a:b:Parent$t:m:R::name")";
  const Value v = under("a", with(Tag::reference, "{" + urn + R"(,"id":"i","packageVersion":"1.2.3"})"));
  const Value kept = seen(v, {.keep_references = true});
  CHECK(*kept.find("a") == with(Tag::reference, "{" + urn + R"(,"id":"i","packageVersion":"1.2.3","name":"name","type":"t:m:R"})"));
  CHECK(seen(v) == json(R"({"a":"i"})"));
  CHECK(seen(under("a", with(Tag::reference, "{" + urn + "}"))) == json("{\"a\":" + urn.substr(6) + "}"));
}

TEST_CASE("pulumi struct: byte strings are kept, sent as texts where they are, or refused") {
  const Value v = under("a", with(Tag::byte_string, R"({"value":"/wA="})"));
  CHECK(seen(v, {.keep_byte_strings = true}) == v);
  const Result<std::string> without = encoded(v, {});
  REQUIRE_FALSE(without.ok());
  CHECK(without.error().code() == Errc::unsupported_feature);
  CHECK(without.error().to_string().find("property a") != std::string::npos);
  CHECK(seen(under("a", with(Tag::byte_string, R"({"value":"aGk="})"))) == json(R"({"a":"hi"})"));
  CHECK(*seen(under("a", Value(std::string("\xff\x00", 2))), {.keep_byte_strings = true}).find("a") == *v.find("a"));
}

TEST_CASE("pulumi struct: assets go by their hash alone, and whole where the provider is configured") {
  const Value v = under("a", with(Tag::asset, R"({"hash":"ab","text":"content"})"));
  CHECK(seen(v, {.elide_assets = true}) == under("a", with(Tag::asset, R"({"hash":"ab"})")));
  CHECK(seen(v, {.elide_assets = false}) == v);
  const Value archive = under("a", with(Tag::archive, R"({"path":"x.zip"})"));
  CHECK(seen(archive, {.elide_assets = true}) == under("a", tagged(Tag::archive)));
}

TEST_CASE("pulumi struct: unknown values are left out, or sent as the text that stands for one") {
  Value v = json(R"({"b":[1,2]})");
  v.edit_object().set("a", Value::unknown());
  v.edit_object().find("b")->edit_list()[0] = Value::unknown();
  CHECK(seen(v) == json(R"({"b":[2]})"));
  const std::string kept = encoded(v, {.keep_unknowns = true}).value();
  CHECK(kept.find("04da6b54-80e4-46f7-96ec-b56ff0331ba9") != std::string::npos);
  CHECK(refusal(kept).code() == Errc::parse);
}

TEST_CASE("pulumi struct: NaN and the infinities") {
  const Value v = under("a", with(Tag::odd_number, R"({"value":"fff0000000000000"})"));
  CHECK(seen(v) == v);
}

TEST_CASE("pulumi struct: what no provider may answer is refused with its place, and never with a value") {
  for (const char* sentinel :
       {"1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", "3eeb2bf0-c639-47a8-9e75-3b44932eb421", "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", "030794c1-ac77-496b-92df-f27374a8bd58", "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff"}) {
    const Error e = refusal(struct_of(json("{\"a\":{\"b\":[\"" + std::string(sentinel) + "\"]}}")));
    CHECK(e.code() == Errc::parse);
    CHECK(e.message().find("a.b[0]") != std::string::npos);
  }
  CHECK(refusal(struct_of(under("a", tagged(Tag::secret)))).code() == Errc::parse);
  CHECK(refusal(struct_of(json("{\"a\":{\"" + std::string(signature_key) + "\":\"new\"}}"))).code() == Errc::unsupported_feature);
  const std::string bad_text(
      "\x0a\x08\x0a\x01"
      "a\x12\x03\x1a\x01\xff",
      10);
  CHECK(refusal(bad_text).code() == Errc::parse);
}

TEST_CASE("pulumi struct: values in values have an end") {
  std::string deep = "{\"a\":1}";
  for (int i = 0; i < 126; ++i) deep = "{\"a\":" + deep + "}";
  const Value fits = json(deep);
  CHECK(decoded(encoded(fits, everything).value()) == fits);
  const Value v = under("a", under("a", fits));
  const Result<std::string> e = encoded(v, everything);
  REQUIRE_FALSE(e.ok());
  CHECK(e.error().code() == Errc::depth_limit);
  // a { struct { a { struct ... 200 times
  std::string bytes;
  for (int i = 0; i < 200; ++i) {
    Message value, entry, object;
    value.text(5, bytes);
    entry.text(1, "a").text(2, value.bytes());
    object.text(1, entry.bytes());
    bytes = object.bytes();
  }
  CHECK(refusal(bytes).code() == Errc::depth_limit);
}
