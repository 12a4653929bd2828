#include "provider/terraform/msgpack.hpp"

#include <limits>

#include "provider/terraform/json_value.hpp"
#include "unit/provider/terraform/golden.hpp"

using namespace drift;
using namespace drift::terraform_internal;
using test::from_hex;
using test::json;
using test::to_hex;

namespace {

CtyType type_of(const Value& line) {
  Result<CtyType> t = CtyType::from_json(*line.find("type"));
  REQUIRE(t.ok());
  return *t;
}

CtyType type(std::string_view text) {
  Result<CtyType> t = CtyType::parse(text);
  REQUIRE(t.ok());
  return *t;
}

// {"$unknown":true} is an unknown value.
Value with_unknowns(const Value& v) {
  if (v.find("$unknown") != nullptr) return Value::unknown();
  Value out = v;
  if (v.is_list())
    for (std::size_t i = 0; i < v.as_list().size(); ++i) out.edit_list()[i] = with_unknowns(v.as_list()[i]);
  if (v.is_object())
    for (const auto& [key, member] : v.as_object()) out.edit_object().set(key, with_unknowns(member));
  return out;
}

std::string encoded(const Value& v, const CtyType& t) {
  std::string out;
  const Status s = encode_msgpack(v, t, out);
  REQUIRE_MESSAGE(s.ok(), (s.ok() ? "" : s.error().to_string()));
  return out;
}

}  // namespace

TEST_CASE("what go-cty reads from JSON is read, written and compared as it does") {
  for (const Value& line : test::golden("values.jsonl")) {
    const std::string& input = line.find("input")->as_string();
    CAPTURE(to_json(line));
    const CtyType t = type_of(line);
    const Result<Value> v = conform(json(input), t);
    REQUIRE(v.ok() != test::flag(line, "error"));
    if (!v) continue;
    // go-cty's own JSON of the value is in the one form but for the order of some sets.
    const Value theirs = json(line.find("json")->as_string());
    CHECK(*conform(theirs, t) == *v);
    CHECK(json_round_trip(*v, t) == *v);
    if (test::flag(line, "ordered")) CHECK(*v == theirs);
    const std::string bytes = from_hex(line.string_or("msgpack"));
    if (test::flag(line, "ordered")) CHECK(to_hex(encoded(*v, t)) == line.string_or("msgpack"));
    const Result<Value> decoded = decode_msgpack(bytes, t);
    REQUIRE(decoded.ok());
    CHECK(to_json(*decoded) == to_json(*v));
    CHECK(*decoded == *v);
    CHECK(*decode_msgpack(encoded(*v, t), t) == *v);
    // The input as it stands encodes to the same bytes, when it is of the type's own kinds.
    if (const Value raw = json(input); json_round_trip(raw, t) == *v) CHECK(encoded(raw, t) == encoded(*v, t));
  }
}

TEST_CASE("msgpack that go-cty reads is read as it does, and what it refuses is refused") {
  for (const Value& line : test::golden("msgpack.jsonl")) {
    CAPTURE(to_json(line));
    const CtyType t = type_of(line);
    const std::string bytes = from_hex(line.string_or("msgpack"));
    const Result<Value> v = decode_msgpack(bytes, t);
    // go-cty reads a refinement, and so finds faults inside of it; here it is passed over.
    if (v.ok() && test::flag(line, "error") && v->is_unknown()) continue;
    REQUIRE(v.ok() != test::flag(line, "error"));
    if (!v) {
      CHECK(v.error().where().has_value());
      continue;
    }
    const Value want = with_unknowns(json(line.string_or("value")));
    CHECK(to_json(*v) == to_json(json_round_trip(want, t)));
    if (line.string_or("value").find("\\ufffd") == std::string_view::npos) CHECK(*v == json_round_trip(want, t));  // not UTF-8
    if (test::flag(line, "same")) CHECK(*decode_msgpack(encoded(*v, t), t) == *v);
  }
}

TEST_CASE("lengths that the message cannot hold are refused before anything is made for them") {
  // go-cty reserves memory for these.
  for (const auto& [text, hex] : std::vector<std::pair<const char*, const char*>>{{R"(["list","string"])", "ddffffffff"},
                                                                                  {R"(["set","string"])", "ddffffffff"},
                                                                                  {R"(["map","string"])", "dfffffffff"},
                                                                                  {R"("string")", "dbffffffff"},
                                                                                  {R"(["list","string"])", "dd00000003c0c0"}}) {
    const Result<Value> v = decode_msgpack(from_hex(hex), type(text));
    REQUIRE_FALSE(v.ok());
    CHECK(v.error().code() == Errc::truncated);
  }
}

TEST_CASE("a key that is no string is refused") {
  // go-cty 1.18 makes an error of the first and does not return it; it takes nil for "".
  CHECK(decode_msgpack(from_hex("81c0a178"), type(R"(["map","string"])")).error().code() == Errc::bad_structure);
  CHECK(decode_msgpack(from_hex("8101a178"), type(R"(["map","string"])")).error().code() == Errc::bad_structure);
}

TEST_CASE("the decoder's limits hold") {
  const CtyType bools = type(R"(["list",["list","bool"]])");
  const std::string bytes = from_hex("9292c2c392c2c3");
  CHECK(decode_msgpack(bytes, bools).ok());
  CHECK(decode_msgpack(bytes, bools, {.max_depth = 2, .max_nodes = 7}).ok());
  CHECK(decode_msgpack(bytes, bools, {.max_depth = 1, .max_nodes = 7}).error().code() == Errc::depth_limit);
  CHECK(decode_msgpack(bytes, bools, {.max_depth = 2, .max_nodes = 6}).error().code() == Errc::node_limit);
  // Types in values can nest deeper than any schema: [dynamic, [dynamic, ...]].
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += from_hex("92c409") + "\"dynamic\"";
  CHECK(decode_msgpack(deep + "\xc0", CtyType()).error().code() == Errc::depth_limit);
}

TEST_CASE("an error names the path and the byte, never the value") {
  const CtyType t = type(R"(["object",{"a":["map",["list","number"]]}])");
  const std::string bytes = from_hex("81a16181a36b2e7891") + "\xa6secret";
  const Result<Value> v = decode_msgpack(bytes, t);
  REQUIRE_FALSE(v.ok());
  CHECK(v.error().subject() == R"(a["k.x"][0])");
  CHECK(v.error().where()->byte == bytes.size());
  CHECK(v.error().to_string().find("secret") == std::string::npos);

  std::string out;
  const Status s = encode_msgpack(json(R"({"a":{"k":["secret"]}})"), t, out);
  REQUIRE_FALSE(s.ok());
  CHECK(s.error().subject() == "a.k[0]");
  CHECK(s.error().to_string().find("secret") == std::string::npos);
}

TEST_CASE("an object is written whole, and what the type does not have is refused") {
  const CtyType t = type(R"(["object",{"b":"string","d":"bool"}])");
  CHECK(to_hex(encoded(json("{}"), t)) == "82a162c0a164c0");
  CHECK(to_hex(encoded(json(R"({"d":true})"), t)) == "82a162c0a164c3");
  for (const char* extra : {"a", "c", "e"}) {
    std::string out;
    const Status s = encode_msgpack(Value(Object({{extra, Value()}, {"b", Value("x")}})), t, out);
    REQUIRE_FALSE(s.ok());
    CHECK(s.error().subject() == extra);
    CHECK(s.error().code() == Errc::bad_structure);
  }
}

TEST_CASE("marks do not take part, but what stands for a secret is not the secret") {
  const CtyType t = CtyType::string();
  CHECK(encoded(Value("x").mark(Secret::plain), t) == encoded(Value("x"), t));
  for (const Secret s : {Secret::ciphertext, Secret::digest}) {
    std::string out;
    CHECK_FALSE(encode_msgpack(Value("x").mark(s), t, out).ok());
  }
}

TEST_CASE("values of another kind than the type's are refused") {
  const Value values[] = {Value(true), Value(1), Value("x"), Value(Value::List{}), Value(Object())};
  const char* types[] = {R"("bool")", R"("number")", R"("string")", R"(["list","string"])", R"(["map","string"])"};
  for (int v = 0; v < 5; ++v) {
    for (int t = 0; t < 5; ++t) {
      std::string out;
      CHECK(encode_msgpack(values[v], type(types[t]), out).ok() == (v == t));
    }
  }
  std::string out;
  CHECK_FALSE(encode_msgpack(Value("x"), CtyType(), out).ok());
  CHECK_FALSE(encode_msgpack(json(R"(["a"])"), type(R"(["tuple",["string","string"]])"), out).ok());
  CHECK_FALSE(encode_msgpack(json("1e5000"), CtyType::number(), out).ok());
}
