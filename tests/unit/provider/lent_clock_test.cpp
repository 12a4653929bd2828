#include "provider/lent_clock.hpp"

#include <doctest/doctest.h>

#include <optional>

#include "drift/base/cancel.hpp"
#include "unit/provider/fakes.hpp"

using namespace drift;
using namespace std::chrono_literals;

TEST_CASE("a lent clock is its lender's, until it is taken back: then every deadline has passed and nobody sleeps") {
  std::optional<test::FakeClock> lender(std::in_place);
  provider_internal::LentClock clock(*lender);
  CHECK(clock.wall() == lender->wall());
  clock.sleep(50ms);
  CHECK(lender->slept() == 50ms);
  CHECK(clock.monotonic() == lender->monotonic());
  const Deadline deadline = Deadline::after(clock, 24h);
  CHECK_FALSE(deadline.passed(clock));
  clock.take_back();
  lender.reset();
  CHECK(deadline.passed(clock));
  CHECK(Deadline::after(clock, 1h).left(clock) == 1h);
  clock.sleep(24h);
  CHECK(clock.wall() > 0s);
}
