#include "provider/retry_delay.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <set>
#include <string>

using namespace drift::provider_internal;
using namespace std::chrono_literals;

TEST_CASE("the bound doubles with each attempt up to the most") {
  const Backoff b{200ms, 1s, 1};
  CHECK(backoff_bound(b, 1) == 200ms);
  CHECK(backoff_bound(b, 2) == 400ms);
  CHECK(backoff_bound(b, 3) == 800ms);
  CHECK(backoff_bound(b, 4) == 1s);
  CHECK(backoff_bound(b, std::numeric_limits<unsigned>::max()) == 1s);
}

TEST_CASE("bounds at the ends of the clock do not overflow") {
  using drift::Clock;
  CHECK(backoff_bound({1s, Clock::Duration::max(), 1}, 1000) == Clock::Duration::max());
  CHECK(backoff_bound({0s, 1s, 1}, 50) == 0s);
  CHECK(backoff_bound({-1s, 1s, 1}, 2) == 0s);
  CHECK(backoff_bound({10s, 1s, 1}, 1) == 1s);
  CHECK(retry_delay({0s, 0s, 1}, "a", 1) == 0s);
}

TEST_CASE("waits use the whole of [0, bound] and depend on seed, address and attempt") {
  const Backoff b{200ms, 20s, 42};
  drift::Clock::Duration least = 200ms, most = 0s;
  for (int i = 0; i < 500; ++i) {
    const auto d = retry_delay(b, "r" + std::to_string(i), 1);
    CHECK(d >= 0s);
    CHECK(d <= 200ms);
    least = std::min(least, d);
    most = std::max(most, d);
  }
  CHECK(least < 20ms);
  CHECK(most > 180ms);
  CHECK(retry_delay(b, "r", 3) == retry_delay(b, "r", 3));
  const Backoff other{200ms, 20s, 43};
  const std::set<drift::Clock::Duration> different{retry_delay(b, "r", 3), retry_delay(b, "s", 3), retry_delay(b, "r", 4),
                                                   retry_delay(other, "r", 3)};
  CHECK(different.size() == 4);
}
