// A run of the scheduler with everything that came out of it.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "drift/provider/scheduler.hpp"
#include "unit/provider/fakes.hpp"

namespace drift::test {

struct Run {
  Status status;
  std::vector<int> answers;                // how often each index was answered
  std::vector<ScheduledOutcome> outcomes;  // by index
  bool overlapped = false;                 // the sink was called by two threads at once
};

struct Fleet {
  std::vector<Resource> resources;
  std::vector<ScheduledRead> reads;
  Fleet(Provider* p, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) resources.push_back(resource("r" + std::to_string(1000 + i)));
    for (const Resource& r : resources) reads.push_back({p, &r});
  }
};

inline Run run(const std::vector<ScheduledRead>& reads, const SchedulerOptions& options, const OpContext& ctx) {
  Run out;
  out.answers.resize(reads.size());
  out.outcomes.resize(reads.size());
  std::atomic<int> inside{0};
  out.status = run_reads(reads, options, ctx, [&](std::size_t i, ScheduledOutcome o) {
    if (++inside > 1) out.overlapped = true;
    ++out.answers[i];
    out.outcomes[i] = std::move(o);
    --inside;
  });
  return out;
}

inline void check_once_each(const Run& r) {
  CHECK_FALSE(r.overlapped);
  CHECK(std::all_of(r.answers.begin(), r.answers.end(), [](int n) { return n == 1; }));
}

inline Error throttled() { return Error(Errc::read_throttled, "the service asked to slow down").retryable(); }

inline SchedulerOptions seeded(std::size_t parallel) {
  SchedulerOptions o;
  o.parallel = parallel;
  o.jitter_seed = 7;
  return o;
}

}  // namespace drift::test
