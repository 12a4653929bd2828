// Reads that take too long, and providers that do not return.
#include "drift/provider/scheduler.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <future>
#include <set>
#include <stdexcept>
#include <thread>

#include "unit/provider/scheduled_run.hpp"

using namespace drift;
using namespace drift::test;  // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;

namespace {

// Reads one after the other, as the file provider does; `slow` ones take `takes` each.
auto one_after_the_other(const test::FakeClock& clock, std::set<std::string> slow, Clock::Duration takes) {
  return [&clock, slow = std::move(slow), takes](std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& c) -> Status {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      DRIFT_TRY(c.check());
      if (slow.contains(batch[i].resource->address)) clock.advance(takes);
      Status s = c.check();
      sink(i, s.ok() ? ReadOutcome::found(*batch[i].resource) : ReadOutcome::failed(s.error()));
    }
    return {};
  };
}

}  // namespace

TEST_CASE("one read that takes all the time costs nobody else of its batch the answer") {
  for (const unsigned attempts : {1U, 4U}) {
    test::FakeClock clock;
    test::FakeProvider p;
    p.caps.max_batch = 16;
    p.whole = one_after_the_other(clock, {"r1003", "r1007"}, 2s);
    SchedulerOptions o = seeded(1);
    o.read_timeout = 1s;
    o.attempts = attempts;
    Fleet fleet(&p, 16);
    const Run r = run(fleet.reads, o, test::on(clock));
    check_once_each(r);
    for (std::size_t i = 0; i < 16; ++i) {
      if (i != 3 && i != 7) {
        CHECK(r.outcomes[i].outcome.is_found());
        CHECK(r.outcomes[i].attempts == 1);
        continue;
      }
      REQUIRE(r.outcomes[i].outcome.is_failed());
      CHECK(r.outcomes[i].outcome.error().code() == Errc::read_timeout);
      CHECK(r.outcomes[i].attempts == std::min(attempts, 2U));
    }
  }
}

TEST_CASE("what only runs out of time beside others gets its answer alone") {
  test::FakeClock clock;
  test::FakeProvider p;
  p.whole = one_after_the_other(clock, {"r1000", "r1001", "r1002"}, 700ms);
  SchedulerOptions o = seeded(1);
  o.read_timeout = 1s;
  Fleet fleet(&p, 3);
  const Run r = run(fleet.reads, o, test::on(clock));
  check_once_each(r);
  for (const ScheduledOutcome& out : r.outcomes) CHECK(out.outcome.is_found());
}

TEST_CASE("where nobody says who took the time, each is read alone, and what is read already is not read again") {
  test::FakeClock clock;
  test::FakeProvider p;
  std::vector<std::string> asked;
  p.whole = [&](std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& c) -> Status {
    for (const ReadRequest& q : batch) asked.push_back(q.resource->address);
    if (batch.size() > 1) {
      sink(0, ReadOutcome::found(*batch[0].resource));
      clock.advance(2s);
      return c.check();
    }
    if (batch[0].resource->address == "r1001") clock.advance(2s);
    DRIFT_TRY(c.check());
    sink(0, ReadOutcome::found(*batch[0].resource));
    return {};
  };
  SchedulerOptions o = seeded(1);
  o.read_timeout = 1s;
  Fleet fleet(&p, 4);
  const Run r = run(fleet.reads, o, test::on(clock));
  check_once_each(r);
  CHECK(std::count(asked.begin(), asked.end(), "r1000") == 1);
  CHECK(p.batch_sizes() == std::vector<std::size_t>{4, 1, 1, 1});
  for (std::size_t i = 0; i < 4; ++i) CHECK(r.outcomes[i].outcome.is_found() == (i != 1));
}

TEST_CASE("a lane that answers nobody is not asked again for each resource alone") {
  test::FakeClock clock;
  test::FakeProvider p;
  p.caps.max_batch = 50;
  p.whole = [&](std::span<const ReadRequest>, const ReadSink&, const OpContext& c) -> Status {
    clock.advance(2s);
    return c.check();
  };
  SchedulerOptions o = seeded(1);
  o.read_timeout = 1s;
  Fleet fleet(&p, 50);
  const Run r = run(fleet.reads, o, test::on(clock));
  check_once_each(r);
  for (const ScheduledOutcome& out : r.outcomes) CHECK(out.outcome.error().code() == Errc::read_timeout);
  CHECK(p.calls <= 10);
}

namespace {

// A provider whose reads of `stuck` resources do not look at their context and do not end before let_go().
class Stuck {
 public:
  explicit Stuck(std::function<bool(const Resource&)> stuck, std::function<void()> before = {}) {
    const std::shared_future<void> gate = gate_.get_future().share();
    // The promise is kept when the last one to hold the provider has gone.
    const std::shared_ptr<void> last(nullptr, [this](void*) { gone_.set_value(); });
    provider = std::make_shared<test::FakeProvider>();
    provider->whole = [gate, last, stuck = std::move(stuck), before = std::move(before)](std::span<const ReadRequest> batch,
                                                                                         const ReadSink& sink, const OpContext&) -> Status {
      for (std::size_t i = 0; i < batch.size(); ++i) {
        if (stuck(*batch[i].resource)) {
          if (before) before();
          gate.wait();
        }
        sink(i, ReadOutcome::found(*batch[i].resource));
      }
      return {};
    };
  }
  ~Stuck() {
    provider.reset();
    gate_.set_value();
    gone_.get_future().wait();  // of all threads
  }
  Stuck(const Stuck&) = delete;
  Stuck& operator=(const Stuck&) = delete;

  std::shared_ptr<test::FakeProvider> provider;

 private:
  std::promise<void> gate_, gone_;
};

}  // namespace

TEST_CASE("a run that is stopped does not wait for a provider that does not look") {
  for (const std::size_t parallel : {1U, 3U}) {
    OpContext ctx;
    Stuck stuck([](const Resource& r) { return r.address == "r1001"; }, [&ctx] { ctx.cancel.cancel(); });
    SchedulerOptions o = seeded(parallel);
    o.grace = 0s;
    Fleet fleet(stuck.provider.get(), 9);
    const Run r = run(fleet.reads, o, ctx);
    CHECK(r.status.error().code() == Errc::cancelled);
    check_once_each(r);
    CHECK(r.outcomes[1].outcome.error().code() == Errc::cancelled);
    CHECK(r.outcomes[1].outcome.error().subject() == "r1001");
  }
}

TEST_CASE("the operation's deadline holds for a provider that does not look at it") {
  test::FakeClock clock;
  OpContext ctx = test::on(clock);
  ctx.deadline = Deadline::after(clock, 5s);
  Stuck stuck([](const Resource&) { return true; }, [&clock] { clock.advance(6s); });
  SchedulerOptions o = seeded(1);
  o.grace = 0s;
  Fleet fleet(stuck.provider.get(), 3);
  const Run r = run(fleet.reads, o, ctx);
  CHECK(r.status.error().code() == Errc::deadline);
  check_once_each(r);
  for (const ScheduledOutcome& out : r.outcomes) CHECK(out.outcome.error().code() == Errc::deadline);
}

TEST_CASE("a read that does not end is E_READ_TIMEOUT, and the others are read") {
  test::FakeClock clock;
  Stuck stuck([](const Resource& r) { return r.address == "r1001"; }, [&clock] { clock.advance(61s); });
  stuck.provider->caps = {.can_list = false, .max_batch = 16, .max_concurrency = 4};
  SchedulerOptions o = seeded(1);
  o.grace = 0s;
  Fleet fleet(stuck.provider.get(), 9);
  const Run r = run(fleet.reads, o, test::on(clock));
  CHECK(r.status.ok());
  check_once_each(r);
  for (std::size_t i = 0; i < 9; ++i) {
    if (i != 1)
      CHECK(r.outcomes[i].outcome.is_found());
    else
      CHECK(r.outcomes[i].outcome.error().code() == Errc::read_timeout);
  }
}

TEST_CASE("reads that do not end keep their places in the lane; when none is free, the rest of the lane is given up") {
  test::FakeClock clock;
  Stuck stuck([](const Resource& r) { return r.address < "r1002"; }, [&clock] { clock.advance(61s); });
  stuck.provider->caps = {.can_list = false, .max_batch = 1, .max_concurrency = 2};
  test::FakeProvider other;
  other.label = "other";
  SchedulerOptions o = seeded(1);
  o.grace = 0s;
  Fleet fleet(stuck.provider.get(), 6), others(&other, 3);
  std::vector<ScheduledRead> reads = fleet.reads;
  reads.insert(reads.end(), others.reads.begin(), others.reads.end());
  const Run r = run(reads, o, test::on(clock));
  CHECK(r.status.ok());
  check_once_each(r);
  for (std::size_t i = 0; i < 6; ++i) CHECK(r.outcomes[i].outcome.error().code() == Errc::read_timeout);
  for (std::size_t i = 6; i < 9; ++i) CHECK(r.outcomes[i].outcome.is_found());
  CHECK(stuck.provider->most_at_once == 2);
}

TEST_CASE("the grace is what a provider has to return in") {
  test::FakeClock clock;
  OpContext ctx = test::on(clock);
  const auto provider = std::make_shared<test::FakeProvider>();
  provider->whole = [&](std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext&) -> Status {
    ctx.cancel.cancel();
    for (int i = 0; i < 100; ++i) std::this_thread::yield();
    sink(0, ReadOutcome::found(*batch[0].resource));
    return {};
  };
  Fleet fleet(provider.get(), 1);
  const Run r = run(fleet.reads, seeded(1), ctx);  // the clock stands still, so that its two seconds do not pass
  check_once_each(r);
  CHECK(r.outcomes[0].outcome.is_found());
}
