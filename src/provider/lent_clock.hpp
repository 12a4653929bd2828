// A clock that can be taken back from those who still hold it: for calls into providers that are given up while they run.
//
// Thread rule: any. After take_back() the lender is not touched again; time is then so late that every deadline has passed.
#pragma once

#include <shared_mutex>

#include "drift/base/clock.hpp"

namespace drift::provider_internal {

class LentClock final : public Clock {
 public:
  explicit LentClock(const Clock& lender) : lender_(&lender) {}
  [[nodiscard]] Duration monotonic() const override;
  [[nodiscard]] Duration wall() const override;
  // In slices, so that take_back() need not wait for its end.
  void sleep(Duration d) const override;
  void take_back();

 private:
  mutable std::shared_mutex mutex_;
  const Clock* lender_;
};

}  // namespace drift::provider_internal
