// ReadScheduler: reads many resources through their providers: batches, bounded concurrency per lane, a deadline per read, retries with
// jitter for retryable errors, progress, cancel.
//
// The result of a run does not depend on the number of threads: outcomes are handed over by request index.
//
// A read that ran out of its time is read once more, alone, with all of that time to itself; others of its batch that have their answer are
// not read again, and those whose turn did not come do not pay for it. Where many reads in a row got no answer at all in a lane, those that
// ran out of time there before are not tried again.
//
// A provider that does not return when its time is over, or the operation is stopped, is left to itself after `grace`: the resources are
// E_READ_TIMEOUT, or given as stopped, and the run goes on or returns. The call keeps its thread and its place among the lane's reads;
// when it has them all, what is left in the lane is E_READ_TIMEOUT. This takes a provider that a shared_ptr holds; any other is waited for.
//
// A provider is foreign code: an exception that it throws is the outcome E_INTERNAL of what it had not answered, a resource that it never
// answers is E_READ_FAILED, and of two answers for one resource the first counts. An exception that the sink throws ends the run and
// comes out of run_reads().
//
// Thread rule: reads run on threads of their own, which are joined before run_reads() returns, those that were left excepted. The sink and
// `progress` are called by the calling thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "drift/base/cancel.hpp"
#include "drift/provider/provider.hpp"

namespace drift {

struct SchedulerOptions {
  std::size_t parallel = 8;                                  // reads at once in all; taken into 1..256
  std::size_t per_lane = 0;                                  // reads at once in one lane; 0 = the provider's own limit
  Clock::Duration read_timeout = std::chrono::seconds(60);   // one batch, one attempt
  Clock::Duration grace = std::chrono::seconds(2);           // for a provider to return when its time is over
  unsigned attempts = 4;                                     // 1 = no retry
  Clock::Duration backoff = std::chrono::milliseconds(200);  // doubles for each retry, up to backoff_max; full jitter
  Clock::Duration backoff_max = std::chrono::seconds(20);
  std::uint64_t jitter_seed = 0;  // 0: from the clock
  // done, total; called at most once per batch and attempt.
  std::function<void(std::size_t, std::size_t)> progress{};
};

struct ScheduledRead {
  Provider* provider = nullptr;  // nullptr: outcome failed, E_READ_UNSUPPORTED
  const Resource* resource = nullptr;
};

struct ScheduledOutcome {
  ReadOutcome outcome;
  std::string lane;
  unsigned attempts = 0;
};

// Reads all; borrows everything until it returns. Calls `sink` exactly once for each index. Returns E_CANCELLED or E_DEADLINE when stopped:
// resources that were not read by then have been given to the sink as failed with that code.
Status run_reads(const std::vector<ScheduledRead>& reads, const SchedulerOptions& options, const OpContext& ctx,
                 const std::function<void(std::size_t, ScheduledOutcome)>& sink);

}  // namespace drift
