// How long to wait before a failed read is tried again: exponential backoff with full jitter.
//
// The wait depends on seed, address and attempt alone, never on which thread asks or when, so that a run can be repeated.
// Thread rule: any.
#pragma once

#include <cstdint>
#include <string_view>

#include "drift/base/clock.hpp"

namespace drift::provider_internal {

struct Backoff {
  Clock::Duration first{};  // upper bound of the first wait; doubles with each attempt
  Clock::Duration most{};   // upper bound of every wait
  std::uint64_t seed = 0;
};

// The upper bound of the wait after attempt `attempt` (counted from 1).
[[nodiscard]] Clock::Duration backoff_bound(const Backoff& backoff, unsigned attempt);
// Uniform in [0, backoff_bound].
[[nodiscard]] Clock::Duration retry_delay(const Backoff& backoff, std::string_view address, unsigned attempt);

}  // namespace drift::provider_internal
