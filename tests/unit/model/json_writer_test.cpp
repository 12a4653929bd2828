#include <doctest/doctest.h>

#include <string>

#include "drift/model/json.hpp"

using drift::Object;
using drift::Secret;
using drift::Value;

namespace {
std::string quoted(std::string_view s) {
  std::string out;
  drift::append_json_string(out, s);
  return out;
}
}  // namespace

TEST_CASE("compact JSON: members in key order, numbers in their own text") {
  const Value v = Object({{"z", Value::List{Value(), true, false, *drift::Number::parse("1.50")}}, {"a", Object()}, {"m", Value::List{}}});
  CHECK(drift::to_json(v) == R"({"a":{},"m":[],"z":[null,true,false,1.50]})");
  CHECK(drift::to_json(Value()) == "null");
}

TEST_CASE("pretty JSON: two blanks per level, empty containers on one line") {
  const Value v = Object({{"a", Value::List{1, Object({{"b", Object()}})}}, {"c", Value::List{}}});
  CHECK(drift::to_json_pretty(v) == "{\n  \"a\": [\n    1,\n    {\n      \"b\": {}\n    }\n  ],\n  \"c\": []\n}");
}

TEST_CASE("strings are escaped as JSON wants it") {
  CHECK(quoted("a\"b\\c/") == R"("a\"b\\c/")");
  CHECK(quoted("\b\f\n\r\t") == R"("\b\f\n\r\t")");
  CHECK(quoted(std::string_view("\0\x01\x1f\x7f", 4)) == "\"\\u0000\\u0001\\u001f\x7f\"");
  CHECK(quoted("\xC3\xA9\xF0\x9F\x98\x80") == "\"\xC3\xA9\xF0\x9F\x98\x80\"");
}

TEST_CASE("bytes that are not UTF-8 become U+FFFD, and what surrounds them stays") {
  CHECK(quoted("a\xFFz") == "\"a\xEF\xBF\xBDz\"");
  CHECK(quoted("\xC3") == "\"\xEF\xBF\xBD\"");
  CHECK(quoted("\xC3\n") == "\"\xEF\xBF\xBD\\n\"");
  CHECK(quoted("\xED\xA0\x80") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
  CHECK(drift::parse_json(quoted("\x80\xC3\xA9\xE2\x82")).ok());
}

TEST_CASE("no secret is ever written, whatever its kind, and unknown says so") {
  for (const Secret mark : {Secret::plain, Secret::ciphertext, Secret::digest}) {
    const Value v = Object({{"list", Value(Value::List{"hunter2"}).mark(mark)},
                            {"object", Value(Object(std::vector<Object::Member>{{"hunter2", "hunter2"}})).mark(mark)},
                            {"string", Value("hunter2").mark(mark)},
                            {"unknown", Value::unknown().mark(mark)},
                            {"x", Value::List{Value(1).mark(mark), Value::unknown()}}});
    const std::string s = "\"(sensitive)\"";
    CHECK(drift::to_json(v) ==
          "{\"list\":" + s + ",\"object\":" + s + ",\"string\":" + s + ",\"unknown\":" + s + ",\"x\":[" + s + ",\"(known after apply)\"]}");
    CHECK(drift::to_json_pretty(v).find("hunter2") == std::string::npos);
  }
}
