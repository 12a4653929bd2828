#include "drift/base/cancel.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace std::chrono_literals;
using drift::Clock;
using drift::Deadline;
using drift::Errc;
using drift::OpContext;

namespace {
class HandClock final : public Clock {
 public:
  mutable Duration now{};
  Duration monotonic() const override { return now; }
  Duration wall() const override { return now; }
  void sleep(Duration d) const override { now += d; }
};
}  // namespace

TEST_CASE("copies of a token share one flag, across threads") {
  OpContext ctx;
  CHECK(ctx.check().ok());
  const drift::CancelToken copy = ctx.cancel;
  std::thread([copy] { copy.cancel(); }).join();
  CHECK(ctx.check().error().code() == Errc::cancelled);
  CHECK(OpContext().check().ok());  // another operation has a token of its own
}

TEST_CASE("a deadline passes when its moment is reached") {
  HandClock clock;
  clock.now = 100s;
  OpContext ctx;
  ctx.clock = &clock;
  ctx.deadline = Deadline::after(clock, 5s);
  CHECK(ctx.check().ok());
  CHECK(ctx.deadline.left(clock) == 5s);
  clock.sleep(5s - 1ns);
  CHECK(ctx.check().ok());
  CHECK(ctx.deadline.left(clock) == 1ns);
  clock.sleep(1ns);
  CHECK(ctx.check().error().code() == Errc::deadline);
  CHECK(ctx.check().error().is_fatal());
  clock.sleep(1s);
  CHECK(ctx.deadline.left(clock) == 0s);
}

TEST_CASE("no deadline never passes and is later than any other") {
  HandClock clock;
  const Deadline never;
  const Deadline soon = Deadline::after(clock, 1s);
  CHECK(never.left(clock) == Clock::Duration::max());
  CHECK(never.sooner(soon).left(clock) == 1s);
  CHECK(soon.sooner(never).left(clock) == 1s);
  clock.now = 1000000h;
  CHECK_FALSE(never.passed(clock));
}

TEST_CASE("being cancelled is reported before being late") {
  HandClock clock;
  OpContext ctx;
  ctx.clock = &clock;
  ctx.deadline = Deadline::after(clock, 0s);
  ctx.cancel.cancel();
  CHECK(ctx.check().error().code() == Errc::cancelled);
}
