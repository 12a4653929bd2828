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

TEST_CASE("no reads are no work") {
  const Run r = run({}, {}, {});
  CHECK(r.status.ok());
}

TEST_CASE("every index is answered exactly once, whatever the number of threads and providers") {
  for (const std::size_t parallel : {1U, 3U, 16U}) {
    test::FakeProvider a, b;
    a.caps.max_batch = 7;
    b.lane_of = [](const Resource& r) { return "lane " + r.address.substr(4); };
    Fleet one(&a, 100), two(&b, 100);
    std::vector<ScheduledRead> reads = one.reads;
    reads.insert(reads.end(), two.reads.begin(), two.reads.end());
    const Run r = run(reads, seeded(parallel), {});
    CHECK(r.status.ok());
    check_once_each(r);
    for (std::size_t i = 0; i < reads.size(); ++i) CHECK(r.outcomes[i].outcome.resource().address == reads[i].resource->address);
    CHECK(r.outcomes[0].lane == "fake");
    CHECK(r.outcomes[100].lane == "lane 0");
    CHECK(r.outcomes[0].attempts == 1);
  }
}

TEST_CASE("a resource without a provider is unsupported and disturbs nobody") {
  test::FakeProvider p;
  Fleet fleet(&p, 3);
  fleet.reads[1].provider = nullptr;
  const Run r = run(fleet.reads, {}, {});
  CHECK(r.status.ok());
  check_once_each(r);
  REQUIRE(r.outcomes[1].outcome.is_failed());
  CHECK(r.outcomes[1].outcome.error().code() == Errc::read_unsupported);
  CHECK(r.outcomes[1].attempts == 0);
  CHECK(r.outcomes[2].outcome.is_found());
}

TEST_CASE("batches are no larger than the provider takes, and small enough for all workers") {
  test::FakeProvider p;
  p.caps.max_batch = 10;
  p.caps.max_concurrency = 4;
  Fleet many(&p, 95);
  (void)run(many.reads, seeded(2), {});
  auto sizes = p.batch_sizes();
  CHECK(sizes.size() == 10);
  CHECK(*std::max_element(sizes.begin(), sizes.end()) == 10);

  test::FakeProvider q;
  q.caps = {.can_list = false, .max_batch = 64, .max_concurrency = 4};
  Fleet few(&q, 8);
  (void)run(few.reads, seeded(4), {});
  CHECK(q.batch_sizes() == std::vector<std::size_t>{2, 2, 2, 2});
}

TEST_CASE("no lane has more reads at once than its provider or the caller allows") {
  for (const std::size_t per_lane : {0U, 2U, 50U}) {
    test::FakeProvider p;
    p.caps = {.can_list = false, .max_batch = 1, .max_concurrency = 3};
    std::mutex mutex;
    std::map<std::string, int> at_once, most;
    p.lane_of = [](const Resource& r) { return std::string(1, r.address.back()); };
    p.answer = [&](const Resource& r, unsigned, const OpContext&) {
      const std::string lane(1, r.address.back());
      {
        const std::lock_guard lock(mutex);
        most[lane] = std::max(most[lane], ++at_once[lane]);
      }
      for (int i = 0; i < 50; ++i) std::this_thread::yield();
      const std::lock_guard lock(mutex);
      --at_once[lane];
      return ReadOutcome::found(r);
    };
    Fleet fleet(&p, 200);
    SchedulerOptions o = seeded(16);
    o.per_lane = per_lane;
    check_once_each(run(fleet.reads, o, {}));
    for (const auto& [lane, n] : most) CHECK(n <= (per_lane == 2 ? 2 : 3));
    CHECK(p.most_at_once <= 16);
  }
}

TEST_CASE("a lane with a limit of its own takes no more workers than that") {
  test::FakeProvider p;
  p.caps = {.can_list = false, .max_batch = 1, .max_concurrency = 16};
  p.lane_of = [](const Resource& r) { return r.address < "r1010" ? "narrow" : "wide"; };
  p.limit_of = [](const Resource& r) -> std::size_t { return r.address < "r1010" ? 1 : 16; };
  std::mutex mutex;
  std::condition_variable read;
  int narrow = 0, wide = 0;
  bool waited_for_ever = false;
  p.answer = [&](const Resource& r, unsigned, const OpContext&) {
    std::unique_lock lock(mutex);
    if (r.address >= "r1010") {
      ++wide;
      read.notify_all();
      return ReadOutcome::found(r);
    }
    // The first of them until all others are read, which takes one of the two workers.
    if (++narrow == 1) waited_for_ever = !read.wait_for(lock, std::chrono::seconds(60), [&] { return wide == 30; });
    return ReadOutcome::found(r);
  };
  Fleet fleet(&p, 40);
  check_once_each(run(fleet.reads, seeded(2), {}));
  CHECK_FALSE(waited_for_ever);
  p.limit_of = [](const Resource& r) -> std::size_t {
    if (r.address < "r1010") throw std::runtime_error("no limit");
    return 16;
  };
  const Run r = run(fleet.reads, seeded(2), {});
  check_once_each(r);
  CHECK(r.outcomes[0].outcome.error().code() == Errc::internal);
  CHECK(r.outcomes[10].outcome.is_found());
}

TEST_CASE("one thread means one read at a time") {
  test::FakeProvider p;
  p.caps.max_batch = 1;
  Fleet fleet(&p, 50);
  check_once_each(run(fleet.reads, seeded(1), {}));
  CHECK(p.most_at_once == 1);
}

TEST_CASE("as many reads as are allowed do run at once") {
  test::FakeProvider p;
  p.caps = {.can_list = false, .max_batch = 1, .max_concurrency = 4};
  std::mutex mutex;
  std::condition_variable all_here;
  int here = 0;
  bool met = true;
  p.answer = [&](const Resource& r, unsigned, const OpContext&) {  // waits until four are inside together
    std::unique_lock lock(mutex);
    ++here;
    all_here.notify_all();
    met = all_here.wait_for(lock, 30s, [&] { return here >= 4; }) && met;
    return ReadOutcome::found(r);
  };
  Fleet fleet(&p, 4);
  check_once_each(run(fleet.reads, seeded(8), {}));
  CHECK(met);
  CHECK(p.most_at_once == 4);
}

TEST_CASE("only what failed is tried again, as often as allowed, and only when that may help") {
  test::FakeClock clock;
  test::FakeProvider p;
  p.caps.max_batch = 100;
  p.answer = [](const Resource& r, unsigned attempt, const OpContext&) {
    if (r.address == "r1001" && attempt < 3) return ReadOutcome::failed(throttled());
    if (r.address == "r1002") return ReadOutcome::failed(throttled());
    if (r.address == "r1003") return ReadOutcome::failed(Error(Errc::read_auth, "access was denied"));
    return ReadOutcome::found(r);
  };
  Fleet fleet(&p, 5);
  SchedulerOptions o = seeded(1);
  o.attempts = 4;
  const Run r = run(fleet.reads, o, test::on(clock));
  CHECK(r.status.ok());
  check_once_each(r);
  CHECK(p.attempts("r1000") == 1);
  CHECK(r.outcomes[1].outcome.is_found());
  CHECK(r.outcomes[1].attempts == 3);
  CHECK(r.outcomes[2].outcome.error().code() == Errc::read_throttled);
  CHECK(p.attempts("r1002") == 4);
  CHECK(r.outcomes[2].attempts == 4);
  CHECK(r.outcomes[2].outcome.error().subject() == "r1002");
  CHECK(p.attempts("r1003") == 1);
  CHECK(r.outcomes[3].outcome.error().code() == Errc::read_auth);
}

TEST_CASE("waits before retries stay within the backoff") {
  test::FakeClock clock;
  test::FakeProvider p;
  std::vector<Clock::Duration> when;
  p.answer = [&](const Resource&, unsigned, const OpContext&) {
    when.push_back(clock.monotonic());
    return ReadOutcome::failed(throttled());
  };
  Fleet fleet(&p, 1);
  SchedulerOptions o = seeded(1);
  o.attempts = 6;
  o.backoff = 100ms;
  o.backoff_max = 400ms;
  CHECK(run(fleet.reads, o, test::on(clock)).status.ok());
  REQUIRE(when.size() == 6);
  const Clock::Duration bounds[] = {100ms, 200ms, 400ms, 400ms, 400ms};
  for (std::size_t i = 0; i < 5; ++i) CHECK(when[i + 1] - when[i] <= bounds[i]);
  CHECK(clock.slept() > 0s);
  CHECK(clock.slept() <= 1500ms);
}

TEST_CASE("a retry whose time comes before anybody waits for it is made all the same") {
  // The calling thread looks at the clock late: whenever it does, a minute has gone by.
  class LateClock final : public Clock {
   public:
    [[nodiscard]] Duration monotonic() const override {
      if (std::this_thread::get_id() == late_) time_.advance(60s);
      return time_.monotonic();
    }
    [[nodiscard]] Duration wall() const override { return time_.wall(); }
    void sleep(Duration d) const override { time_.sleep(d); }

   private:
    std::thread::id late_ = std::this_thread::get_id();
    test::FakeClock time_;
  };
  const LateClock clock;
  test::FakeProvider p;
  p.answer = [](const Resource& r, unsigned attempt, const OpContext&) {
    return attempt == 1 ? ReadOutcome::failed(throttled()) : ReadOutcome::found(r);
  };
  Fleet fleet(&p, 1);
  OpContext ctx = test::on(clock);
  ctx.deadline = Deadline::after(clock, 4h);
  SchedulerOptions o = seeded(1);
  o.read_timeout = 10h;
  const Run r = run(fleet.reads, o, ctx);
  CHECK(r.status.ok());
  CHECK(r.outcomes[0].outcome.is_found());
}

TEST_CASE("a lane that waits does not hold up another") {
  test::FakeClock clock;
  test::FakeProvider slow, quick;
  slow.label = "slow";
  slow.answer = [](const Resource& r, unsigned attempt, const OpContext&) {
    return attempt == 1 ? ReadOutcome::failed(throttled()) : ReadOutcome::found(r);
  };
  Clock::Duration quick_at{-1};
  quick.answer = [&](const Resource& r, unsigned, const OpContext&) {
    quick_at = clock.slept();
    return ReadOutcome::found(r);
  };
  Fleet a(&slow, 1), b(&quick, 1);
  std::vector<ScheduledRead> reads{a.reads[0], b.reads[0]};
  check_once_each(run(reads, seeded(1), test::on(clock)));
  CHECK(quick_at == 0s);
}

TEST_CASE("outcomes are the same for 1 and 16 threads") {
  const auto outcomes = [](std::size_t parallel) {
    test::FakeClock clock;
    test::FakeProvider p;
    p.caps.max_batch = 3;
    p.answer = [](const Resource& r, unsigned attempt, const OpContext&) {
      const int n = std::stoi(r.address.substr(1));
      if (n % 7 == 0) return ReadOutcome::absent();
      if (n % 5 == 0 && attempt <= static_cast<unsigned>(n % 6)) return ReadOutcome::failed(throttled());
      return ReadOutcome::found(r);
    };
    Fleet fleet(&p, 120);
    const Run r = run(fleet.reads, seeded(parallel), test::on(clock));
    check_once_each(r);
    std::vector<std::string> out;
    for (const ScheduledOutcome& o : r.outcomes)
      out.push_back((o.outcome.is_found()    ? o.outcome.resource().address
                     : o.outcome.is_failed() ? o.outcome.error().to_string()
                                             : "absent") +
                    " " + std::to_string(o.attempts) + " " + o.lane);
    return out;
  };
  CHECK(outcomes(1) == outcomes(16));
}

TEST_CASE("cancel in the middle: the rest is given as cancelled, and the run says so") {
  for (const std::size_t parallel : {1U, 4U}) {
    test::FakeProvider p;
    p.caps.max_batch = 5;
    OpContext ctx;
    std::atomic<int> reads{0};
    p.answer = [&](const Resource& r, unsigned, const OpContext& c) {
      if (++reads == 12) ctx.cancel.cancel();
      return c.cancel.cancelled() ? ReadOutcome::failed(c.check().error()) : ReadOutcome::found(r);
    };
    Fleet fleet(&p, 100);
    const Run r = run(fleet.reads, seeded(parallel), ctx);
    REQUIRE_FALSE(r.status.ok());
    CHECK(r.status.error().code() == Errc::cancelled);
    check_once_each(r);
    const auto found = std::count_if(r.outcomes.begin(), r.outcomes.end(), [](const auto& o) { return o.outcome.is_found(); });
    CHECK(found >= 8);  // 11, give or take what the other threads were in the middle of
    CHECK(found <= 14);
    for (const ScheduledOutcome& o : r.outcomes) {
      if (!o.outcome.is_found()) {
        CHECK(o.outcome.error().code() == Errc::cancelled);
        CHECK_FALSE(o.outcome.error().subject().empty());
      }
    }
  }
}

TEST_CASE("cancel while waiting to try again works within one slice, and says what was tried") {
  test::FakeClock clock;
  test::FakeProvider p;
  p.answer = [](const Resource&, unsigned, const OpContext&) { return ReadOutcome::failed(throttled()); };
  OpContext ctx = test::on(clock);
  clock.on_sleep = [&] { ctx.cancel.cancel(); };
  Fleet fleet(&p, 1);
  SchedulerOptions o = seeded(1);
  o.backoff = 1h;
  o.backoff_max = 1h;
  const Run r = run(fleet.reads, o, ctx);
  CHECK(r.status.error().code() == Errc::cancelled);
  check_once_each(r);
  CHECK(r.outcomes[0].outcome.error().code() == Errc::cancelled);
  CHECK(r.outcomes[0].attempts == 1);
  CHECK(r.outcomes[0].outcome.error().to_string().find("E_READ_THROTTLED") != std::string::npos);
  CHECK(clock.slept() <= 100ms);
}

TEST_CASE("a token that is cancelled before the run reads nothing") {
  test::FakeProvider p;
  OpContext ctx;
  ctx.cancel.cancel();
  Fleet fleet(&p, 10);
  const Run r = run(fleet.reads, {}, ctx);
  CHECK(r.status.error().code() == Errc::cancelled);
  check_once_each(r);
  CHECK(p.calls == 0);
}

TEST_CASE("the operation's deadline ends the run; what was read stays read") {
  test::FakeClock clock;
  test::FakeProvider p;
  p.caps.max_batch = 1;
  p.answer = [&](const Resource& r, unsigned, const OpContext&) {
    clock.advance(1s);
    return ReadOutcome::found(r);
  };
  OpContext ctx = test::on(clock);
  ctx.deadline = Deadline::after(clock, 3500ms);
  Fleet fleet(&p, 10);
  const Run r = run(fleet.reads, seeded(1), ctx);
  CHECK(r.status.error().code() == Errc::deadline);
  check_once_each(r);
  for (std::size_t i = 0; i < 10; ++i) {
    if (i < 4)
      CHECK(r.outcomes[i].outcome.is_found());
    else
      CHECK(r.outcomes[i].outcome.error().code() == Errc::deadline);
  }
}

TEST_CASE("a read that takes too long is tried once more and then E_READ_TIMEOUT, the run itself is fine") {
  test::FakeClock clock;
  test::FakeProvider p;
  p.whole = [&](std::span<const ReadRequest>, const ReadSink&, const OpContext& c) -> Status {
    clock.advance(2s);
    return c.check();
  };
  SchedulerOptions o = seeded(1);
  o.read_timeout = 1s;
  o.attempts = 3;
  Fleet fleet(&p, 1);
  const Run r = run(fleet.reads, o, test::on(clock));
  CHECK(r.status.ok());
  CHECK(r.outcomes[0].outcome.error().code() == Errc::read_timeout);
  CHECK(r.outcomes[0].attempts == 2);
  CHECK(p.calls == 2);
}

TEST_CASE("a provider that throws fails its own resources only") {
  test::FakeProvider bad, good;
  bad.whole = [](std::span<const ReadRequest>, const ReadSink&, const OpContext&) -> Status { throw std::runtime_error("boom"); };
  Fleet a(&bad, 4), b(&good, 4);
  std::vector<ScheduledRead> reads = a.reads;
  reads.insert(reads.end(), b.reads.begin(), b.reads.end());
  const Run r = run(reads, seeded(4), {});
  CHECK(r.status.ok());
  check_once_each(r);
  for (std::size_t i = 0; i < 8; ++i) {
    if (i < 4)
      CHECK(r.outcomes[i].outcome.error().code() == Errc::internal);
    else
      CHECK(r.outcomes[i].outcome.is_found());
  }
}

TEST_CASE("a lane() that throws is the failure of that resource") {
  test::FakeProvider p;
  p.lane_of = [](const Resource& r) -> std::string {
    if (r.address == "r1001") throw std::runtime_error("boom");
    return "x";
  };
  Fleet fleet(&p, 3);
  const Run r = run(fleet.reads, {}, {});
  check_once_each(r);
  CHECK(r.outcomes[1].outcome.error().code() == Errc::internal);
  CHECK(r.outcomes[2].outcome.is_found());
}

TEST_CASE("what the sink throws comes out of run_reads, after all threads have ended") {
  test::FakeProvider p;
  p.caps.max_batch = 1;
  Fleet fleet(&p, 50);
  const auto full = [](std::size_t, const ScheduledOutcome&) { throw std::length_error("full"); };
  CHECK_THROWS_AS((void)run_reads(fleet.reads, seeded(4), {}, full), std::length_error);
  CHECK(p.at_once == 0);
}

TEST_CASE("progress rises to the total") {
  test::FakeProvider p;
  p.caps.max_batch = 4;
  Fleet fleet(&p, 21);
  fleet.reads[3].provider = nullptr;
  SchedulerOptions o = seeded(4);
  std::vector<std::size_t> seen;
  bool total_right = true;
  o.progress = [&](std::size_t done, std::size_t total) {
    seen.push_back(done);
    total_right = total_right && total == 21;
  };
  check_once_each(run(fleet.reads, o, {}));
  CHECK(total_right);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  REQUIRE_FALSE(seen.empty());
  CHECK(seen.back() == 21);
}

TEST_CASE("options beyond their range are taken into it") {
  test::FakeProvider p;
  p.caps = {.can_list = false, .max_batch = 0, .max_concurrency = 0};
  Fleet fleet(&p, 5);
  SchedulerOptions o;
  o.parallel = 0;
  o.attempts = 0;
  check_once_each(run(fleet.reads, o, {}));
  CHECK(p.most_at_once == 1);
}
