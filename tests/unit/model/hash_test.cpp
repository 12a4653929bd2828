#include "drift/model/hash.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "drift/model/json.hpp"
#include "unit/model/random_value.hpp"

using drift::Object;
using drift::Secret;
using drift::Value;

namespace {

std::string canonical(const Value& v) {
  std::string out;
  drift::append_canonical(v, out);
  return out;
}

std::string canonical_of_json(std::string_view json) { return canonical(*drift::parse_json(json)); }

// `v` as JSON with members in random order and random white space, numbers in another spelling.
void scramble(const Value& v, std::mt19937_64& random, std::string& out) {
  const auto space = [&] { out.append(random() % 3, " \n\t\r"[random() % 4]); };
  space();
  if (v.is_list()) {
    out += '[';
    for (std::size_t i = 0; i < v.as_list().size(); ++i) {
      if (i > 0) out += ',';
      scramble(v.as_list()[i], random, out);
    }
    out += ']';
  } else if (v.is_object()) {
    std::vector<Object::Member> members(v.as_object().begin(), v.as_object().end());
    std::shuffle(members.begin(), members.end(), random);
    out += '{';
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i > 0) out += ',';
      space();
      drift::append_json_string(out, members[i].first);
      space();
      out += ':';
      scramble(members[i].second, random, out);
    }
    out += '}';
  } else if (v.is_number() && random() % 2 == 0) {
    out += v.as_number().canonical();
  } else {
    out += drift::to_json(v);
  }
  space();
}

}  // namespace

TEST_CASE("canonical bytes: the documented form, byte by byte") {
  CHECK(canonical_of_json("null") == "z");
  CHECK(canonical_of_json("[true,false]") == "l2:tf");
  CHECK(canonical_of_json("1500") == "n15e2;");
  CHECK(canonical_of_json("-0.0") == "n0;");
  CHECK(canonical_of_json("\"a:b\"") == "s3:a:b");
  CHECK(canonical_of_json("{\"b\":[],\"a\":{}}") == "o2:1:ao0:1:bl0:");
  CHECK(canonical(Value::unknown()) == "u");
  CHECK(canonical(Value("x").mark(Secret::plain)) == "s1:x");
  CHECK(canonical(Value("x").mark(Secret::ciphertext)) == "Cs1:x");
  CHECK(canonical(Value("x").mark(Secret::digest)) == "Ds1:x");
}

TEST_CASE("canonical bytes do not depend on key order, white space or number form") {
  std::mt19937_64 random(10);
  for (int i = 0; i < 3000; ++i) {
    const Value v = drift_test::random_value(random, 4, false);
    std::string text;
    scramble(v, random, text);
    const auto again = drift::parse_json(text);
    REQUIRE_MESSAGE(again.ok(), text);
    REQUIRE(canonical(*again) == canonical(v));
    REQUIRE(drift::fingerprint(*again) == drift::fingerprint(v));
  }
}

TEST_CASE("different values have different bytes, but for the plain mark") {
  std::mt19937_64 random(11);
  std::vector<Value> values;
  for (int i = 0; i < 250; ++i) values.push_back(drift_test::random_value(random, 2, true));
  const auto without_plain = [](auto&& self, const Value& v) -> Value {
    Value copy = v;
    if (v.is_list())
      for (Value& e : copy.edit_list()) e = self(self, e);
    if (v.is_object())
      for (const auto& [key, value] : v.as_object()) copy.edit_object().set(key, self(self, value));
    return copy.secret() == Secret::plain ? copy.mark(Secret::none) : copy;
  };
  for (const Value& a : values)
    for (const Value& b : values)
      REQUIRE((canonical(a) == canonical(b)) == (without_plain(without_plain, a) == without_plain(without_plain, b)));
}

TEST_CASE("fingerprints: stable text, an order, the hash of the bytes") {
  const drift::Fingerprint f{.lo = 0x0123456789abcdef, .hi = 0xfedcba9876543210};
  CHECK(f.hex() == "fedcba98765432100123456789abcdef");
  CHECK(drift::Fingerprint{}.hex() == std::string(32, '0'));
  CHECK(drift::Fingerprint{.lo = 9, .hi = 1} < drift::Fingerprint{.lo = 0, .hi = 2});
  CHECK(drift::Fingerprint{.lo = 1, .hi = 1} < drift::Fingerprint{.lo = 2, .hi = 1});
  CHECK(drift::fingerprint(Value("x")) == drift::fingerprint_bytes("s1:x"));
  CHECK(drift::fingerprint_bytes("").hex() == "99aa06d3014798d86001c324468d497f");  // XXH3-128 of nothing
  CHECK(drift::sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
