// The mass-deletion breaker: many resources of one lane not found at once are a fault of credentials, region or mount, not deletions.
//
// Thread rule: a LaneTally belongs to one thread.
#pragma once

#include <cstdint>
#include <string>

#include "drift/classify/classify.hpp"

namespace drift::classify_internal {

// Reads of one lane that expected something and got an answer. Resources whose absence was expected or is ignored tell nothing of the
// credentials and are in neither count.
struct LaneTally {
  std::uint64_t answered = 0;
  std::uint64_t absent = 0;
};

[[nodiscard]] bool breaks(const LaneTally& lane, const BreakerOptions& options);
// What each held-back deletion of the lane becomes.
[[nodiscard]] Error mass_deletion_error(const std::string& lane, const LaneTally& tally);

}  // namespace drift::classify_internal
