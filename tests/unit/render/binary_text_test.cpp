#include "render/binary_text.hpp"

#include <doctest/doctest.h>

#include "drift/model/hash.hpp"
#include "drift/model/json.hpp"

using namespace drift;
using render_internal::without_binary;

TEST_CASE("text stays as it is, wherever it stands") {
  const Value v = *parse_json(R"({"a":["\u0000","\u00e9",1,null],"b":{"c":"\ud83d\ude00"}})");
  CHECK(without_binary(v) == v);
}

TEST_CASE("a string that is not UTF-8 is shown by its length and hash, at every depth") {
  const std::string shown = "(binary, 1 byte, sha256:" + sha256_hex("\xff") + ")";
  CHECK(without_binary(Value("\xff")) == Value(shown));
  Object inner;
  inner.set("bytes", Value("\xff"));
  inner.set("text", Value("x"));
  const Value out = without_binary(Value(Value::List{Value(inner), Value(2)}));
  CHECK(to_json(out) == R"([{"bytes":")" + shown + R"(","text":"x"},2])");
}
