#include "model/utf8.hpp"

#include <doctest/doctest.h>

using drift::model_internal::append_utf8;
using drift::model_internal::is_utf8;
using drift::model_internal::utf8_sequence;

TEST_CASE("every character encodes to a sequence that is valid, and cut short says so") {
  for (std::uint32_t code = 0; code <= 0x10FFFF; ++code) {
    if (code >= 0xD800 && code <= 0xDFFF) continue;
    std::string s;
    append_utf8(s, code);
    REQUIRE(utf8_sequence(s, 0).length == s.size());
    for (std::size_t n = 1; n < s.size(); ++n) {
      REQUIRE(utf8_sequence(std::string_view(s).substr(0, n), 0).length == 0);
      REQUIRE(utf8_sequence(std::string_view(s).substr(0, n), 0).cut);
    }
  }
}

TEST_CASE("of all sequences of two and three bytes, exactly the characters' own are valid") {
  std::size_t two = 0, three = 0;
  for (unsigned a = 0x80; a < 0x100; ++a)
    for (unsigned b = 0; b < 0x100; ++b) {
      const char pair[] = {static_cast<char>(a), static_cast<char>(b)};
      two += utf8_sequence({pair, 2}, 0).length == 2;
      for (unsigned c = 0x70; c < 0xD0; ++c) {
        const char triple[] = {pair[0], pair[1], static_cast<char>(c)};
        three += utf8_sequence({triple, 3}, 0).length == 3;
      }
    }
  CHECK(two == 0x800 - 0x80);
  CHECK(three == 0x10000 - 0x800 - 0x800);  // without the surrogates
}

TEST_CASE("UTF-8 is told from other bytes") {
  for (const char* good : {"", "plain", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) CHECK(is_utf8(good));
  for (const char* bad : {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xe2\x82"}) CHECK_FALSE(is_utf8(bad));
}
