#include "render/safe_text.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace drift::render_internal;

TEST_CASE("what could drive a terminal or hide is shown escaped") {
  CHECK(safe("a\x1b[31mb", true) == "a\\x1b[31mb");
  CHECK(safe("a\nb\tc\r\x7f", true) == "a\\nb\\tc\\r\\x7f");
  CHECK(safe(std::string("a\0b", 3), true) == "a\\x00b");
  CHECK(safe("\u009b31m", true) == "\\u009b31m");
  for (const char* bidi : {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u200e", "\u200f",
                           "\u061c", "\u200b", "\ufeff", "\u2028"}) {
    const std::string out = safe(bidi, true);
    CHECK(out.substr(0, 2) == "\\u");
    CHECK(out.size() == 6);
  }
  CHECK(safe("\U000e0041", true) == "\\U000e0041");
  CHECK(safe("caf\u00e9 \u4e16", true) == "caf\u00e9 \u4e16");
}

TEST_CASE("bytes that are no UTF-8 are shown one by one") {
  CHECK(safe("a\xff\xc3", true) == "a\\xff\\xc3");
  CHECK(safe("\xed\xa0\x80", true) == "\\xed\\xa0\\x80");
  CHECK(safe("\xc0\xaf", true) == "\\xc0\\xaf");
}

TEST_CASE("without unicode the text is ASCII") {
  CHECK(safe("caf\u00e9 \U0001f600", false) == "caf\\u00e9 \\U0001f600");
  CHECK(quoted("a\"b\\c", true) == R"("a\"b\\c")");
}

TEST_CASE("columns") {
  CHECK(columns_of("abc") == 3);
  CHECK(columns_of("\u4e16\u754c") == 4);
  CHECK(columns_of("e\u0301") == 1);
  CHECK(columns_of("\U0001f600") == 2);
  CHECK(columns_of("\uff21") == 2);
  CHECK(columns_of("\u00e9\u2026") == 2);
}

TEST_CASE("cutting keeps letters and escapes whole") {
  CHECK(fit("abcdef", 6, {}) == "abcdef");
  CHECK(fit("abcdefg", 6, {}) == "abcde\u2026");
  CHECK(fit("abcdefg", 6, {false, false}) == "abc...");
  CHECK(fit("\u4e16\u754c\u4e16", 4, {}) == "\u4e16\u2026");
  CHECK(fit("ab\ncd", 4, {}) == "ab\u2026");
  CHECK(fit("abc", 0, {}) == "abc");
  CHECK(tail("abcdef", 3, {}).text == "def");
  CHECK(tail("a\u4e16\u754c", 3, {}).text == "\u754c");
  CHECK(tail("ab\n", 3, {}).text == "b\\n");
  CHECK(tail("ab", 5, {}).whole);
  CHECK(tail("a\xff", 4, {}).text == "\\xff");
}

TEST_CASE("numbers are grouped") {
  CHECK(with_separators(0) == "0");
  CHECK(with_separators(999) == "999");
  CHECK(with_separators(1204) == "1,204");
  CHECK(with_separators(1234567) == "1,234,567");
}
