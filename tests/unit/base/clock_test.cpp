#include "drift/base/clock.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace std::chrono_literals;
using drift::Clock;

TEST_CASE("times are written as RFC 3339 in UTC") {
  CHECK(drift::format_rfc3339(0s) == "1970-01-01T00:00:00Z");
  CHECK(drift::format_rfc3339(1795251600s) == "2026-11-21T09:00:00Z");
  CHECK(drift::format_rfc3339(951782399s) == "2000-02-28T23:59:59Z");
  CHECK(drift::format_rfc3339(951782400s) == "2000-02-29T00:00:00Z");  // a leap day
  CHECK(drift::format_rfc3339(999999999ns) == "1970-01-01T00:00:00Z");
  CHECK(drift::format_rfc3339(-1ns) == "1969-12-31T23:59:59Z");  // whole seconds round down, on both sides of the epoch
}

TEST_CASE("dates and times are read; anything else is refused") {
  Clock::Duration t{};
  CHECK(drift::parse_rfc3339("2026-11-21", t));
  CHECK(t == 1795219200s);
  CHECK(drift::parse_rfc3339("2026-11-21T09:00:00Z", t));
  CHECK(t == 1795251600s);
  CHECK(drift::parse_rfc3339("2000-02-29", t));
  for (const char* bad : {"", "2026", "2026-1-1", "2026-13-01", "2026-00-01", "2026-02-29", "1900-02-29", "2026-04-31",
                          "2026-11-21T09:00:00", "2026-11-21 09:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T09:60:00Z",
                          "2026-11-21T09:00:60Z", "2026-11-21T09:00:00+01:00", "+026-11-21", "2026-11-21Z", " 2026-11-21", "2026-11-21 "})
    CHECK_FALSE_MESSAGE(drift::parse_rfc3339(bad, t), std::string(bad));
}

TEST_CASE("a date beyond what nanoseconds can count means for ever") {
  Clock::Duration t{};
  CHECK(drift::parse_rfc3339("9999-12-31", t));
  CHECK(t == Clock::Duration::max());
  CHECK(drift::parse_rfc3339("0001-01-01", t));
  CHECK(t == Clock::Duration::min());
}

TEST_CASE("what is written is read back, for any second") {
  std::mt19937_64 random(1);
  std::uniform_int_distribution<std::int64_t> second(-9'200'000'000, 9'200'000'000);
  for (int i = 0; i < 20000; ++i) {
    const std::chrono::seconds s(second(random));
    Clock::Duration back{};
    REQUIRE(drift::parse_rfc3339(drift::format_rfc3339(s), back));
    REQUIRE(back == s);
  }
}

TEST_CASE("the machine's clock runs forward and knows the century") {
  const Clock& c = drift::system_clock();
  const auto before = c.monotonic();
  c.sleep(-1s);  // nothing to wait for
  CHECK(c.monotonic() >= before);
  CHECK(drift::format_rfc3339(c.wall()).substr(0, 2) == "20");
}
