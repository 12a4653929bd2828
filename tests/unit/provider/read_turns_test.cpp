#include "provider/read_turns.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <future>
#include <set>
#include <thread>

#include "unit/provider/scheduled_run.hpp"

using namespace drift;
using namespace drift::test;  // NOLINT(google-build-using-namespace)
using drift::provider_internal::ReadTurns;

namespace {

// Prepares, and holds each of its turns until somebody else prepares: alone() says that nobody is left who could.
class Turns {
 public:
  Status prepare(ReadTime& time) {
    {
      const std::lock_guard lock(mutex_);
      ++prepared_;
      news_.notify_all();
    }
    (void)time.stop();
    DRIFT_TRY(time.turn());
    const std::lock_guard lock(mutex_);
    most_ = std::max(most_, ++now_);
    ++read_;
    return {};
  }
  void others_prepare(int of) {
    std::unique_lock lock(mutex_);
    news_.wait(lock, [&] { return prepared_ > read_ || prepared_ == of; });
  }
  void end() {
    const std::lock_guard lock(mutex_);
    --now_;
  }
  [[nodiscard]] int most() const { return most_; }

 private:
  std::mutex mutex_;
  std::condition_variable news_;
  int prepared_ = 0, read_ = 0, now_ = 0, most_ = 0;
};

}  // namespace

TEST_CASE("a turn goes to one who waits, and to nobody else") {
  ReadTurns turns(1);
  REQUIRE(turns.take({}).ok());
  std::atomic<int> now{0}, most{0};
  std::vector<std::thread> waiters;
  for (int i = 0; i < 8; ++i)
    waiters.emplace_back([&] {
      CHECK(turns.take({}).ok());
      most = std::max(most.load(), ++now);
      std::this_thread::yield();
      --now;
      turns.give_back();
    });
  turns.give_back();
  for (std::thread& waiter : waiters) waiter.join();
  CHECK(most == 1);
}

TEST_CASE("turns are given in the order of coming") {
  ReadTurns turns(1);
  REQUIRE(turns.take({}).ok());
  std::vector<int> order;  // only who has the turn touches it
  std::vector<std::thread> waiters;
  for (int i = 0; i < 5; ++i) {
    waiters.emplace_back([&turns, &order, i] {
      CHECK(turns.take({}).ok());
      order.push_back(i);
      turns.give_back();
    });
    while (turns.waiting() != static_cast<std::size_t>(i) + 1) std::this_thread::yield();
  }
  turns.give_back();
  for (std::thread& waiter : waiters) waiter.join();
  CHECK(order == std::vector<int>{0, 1, 2, 3, 4});
}

TEST_CASE("who is cancelled while it waits takes no turn") {
  ReadTurns turns(1);
  REQUIRE(turns.take({}).ok());
  OpContext ctx;
  std::thread canceller([&] { ctx.cancel.cancel(); });
  const Status s = turns.take(ctx);
  canceller.join();
  REQUIRE_FALSE(s.ok());
  CHECK(s.error().code() == Errc::cancelled);
  turns.give_back();
  CHECK(turns.take({}).ok());
}

TEST_CASE("reads are prepared while others go on, and no more go on than may") {
  for (const std::size_t parallel : {1U, 2U, 5U}) {
    test::FakeProvider p;
    p.caps = {.can_list = false, .max_batch = 1, .max_concurrency = 5, .takes_turns = true};
    Turns turns;
    p.whole = [&](std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext&) -> Status {
      DRIFT_TRY(turns.prepare(*batch[0].time));
      (void)batch[0].time->start();
      turns.others_prepare(30);  // for ever, if nobody were called ahead of its turn
      turns.end();
      sink(0, ReadOutcome::found(*batch[0].resource));
      return {};
    };
    Fleet fleet(&p, 30);
    const Run r = run(fleet.reads, seeded(parallel), {});
    check_once_each(r);
    for (const ScheduledOutcome& out : r.outcomes) CHECK(out.outcome.is_found());
    CHECK(turns.most() <= static_cast<int>(parallel));
  }
}

TEST_CASE("lanes that take turns share them with those that do not") {
  test::FakeProvider taking, plain;
  taking.caps = {.can_list = false, .max_batch = 1, .max_concurrency = 4, .takes_turns = true};
  plain.caps = {.can_list = false, .max_batch = 1, .max_concurrency = 4};
  std::atomic<int> now{0}, most{0};
  const auto read = [&](const ReadRequest& q, const ReadSink& sink) {
    const int n = ++now;
    for (int before = most; n > before && !most.compare_exchange_weak(before, n);) continue;
    std::this_thread::yield();
    --now;
    sink(0, ReadOutcome::found(*q.resource));
  };
  taking.whole = [&](std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext&) -> Status {
    (void)batch[0].time->stop();
    DRIFT_TRY(batch[0].time->turn());
    (void)batch[0].time->start();
    read(batch[0], sink);
    return {};
  };
  plain.whole = [&](std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext&) -> Status {
    read(batch[0], sink);
    return {};
  };
  Fleet fleet(&taking, 200), others(&plain, 200);
  fleet.reads.insert(fleet.reads.end(), others.reads.begin(), others.reads.end());
  const Run r = run(fleet.reads, seeded(3), {});
  check_once_each(r);
  for (const ScheduledOutcome& out : r.outcomes) CHECK(out.outcome.is_found());
  CHECK(most <= 3);
}

TEST_CASE("a limit below the provider's own is the run's to keep") {
  test::FakeProvider p;
  p.caps = {.can_list = false, .max_batch = 1, .max_concurrency = 8, .takes_turns = true};
  p.answer = [](const Resource& r, unsigned, const OpContext&) { return ReadOutcome::found(r); };
  SchedulerOptions o = seeded(8);
  o.per_lane = 2;
  Fleet fleet(&p, 50);
  check_once_each(run(fleet.reads, o, {}));
  CHECK(p.most_at_once <= 2);
}

TEST_CASE("who waits for a turn sees that the scan is cancelled") {
  test::FakeProvider p;
  p.caps = {.can_list = false, .max_batch = 1, .max_concurrency = 1, .takes_turns = true};
  CancelToken source;
  std::atomic<int> waiting{0};
  p.whole = [&](std::span<const ReadRequest> batch, const ReadSink&, const OpContext&) -> Status {
    const OpContext until = batch[0].time->stop();
    const bool last = ++waiting == 2;
    if (last) source.cancel();
    DRIFT_TRY(batch[0].time->turn());
    while (until.check().ok()) std::this_thread::yield();  // the turn is not given back before
    return until.check();
  };
  OpContext ctx;
  ctx.cancel = source;
  Fleet fleet(&p, 10);
  const Run r = run(fleet.reads, seeded(1), ctx);
  check_once_each(r);
  CHECK(r.status.error().code() == Errc::cancelled);
  CHECK(waiting == 2);
}
