#include "drift/base/cancel.hpp"

#include <algorithm>

namespace drift {

Clock::Duration Deadline::left(const Clock& clock) const {
  if (never()) return Clock::Duration::max();
  return std::max(Clock::Duration::zero(), at_ - clock.monotonic());
}

Status OpContext::check() const {
  if (cancel.cancelled()) return Error(Errc::cancelled, "the operation was cancelled").fatal();
  if (!deadline.never() && deadline.passed(*clock))
    return Error(Errc::deadline, "the operation ran past its deadline")
        .next("allow more time (`timeout`), or scan less (`targets`)")
        .fatal();
  return {};
}

}  // namespace drift
