#include "third/nfc.hpp"

#include <doctest/doctest.h>

using drift::third::is_ascii;
using drift::third::nfc;

TEST_CASE("text is normalised to form C") {
  CHECK(nfc("") == "");
  CHECK(nfc("plain ascii, longer than a word") == "plain ascii, longer than a word");
  CHECK(nfc("e\xcc\x81") == "\xc3\xa9");
  CHECK(nfc("\xc3\xa9") == "\xc3\xa9");
  CHECK(nfc("\xe2\x84\xab") == "\xc3\x85");                                          // the angstrom sign is a letter
  CHECK(nfc("\xef\xac\x81") == "\xef\xac\x81");                                      // a ligature stays
  CHECK(nfc("\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8") == "\xea\xb0\x81");              // jamo
  CHECK(nfc("a\xcc\x87\xcc\xa3") == "\xe1\xba\xa1\xcc\x87");                         // marks in order
  CHECK(nfc(std::string_view("a\0e\xcc\x81", 5)) == std::string("a\0\xc3\xa9", 4));  // a zero byte is a character
}

TEST_CASE("bytes that are not UTF-8 stay, and what is around them is normalised") {
  CHECK(nfc("e\xcc\x81\xff"
            "e\xcc\x81") == "\xc3\xa9\xff\xc3\xa9");
  CHECK(nfc("\xc3") == "\xc3");
  CHECK(nfc("\xed\xa0\x80") == "\xed\xa0\x80");  // a surrogate
  CHECK(nfc("\xf5\x80") == "\xf5\x80");
}

TEST_CASE("ASCII is told from what is not, wherever it is") {
  for (std::size_t n = 0; n < 40; ++n) {
    std::string text(n, 'x');
    CHECK(is_ascii(text));
    for (std::size_t i = 0; i < n; ++i) {
      text[i] = '\x80';
      CHECK_FALSE(is_ascii(text));
      text[i] = '\x7f';
    }
  }
}
