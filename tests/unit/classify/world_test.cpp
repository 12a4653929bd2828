#include "classify/world.hpp"

#include <doctest/doctest.h>

using namespace drift;
using classify_internal::count_world;

namespace {
std::size_t v4(const char* text) {
  const Value v(text);
  return count_world(&v).v4;
}
std::size_t v6(const char* text) {
  const Value v(text);
  return count_world(&v).v6;
}
}  // namespace

TEST_CASE("the world is found as a token") {
  CHECK(v4("0.0.0.0/0") == 1);
  CHECK(v4("allow 0.0.0.0/0, please") == 1);
  CHECK(v4("ends a sentence: 0.0.0.0/0.") == 1);
  CHECK(v4("cidr=0.0.0.0/0;") == 1);
  CHECK(v4("src:0.0.0.0/0") == 1);
  CHECK(v4("0.0.0.0/0.0.0.0") == 1);
  CHECK(v4("permit 10.0.0.0/0") == 1);
  CHECK(v6("::/0") == 1);
  CHECK(v6("allow ::/0") == 1);
  CHECK(v6("0:0:0:0:0:0:0:0/0") == 1);
  CHECK(v4("0.0.0.0/0\n0.0.0.0/0\n") == 2);
}

TEST_CASE("what only looks like it is not the world") {
  for (const char* text : {"10.0.0.0/8", "0.0.0.0/1", "0.0.0.0/08", "0.0.0.0/0x", "0.0.0.0", "v1.0.0.0/0", "releases/1.0.0.0/0",
                           "1.2.3.4.5/0", "256.0.0.0/0", "0.0.0.0/0.5", "0.0.0.0/0/x", "/0", "", "12:30/0"}) {
    CAPTURE(text);
    CHECK(v4(text) == 0);
    CHECK(v6(text) == 0);
  }
}

TEST_CASE("comments are no rules") {
  CHECK(v4("# 0.0.0.0/0\n10.0.0.0/8\n") == 0);
  CHECK(v4("  ; 0.0.0.0/0") == 0);
  CHECK(v4("// 0.0.0.0/0") == 0);
  CHECK(v4("10.0.0.0/8   # was 0.0.0.0/0\n") == 0);
  CHECK(v4("0.0.0.0/0   # everybody\n") == 1);
  // A '#' that may stand inside a string hides nothing.
  CHECK(v4("{name: 'a # b', cidr: '0.0.0.0/0'}") == 1);
}

TEST_CASE("JSON text is looked into by value, lists and objects too") {
  CHECK(v4(R"({"note":"a # b","allow":["0.0.0.0/0"]})") == 1);
  CHECK(v4(R"(["\u0030.0.0.0/0"])") == 1);
  CHECK(v4("[section]\n0.0.0.0/0\n") == 1);  // begins like JSON, is none
  const Value list(Value::List{Value("10.0.0.0/8"), Value("0.0.0.0/0"), Value("::/0")});
  CHECK(count_world(&list).v4 == 1);
  CHECK(count_world(&list).v6 == 1);
  CHECK(count_world(nullptr).v4 == 0);
}

TEST_CASE("ciphertext and digests are not looked into") {
  Value sealed("0.0.0.0/0");
  sealed.mark(Secret::digest);
  CHECK(count_world(&sealed).v4 == 0);
  sealed.mark(Secret::plain);
  CHECK(count_world(&sealed).v4 == 1);
}
