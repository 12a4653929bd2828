#include <doctest/doctest.h>

#include <random>
#include <string>

#include "drift/model/json.hpp"
#include "unit/model/random_value.hpp"

using drift::Errc;
using drift::Error;
using drift::JsonLimits;
using drift::parse_json;
using drift::Value;

namespace {

Error error_of(std::string_view text, const JsonLimits& limits = {}) {
  auto r = parse_json(text, limits);
  REQUIRE_MESSAGE(!r.ok(), "accepted: " << std::string(text.substr(0, 80)));
  return r.error();
}

std::string code_of(std::string_view text, const JsonLimits& limits = {}) { return std::string(error_of(text, limits).name()); }

}  // namespace

TEST_CASE("JSON: what RFC 8259 accepts") {
  for (const char* good : {"null",
                           "true",
                           "false",
                           " \t\r\n1\n",
                           "0",
                           "-0",
                           "1.5e-3",
                           "\"\"",
                           "[]",
                           "{}",
                           "[ ]",
                           "{ }",
                           "[[[]]]",
                           "[1, 2 ,3]",
                           "{\"a\":{\"a\":1}}",
                           "{\"\":0}",
                           "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\"",
                           "\"\\u0000\"",
                           "\"\x7f\"",
                           "\"\xC3\xA9\"",
                           "\"\\ud83d\\ude00\"",
                           "\"\xEF\xBF\xBF\"",
                           "[1e400]",
                           "\"\xE2\x80\xA8\"",
                           "{\"a\":1,\"A\":1,\"\xC3\xA1\":1}",
                           "[[],{},[],{}]",
                           "\"\xEF\xBB\xBF\""})
    CHECK_MESSAGE(parse_json(good).ok(), std::string(good));
}

TEST_CASE("JSON: what RFC 8259 refuses") {
  for (const char* bad : {"nul ",
                          "True",
                          "NULL",
                          "tru3",
                          "+1",
                          "01",
                          "-01",
                          "1.x",
                          ".5",
                          "[0x1]",
                          "1e+x",
                          "NaN",
                          "Infinity",
                          "-Infinity",
                          "'a'",
                          "[1,]",
                          "[,1]",
                          "[1 2]",
                          "[1}",
                          "{1:2}",
                          "{a:1}",
                          "{\"a\" 1}",
                          "{\"a\":}",
                          "{\"a\":1,}",
                          "{,}",
                          "{\"a\":1]",
                          "{\"a\":1 \"b\":2}",
                          "\"\\x41\"",
                          "\"\\u00g0\"",
                          "\"\\\n\"",
                          "\"\t\"",
                          "\"\n\"",
                          "\"\x1f\"",
                          "]",
                          "}",
                          ":",
                          ",",
                          "/*c*/1",
                          "//c\n1",
                          "[1,,2]",
                          "{\"a\":1,,\"b\":2}",
                          "\xEF\xBB\xBF{}",
                          "\xFF",
                          "\x0C[]",
                          "\xC2\xA0[]",
                          "1e1000000000000000000",
                          "[-]",
                          "[--1]",
                          "[1.2.3x]"})
    CHECK_MESSAGE(code_of(bad) == "E_PARSE", std::string(bad));
  for (const char* more : {"1 2", "{}{}", "[]]", "nullx", "null,", "\"a\"\"b\"", "1.5.2", "{}\x01", "1 //c", "0x1"})
    CHECK_MESSAGE(code_of(more) == "E_TRAILING_BYTES", std::string(more));
  CHECK(code_of(std::string_view("\"a\0b\"", 5)) == "E_PARSE");
  CHECK(code_of(std::string_view("1\0", 2)) == "E_TRAILING_BYTES");
}

TEST_CASE("strings are decoded to their bytes") {
  CHECK(parse_json(R"("\"\\\/\b\f\n\r\tA\u00e9\u20AC\ud83d\ude00")")->as_string() ==
        "\"\\/\b\f\n\r\tA\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  CHECK(parse_json(R"("\u0000x")")->as_string() == std::string("\0x", 2));
  CHECK(parse_json(R"({"k\u0065y":1})")->find("key") != nullptr);
}

TEST_CASE("numbers keep every digit") {
  CHECK(parse_json("18446744073709551617")->as_number().text() == "18446744073709551617");
  CHECK(parse_json("123456789012345678901234567890")->as_number().text() == "123456789012345678901234567890");
  CHECK(parse_json("1.50")->as_number().text() == "1.50");
  CHECK(parse_json("1e400")->as_number().text() == "1e400");
  CHECK_FALSE(*parse_json("18446744073709551616") == *parse_json("18446744073709551617"));
}

TEST_CASE("a key given twice is refused at its second place") {
  const Error e = error_of("{\"b\":1,\n \"a\":2,\n  \"b\":3}");
  CHECK(e.code() == Errc::duplicate_key);
  CHECK(e.where()->line == 3);
  CHECK(e.where()->column == 3);
  CHECK(e.where()->byte == 18);
  CHECK(error_of(R"({"a":1,"a":1})").where()->byte == 7);
  CHECK(error_of(R"({"a":1,"\u0061":1})").code() == Errc::duplicate_key);
  // Of several, the one that comes first in the text; with other objects' keys before and between.
  CHECK(error_of(R"({"x":{"p":1,"q":2},"z":1,"y":{"z":0},"z":1,"x":1,"x":2})").where()->byte == 37);
  CHECK(error_of(R"([{"k":1},{"k":1,"j":{"k":1},"k":2}])").where()->byte == 28);
  CHECK(parse_json(R"([{"a":1},{"a":1},{"b":{"a":1},"a":{"b":1}}])").ok());
}

TEST_CASE("bad UTF-8 is refused where it begins") {
  for (const char* bad : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC3(", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
                          "\xE2\x82(", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF",
                          "\xF0\x9F\x98(", "\xC3\"", "\xF8\x88\x80\x80\x80"}) {
    const Error value = error_of("[\"ab" + std::string(bad) + "\"]");
    CHECK_MESSAGE(value.code() == Errc::bad_utf8, std::string(bad));
    CHECK(value.where()->byte == 4);
    CHECK(error_of("{\"" + std::string(bad) + "\":1}").code() == Errc::bad_utf8);
  }
  for (const char* good : {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
    CHECK_MESSAGE(parse_json("\"" + std::string(good) + "\"")->as_string() == good, std::string(good));
}

TEST_CASE("half a surrogate pair is refused where its escape begins") {
  for (const char* bad : {R"("a\ud800")", R"("a\udc00")", R"("a\ud800x")", R"("a\ud800\n")", R"("a\ud800\u0041")", R"("a\ud800\ud800")",
                          R"("a\uDBFF\uDBFF\uDFFF")", R"("a\udfff\ud800")"}) {
    CHECK_MESSAGE(code_of(bad) == "E_LONE_SURROGATE", std::string(bad));
    CHECK(error_of(bad).where()->byte == 2);
  }
  CHECK(parse_json(R"("\ud800\udc00")")->as_string() == "\xF0\x90\x80\x80");
  CHECK(parse_json(R"("\uDBFF\uDFFF")")->as_string() == "\xF4\x8F\xBF\xBF");
}

TEST_CASE("a document cut short says so, wherever it was cut") {
  const std::string whole =
      "{\"k\xC3\xA9y\": [true, false, null, -1.25e+3, \"\\u00e9\\ud83d\\ude00\\n\xF0\x9F\x98\x80\"], \"o\": {\"a\": {}}}";
  REQUIRE(parse_json(whole).ok());
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const Error e = error_of(std::string_view(whole).substr(0, n));
    CHECK_MESSAGE(e.code() == Errc::truncated, "cut at byte " << n << ": " << e.to_string());
    CHECK(e.where()->byte == n);
  }
}

TEST_CASE("nesting: the limit holds exactly, is never above 512, and a million levels cost nothing") {
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  CHECK(parse_json(nested(128)).ok());
  CHECK(code_of(nested(129)) == "E_DEPTH_LIMIT");
  CHECK(error_of(nested(129)).where()->byte == 128);
  CHECK(parse_json(nested(512), {.max_depth = 100000}).ok());
  CHECK(code_of(nested(513), {.max_depth = 100000}) == "E_DEPTH_LIMIT");
  CHECK(parse_json("[1,[2],{\"a\":[]}]", {.max_depth = 3}).ok());
  CHECK(code_of("[1,[2],{\"a\":[]}]", {.max_depth = 2}) == "E_DEPTH_LIMIT");
  CHECK(parse_json("1", {.max_depth = 0}).ok());
  CHECK(code_of("[]", {.max_depth = 0}) == "E_DEPTH_LIMIT");
  CHECK(code_of(std::string(1000000, '[')) == "E_DEPTH_LIMIT");
  std::string objects;
  for (int i = 0; i < 200000; ++i) objects += "{\"a\":";
  CHECK(code_of(objects, {.max_depth = 512}) == "E_DEPTH_LIMIT");
}

TEST_CASE("limits on values and bytes hold exactly") {
  CHECK(parse_json("[1,2,3]", {.max_nodes = 4}).ok());
  CHECK(code_of("[1,2,3,4]", {.max_nodes = 4}) == "E_NODE_LIMIT");
  CHECK(parse_json("{\"a\":{}}", {.max_nodes = 2}).ok());
  CHECK(parse_json("[1,2]", {.max_bytes = 5}).ok());
  CHECK(code_of("[1,2] ", {.max_bytes = 5}) == "E_BYTE_LIMIT");
  CHECK(code_of("[1,2] ", {.max_span_bytes = 5}) == "E_BYTE_LIMIT");
  const std::string big = "\"" + std::string(200U << 20, 'x') + "\"";
  CHECK(code_of(big) == "E_BYTE_LIMIT");
  CHECK(parse_json(std::string_view(big).substr(0, 20U << 20)).error().code() == Errc::truncated);
}

TEST_CASE("a big document stops when it is told to") {
  std::string text = "[";
  for (int i = 0; i < 200000; ++i) text += "1,";
  text += "1]";
  drift::OpContext ctx;
  CHECK(parse_json(text, {}, ctx).ok());
  ctx.cancel.cancel();
  CHECK(parse_json(text, {}, ctx).error().code() == Errc::cancelled);
  drift::OpContext late;
  late.deadline = drift::Deadline::after(drift::system_clock(), drift::Clock::Duration(-1));
  CHECK(parse_json(text, {}, late).error().code() == Errc::deadline);
}

TEST_CASE("positions count on from where the text was cut out") {
  const drift::TextPosition origin{.line = 10, .column = 5, .byte = 1000};
  CHECK(parse_json("[x]", {}, {}, origin).error().where()->line == 10);
  CHECK(parse_json("[x]", {}, {}, origin).error().where()->column == 6);
  CHECK(parse_json("[\n\n  x]", {}, {}, origin).error().where()->line == 12);
  CHECK(parse_json("[\n\n  x]", {}, {}, origin).error().where()->column == 3);
  CHECK(parse_json("[\n\n  x]", {}, {}, origin).error().where()->byte == 1005);
  const drift::TextPosition end = drift::position_of("ab\xC3\xA9\n", 999);
  CHECK(end.line == 2);
  CHECK(end.column == 1);
  CHECK(end.byte == 5);
  CHECK(drift::position_of("ab\xC3\xA9", 4).column == 5);  // columns count bytes
}

TEST_CASE("errors never show what the document holds") {
  const std::string canary = "c4n4ry";
  for (const std::string& text :
       {"{\"" + canary + "\":1,\"" + canary + "\":2}", "[\"" + canary + "\xFF\"]", "[\"" + canary + "\\ud800\"]", "\"" + canary,
        "\"" + canary + "\" x", "\"" + canary + "\n\"", "[" + canary + "]", "[\"" + canary + "\" 1]", "\"" + canary + "\\q\""}) {
    const Error e = error_of(text);
    CHECK_MESSAGE((e.to_string() + e.next_step()).find(canary) == std::string::npos, e.to_string());
    CHECK(e.where().has_value());
  }
}

TEST_CASE("what is written is read back as the same value") {
  std::mt19937_64 random(8);
  for (int i = 0; i < 5000; ++i) {
    const Value v = drift_test::random_value(random, 4, false);
    const auto compact = parse_json(drift::to_json(v));
    REQUIRE_MESSAGE(compact.ok(), drift::to_json(v));
    REQUIRE(*compact == v);
    REQUIRE(drift::to_json(*compact) == drift::to_json(v));
    const auto pretty = parse_json(drift::to_json_pretty(v));
    REQUIRE(pretty.ok());
    REQUIRE(*pretty == v);
  }
}

TEST_CASE("random damage gives an error or a value, never anything else") {
  std::mt19937_64 random(9);
  for (int i = 0; i < 20000; ++i) {
    std::string text = drift::to_json(drift_test::random_value(random, 4, false));
    for (std::size_t n = random() % 3 + 1; n > 0 && !text.empty(); --n) {
      const std::size_t at = random() % text.size();
      if (random() % 2 == 0)
        text[at] = static_cast<char>(random());
      else
        text.erase(at, 1);
    }
    const auto r = parse_json(text);
    if (r.ok()) {
      const auto again = parse_json(drift::to_json(*r));
      REQUIRE(again.ok());
      REQUIRE(*again == *r);
    } else {
      REQUIRE(r.error().where()->byte <= text.size());
    }
  }
}
