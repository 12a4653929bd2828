// A clock that stands until the host moves it.
//
// Thread rule: any.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "drift/base/clock.hpp"
#include "drift/base/error.hpp"

namespace drift::capi {

class HostClock final : public Clock {
 public:
  // `wanted` is told for what time somebody waits: the soonest one, once until the time is set.
  HostClock(std::int64_t wall_ns, std::function<void(std::int64_t)> wanted) : now_(wall_ns), wanted_(std::move(wanted)) {}
  [[nodiscard]] Duration monotonic() const override { return Duration(now_.load()); }
  [[nodiscard]] Duration wall() const override { return Duration(now_.load()); }
  // Returns when the host moved the time, or wake() was called, and in any case after `d` of the machine's time: who sleeps looks again.
  void sleep(Duration d) const override { sleep_part(d, d); }
  void sleep_part(Duration part, Duration whole) const override {
    std::unique_lock lock(mutex_);
    const std::int64_t wanted = now_.load() + whole.count();
    if (!told_ || wanted < *told_) {
      told_ = wanted;
      wanted_(wanted);
    }
    moved_.wait_for(lock, part);
  }
  // Times that leave room for every sum with a duration: about 146 years around 1970.
  [[nodiscard]] static bool takes(std::int64_t ns) noexcept { return ns > -limit && ns < limit; }
  [[nodiscard]] static Error beyond(const char* argument) {
    return Error(Errc::invalid_argument, "the time is too far from 1970").at(argument).next("give nanoseconds since 1970");
  }
  // False when that would be back.
  bool set(std::int64_t wall_ns) {
    const std::lock_guard lock(mutex_);
    if (wall_ns < now_.load()) return false;
    now_.store(wall_ns);
    told_.reset();
    moved_.notify_all();
    return true;
  }
  void wake() {
    const std::lock_guard lock(mutex_);
    moved_.notify_all();
  }

 private:
  static constexpr std::int64_t limit = std::int64_t{1} << 62;
  std::atomic<std::int64_t> now_;
  std::function<void(std::int64_t)> wanted_;
  mutable std::mutex mutex_;
  mutable std::optional<std::int64_t> told_;  // since the time was set last; under mutex_
  mutable std::condition_variable moved_;
};

}  // namespace drift::capi
