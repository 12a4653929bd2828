// A clock that stands until the host moves it.
//
// Thread rule: any.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>

#include "drift/base/clock.hpp"

namespace drift::capi {

class HostClock final : public Clock {
 public:
  // `wanted` is told for what time somebody waits.
  HostClock(std::int64_t wall_ns, std::function<void(std::int64_t)> wanted) : now_(wall_ns), wanted_(std::move(wanted)) {}
  [[nodiscard]] Duration monotonic() const override { return Duration(now_.load()); }
  [[nodiscard]] Duration wall() const override { return Duration(now_.load()); }
  // Returns when the host moved the time, or wake() was called, and in any case after `d` of the machine's time: who sleeps looks again.
  void sleep(Duration d) const override {
    std::unique_lock lock(mutex_);
    wanted_(now_.load() + d.count());
    moved_.wait_for(lock, d);
  }
  // False when that would be back.
  bool set(std::int64_t wall_ns) {
    const std::lock_guard lock(mutex_);
    if (wall_ns < now_.load()) return false;
    now_.store(wall_ns);
    moved_.notify_all();
    return true;
  }
  void wake() {
    const std::lock_guard lock(mutex_);
    moved_.notify_all();
  }

 private:
  std::atomic<std::int64_t> now_;
  std::function<void(std::int64_t)> wanted_;
  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
};

}  // namespace drift::capi
