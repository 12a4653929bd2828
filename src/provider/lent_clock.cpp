#include "provider/lent_clock.hpp"

#include <algorithm>
#include <mutex>

namespace drift::provider_internal {
namespace {

constexpr Clock::Duration slice = std::chrono::milliseconds(20);
// Not max(): somebody may add to it.
constexpr Clock::Duration end_of_time = Clock::Duration::max() / 2;

}  // namespace

Clock::Duration LentClock::monotonic() const {
  const std::shared_lock lock(mutex_);
  return lender_ != nullptr ? lender_->monotonic() : end_of_time;
}

Clock::Duration LentClock::wall() const {
  const std::shared_lock lock(mutex_);
  return lender_ != nullptr ? lender_->wall() : system_clock().wall();
}

void LentClock::sleep(Duration d) const {
  for (Duration left = d; left > Duration::zero(); left -= slice) {
    const std::shared_lock lock(mutex_);
    if (lender_ == nullptr) return;
    lender_->sleep_part(std::min(left, slice), left);
  }
}

void LentClock::take_back() {
  const std::unique_lock lock(mutex_);
  lender_ = nullptr;
}

}  // namespace drift::provider_internal
