// One run of the read scheduler: a queue of batches per lane, and workers that take from them.
//
// A failed batch does not hold its worker while it waits to be tried again: what failed goes back into the lane's queue with the time
// from which it is ready. When nothing is ready one worker (the timekeeper) sleeps in short slices, so that a cancel is seen at once; the
// others wait to be told.
//
// Thread rule: run() once, from one thread; work() is what each worker does. mutex_ guards the queues, deliver_mutex_ the sink; they are
// never held together. Ownership: borrows everything it is given.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "drift/provider/scheduler.hpp"
#include "provider/retry_delay.hpp"

namespace drift::provider_internal {

class ReadRun {
 public:
  using Sink = std::function<void(std::size_t, ScheduledOutcome)>;
  ReadRun(const std::vector<ScheduledRead>& reads, const SchedulerOptions& options, const OpContext& ctx, const Sink& sink);
  Status run();

 private:
  struct Item {
    std::size_t index = 0;
    unsigned attempts = 0;
    std::optional<Errc> failed_with{};  // of the last attempt
  };
  struct Batch {
    std::vector<Item> items;
    Clock::Duration ready_at = Clock::Duration::min();
  };
  struct Lane {
    Provider* provider = nullptr;
    std::string name;
    std::size_t max_batch = 1;
    std::size_t limit = 1;  // read() calls at once
    std::size_t in_flight = 0;
    std::vector<Item> members{};  // until plan_batches() deals them out
    std::deque<Batch> queue{};
  };
  struct Finished {
    std::size_t index = 0;
    ScheduledOutcome outcome;
  };
  struct Taken {
    std::size_t lane = 0;
    Batch batch;
  };

  void plan_lanes();
  std::size_t plan_batches();
  void start_and_join(std::size_t workers);
  void work();
  void work_and_keep_exceptions();
  std::optional<Taken> take(Clock::Duration now, Clock::Duration& wake);
  void read_batch(Taken taken);
  void stop(const Error& why, std::unique_lock<std::mutex>& lock);
  void wait(Clock::Duration now, Clock::Duration wake, std::unique_lock<std::mutex>& lock);
  void deliver(std::vector<Finished> finished);
  [[nodiscard]] ScheduledOutcome unread(const Lane& lane, const Item& item, const Error& why) const;

  const std::vector<ScheduledRead>& reads_;
  const SchedulerOptions& options_;
  const OpContext& ctx_;
  const Sink& sink_;
  const std::size_t parallel_;
  const unsigned attempts_;
  const Backoff backoff_;
  std::vector<Finished> refused_;  // without a provider, or whose provider failed before it was asked to read

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Lane> lanes_;
  std::size_t next_lane_ = 0;  // where the search for work begins, so that lanes take turns
  std::size_t queued_ = 0;     // batches
  std::size_t in_flight_ = 0;  // batches
  bool timekeeper_ = false;
  std::optional<Error> stopped_;
  std::exception_ptr thrown_;

  std::mutex deliver_mutex_;
  std::size_t done_ = 0;
};

}  // namespace drift::provider_internal
