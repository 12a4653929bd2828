#include "diff/comparators.hpp"

#include "unit/diff/support.hpp"

using namespace drift;
using namespace drift::diff_internal;
using drift::testing::json;

TEST_CASE("number: value, not text, and never a rounded one") {
  CHECK(equal_as_number("1.0", 1));
  CHECK(equal_as_number(json("1e3"), "1000"));
  CHECK(!equal_as_number(json("18446744073709551616"), "18446744073709551617"));
  CHECK(!equal_as_number("010", "10"));
  CHECK(!equal_as_number("", 0));
  CHECK(!equal_as_number(true, 1));
}

TEST_CASE("float64: what is left of a whole number that a double cannot hold") {
  const auto equal = [](const char* a, const char* b) {
    CHECK(equal_as_float64(json(a), json(b)) == equal_as_float64(json(b), json(a)));
    return equal_as_float64(json(a), json(b));
  };
  CHECK(equal("9007199254740993", "9007199254740992"));
  CHECK(equal("-9007199254740993", "-9007199254740992"));
  CHECK(equal("9223372036854775807", "9223372036854775808"));
  CHECK(equal("9223372036854775807", "9223372036854776000"));  // as encoding/json writes it
  CHECK(equal("123456789012345678901234567890", "123456789012345680000000000000"));
  CHECK(equal("123456789012345678901234567890", "1.2345678901234568e29"));
  CHECK(!equal("9007199254740993", "9007199254740994"));
  CHECK(!equal("18014398509481983", "18014398509481985"));  // one double, and neither is it
  CHECK(!equal("9007199254740993.5", "9007199254740994"));
  CHECK(!equal("1", "2"));
  CHECK(!equal("0.1", "0.10000000000000001"));
  CHECK(!equal("1e400", "2e400"));
  CHECK(!equal_as_float64("9007199254740993", "9007199254740992"));
}

TEST_CASE("json: one document, however it is written") {
  CHECK(equal_as_json(R"({"a":1,"b":[1,2]})", "{ \"b\": [1, 2.0], \"a\": 1 }"));
  CHECK(!equal_as_json("[1,2]", "[2,1]"));
  CHECK(!equal_as_json(R"({"a":1})", R"({"a":"1"})"));
  CHECK(!equal_as_json("{", "{ "));
  CHECK(!equal_as_json(R"({"a":1,"a":2})", R"({"a":1, "a":2})"));
  CHECK(!equal_as_json(json("{}"), "{}"));
}

TEST_CASE("json: what is too deep is compared as text") {
  const std::string deep = std::string(100, '[') + std::string(100, ']');
  CHECK(equal_as_json(deep, deep));
  CHECK(!equal_as_json(deep, " " + deep));
}

TEST_CASE("case: ASCII only") {
  CHECK(equal_without_case("ABCxyz-1", "abcXYZ-1"));
  CHECK(!equal_without_case("\xC3\x89", "\xC3\xA9"));
  CHECK(!equal_without_case("a", "ab"));
  CHECK(!equal_without_case("[", "{"));
  CHECK(!equal_without_case(1, 1));
}

TEST_CASE("empty: the five ways to say nothing") {
  const Value empties[] = {Value(), Value(""), Value(Value::List{}), Value(Object{})};
  CHECK(is_empty_value(nullptr));
  for (const Value& v : empties) CHECK(is_empty_value(&v));
  const Value values[] = {Value(false), Value(0), Value(" "), json("[null]"), json(R"({"a":null})"), Value::unknown()};
  for (const Value& v : values) CHECK(!is_empty_value(&v));
}

TEST_CASE("default: absent and null stand for it") {
  const Value yes = true;
  const Value no = false;
  const Value null;
  CHECK(equal_with_default(nullptr, &yes, yes));
  CHECK(equal_with_default(&null, nullptr, yes));
  CHECK(!equal_with_default(nullptr, &no, yes));
}

TEST_CASE("content leaves plain marks aside, and nothing else") {
  Value a = "x";
  Value b = "x";
  b.mark(Secret::plain);
  CHECK(same_content(a, b));
  b.mark(Secret::ciphertext);
  CHECK(!same_content(a, b));
}
