// One run of the read scheduler: a queue of batches per lane, workers that take from them, and the calling thread, which hands over what
// they bring, keeps the time, and leaves calls to themselves that do not end.
//
// A failed batch does not hold its worker while it waits to be tried again: what failed goes back into the lane's queue with the time
// from which it is ready. The calling thread sleeps in short slices, so that a cancel is seen at once.
//
// Thread rule: run() once, from one thread. mutex_ guards everything that changes; it is never held while foreign code runs.
// Ownership: in a shared_ptr, which each worker holds too; borrows everything it is given until run() returns. A worker whose call was
// left touches nothing else afterwards than lanes_ and workers_.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "drift/provider/scheduler.hpp"
#include "provider/read_call.hpp"
#include "provider/read_turns.hpp"
#include "provider/retry_delay.hpp"

namespace drift::provider_internal {

class ReadRun : public std::enable_shared_from_this<ReadRun> {
 public:
  using Sink = std::function<void(std::size_t, ScheduledOutcome)>;
  ReadRun(const std::vector<ScheduledRead>& reads, const SchedulerOptions& options, const OpContext& ctx, const Sink& sink);
  Status run();

 private:
  using Lock = std::unique_lock<std::mutex>;
  struct Item {
    std::size_t index = 0;
    unsigned attempts = 0;
    bool ran_out = false;               // of time, in an earlier call
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
    std::size_t limit = 1;  // reads at once
    std::size_t ahead = 0;  // read() calls beyond them, which wait for their turn by themselves: then all of the lane's do
                            // Without them a worker waits before the call, in the same order.
    std::size_t in_flight = 0;
    std::size_t left = 0;         // of those in flight: calls that are not waited for
    std::size_t silent = 0;       // calls in a row that ran out of time without any answer
    std::vector<Item> members{};  // until plan_batches() deals them out
    std::deque<Batch> queue{};
  };
  struct Finished {
    std::size_t index = 0;
    ScheduledOutcome outcome;
  };
  struct Taken {
    std::size_t lane = 0;
    bool takes_turns = false;
    Batch batch;
  };
  // A call that is being made.
  struct Flight {
    std::size_t lane = 0;
    std::size_t worker = 0;
    std::vector<Item> items;
    std::shared_ptr<ReadCall> call;
    std::optional<Clock::Duration> overdue_since{};
  };
  // What becomes of a resource after an attempt.
  enum class Next : std::uint8_t { finish, retry, alone, regroup };

  // read_plan.cpp
  void plan_lanes();
  std::size_t plan_batches();
  void refuse(std::size_t index, Error why);

  // read_run.cpp: the workers
  void start_worker();
  void work(std::size_t worker);
  bool read_next(std::size_t worker, Lock& lock);
  bool wait_for_turn(Taken& taken, Lock& lock);
  [[nodiscard]] static bool has_room(const Lane& lane);
  std::optional<Taken> take(Clock::Duration now);
  void settle(const Flight& flight, std::vector<ReadAnswer> answers);
  [[nodiscard]] Next next_of(Item& item, const ReadAnswer& answer, bool alone, bool culprit_known, bool stopping) const;
  void queue(std::size_t lane, std::vector<Item> items);

  // read_run.cpp: the calling thread
  void supervise();
  [[nodiscard]] bool going_on() const;
  void deliver(Lock& lock);
  void stop(const Error& why);
  void leave_overdue();
  void leave(const Flight& flight);
  void wait(Lock& lock);
  [[nodiscard]] Clock::Duration next_ready() const;
  void end_workers();

  void give_up_queue(Lane& lane, const Error& why, bool only_ran_out);
  [[nodiscard]] ScheduledOutcome unread(const Lane& lane, const Item& item, const Error& why) const;
  void keep_exception();

  const std::vector<ScheduledRead>& reads_;
  const SchedulerOptions& options_;
  const OpContext& ctx_;
  const Sink& sink_;
  const std::size_t parallel_;
  const std::shared_ptr<ReadTurns> turns_;
  const unsigned attempts_;
  const Backoff backoff_;

  std::mutex mutex_;
  std::condition_variable work_;  // for workers
  std::condition_variable news_;  // for the calling thread
  std::vector<Lane> lanes_;
  std::size_t next_lane_ = 0;  // where the search for work begins, so that lanes take turns
  std::size_t queued_ = 0;     // batches
  std::size_t in_flight_ = 0;  // batches whose call is waited for
  std::list<Flight> flights_;
  std::vector<Finished> finished_;  // not yet handed over
  std::map<std::size_t, std::thread> workers_;
  std::size_t next_worker_ = 1;  // 0 is the calling thread
  std::size_t done_ = 0;
  std::optional<Error> stopped_;
  std::exception_ptr thrown_;
};

}  // namespace drift::provider_internal
