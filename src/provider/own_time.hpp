// The time that one call may take, for a call that the scheduler does not make: an import.
//
// Thread rule: one thread. Ownership: the operation's context has to outlive it.
#pragma once

#include <chrono>

#include "drift/provider/provider.hpp"

namespace drift::provider_internal {

// From now on, within the operation.
inline Deadline end_of_attempt(const Clock& clock, Deadline operation, Clock::Duration timeout) {
  // Far beyond any operation; keeps now + timeout from overflowing.
  constexpr Clock::Duration unlimited = std::chrono::hours(24 * 365 * 10);
  return timeout >= unlimited ? operation : Deadline::after(clock, timeout).sooner(operation);
}

class OwnTime final : public ReadTime {
 public:
  OwnTime(const OpContext& operation, Clock::Duration timeout) : operation_(operation), timeout_(timeout), due_(operation.deadline) {}
  OpContext stop() override { return until(operation_.deadline); }
  Status turn() override { return {}; }  // no read is waiting for it
  OpContext start() override { return until(end_of_attempt(*operation_.clock, operation_.deadline, timeout_)); }
  // Of its own time, and not of the operation's.
  [[nodiscard]] bool ran_out() const { return due_.passed(*operation_.clock) && operation_.check().ok(); }

 private:
  OpContext until(Deadline due) {
    due_ = due;
    OpContext out = operation_;
    out.deadline = due;
    return out;
  }

  const OpContext& operation_;
  const Clock::Duration timeout_;
  Deadline due_;
};

}  // namespace drift::provider_internal
