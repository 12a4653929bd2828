#include "provider/hosted/crash_count.hpp"

#include <doctest/doctest.h>

using namespace drift::hosted_internal;
using namespace std::chrono_literals;

TEST_CASE("crashes count within some minutes, not for ever") {
  CrashCount often;
  for (std::size_t i = 0; i < CrashCount::most; ++i) often.add(1s);
  CHECK_FALSE(often.too_many(2s));
  often.add(3s);
  CHECK(often.too_many(4s));
  CHECK(often.too_many(1s + CrashCount::within));
  CHECK_FALSE(often.too_many(2s + CrashCount::within));  // it is started again
  often.add(2s + CrashCount::within);
  CHECK(often.count() == 1);
  CHECK_FALSE(often.too_many(3s + CrashCount::within));

  CrashCount now_and_then;  // for months, in a host that lives that long
  for (std::size_t i = 0; i < 10 * CrashCount::most; ++i) {
    now_and_then.add(i * 1min);
    CHECK_FALSE(now_and_then.too_many(i * 1min));
  }
}

TEST_CASE("of a type fewer are too many") {
  CrashCount often(CrashCount::most_of_type);
  for (std::size_t i = 0; i < CrashCount::most_of_type; ++i) often.add(1s);
  CHECK_FALSE(often.too_many(2s));
  often.add(2s);
  CHECK(often.too_many(3s));
}
