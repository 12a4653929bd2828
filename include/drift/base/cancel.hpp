// Cancel token, deadline, and the context that every operation carries.
//
// Example:
//   CancelToken stop;                       // copies share one flag; stop.cancel() may be called from any thread, also a signal handler
//   OpContext ctx{.cancel = stop, .deadline = Deadline::after(system_clock(), std::chrono::seconds(30))};
//   if (Status s = ctx.check(); !s.ok()) return s;
//
// Thread rule: any. A token belongs to one operation, never to a connection, so that a late cancel cannot hit the next operation.
#pragma once

#include <atomic>
#include <limits>
#include <memory>
#include <optional>

#include "drift/base/clock.hpp"
#include "drift/base/log.hpp"
#include "drift/base/result.hpp"

namespace drift {

class CancelToken {
 public:
  CancelToken() : flag_(std::make_shared<std::atomic<bool>>(false)) {}
  void cancel() const noexcept { flag_->store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool cancelled() const noexcept { return flag_->load(std::memory_order_relaxed); }

 private:
  std::shared_ptr<std::atomic<bool>> flag_;
};

class Deadline {
 public:
  Deadline() = default;  // never
  static Deadline after(const Clock& clock, Clock::Duration d) { return Deadline(clock.monotonic() + d); }
  [[nodiscard]] bool never() const noexcept { return at_ == Clock::Duration::max(); }
  [[nodiscard]] bool passed(const Clock& clock) const { return !never() && clock.monotonic() >= at_; }
  // Time left, zero when passed, Duration::max() when there is no deadline.
  [[nodiscard]] Clock::Duration left(const Clock& clock) const;
  [[nodiscard]] Deadline sooner(const Deadline& other) const { return at_ <= other.at_ ? *this : other; }

 private:
  explicit Deadline(Clock::Duration at) : at_(at) {}
  Clock::Duration at_ = Clock::Duration::max();
};

// What an operation is given from outside: when to stop, what time it is. The clock is borrowed and must outlive the operation.
struct OpContext {
  CancelToken cancel;
  Deadline deadline;
  const Clock* clock = &system_clock();
  const LogSink* log = nullptr;  // borrowed, as the clock is; none: nothing is told

  // E_CANCELLED or E_DEADLINE when the operation has to stop, else ok. Cheap enough to call once per resource.
  [[nodiscard]] Status check() const;
  void tell(LogLevel level, std::string_view code, std::string_view address, std::string_view message) const {
    if (log != nullptr) (*log)({level, code, address, message});
  }
};

}  // namespace drift
