#include "state/base64.hpp"

#include <doctest/doctest.h>

#include <string>

using drift::state_internal::base64_decode;
using drift::state_internal::base64_encode;

TEST_CASE("base64: the vectors of RFC 4648") {
  const char* const cases[][2] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& c : cases) {
    CHECK(base64_encode(c[0]) == c[1]);
    CHECK(base64_decode(c[1]) == std::string(c[0]));
  }
}

TEST_CASE("base64: every byte comes back") {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  for (std::size_t n = 250; n <= all.size(); ++n) CHECK(base64_decode(base64_encode(all.substr(0, n))) == all.substr(0, n));
}

TEST_CASE("base64: what is not base64 is refused") {
  for (const char* bad : {"Z", "Zm 9v", "Zm9v\n", "Zh==", "Z===", "Zm9v-_", "=Zm9"}) {
    CAPTURE(bad);
    CHECK_FALSE(base64_decode(bad).has_value());
  }
}
