// Many at once, or one alone. Who wants to be alone is let in before those that come later, and nobody waits beyond the end of his context:
// std::shared_mutex promises neither.
//
// Thread rule: any.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

#include "drift/base/cancel.hpp"

namespace drift::hosted_internal {

class Gate {
 public:
  // Lets the next in when it ends.
  class Pass {
   public:
    Pass(Gate& of, bool alone) : of_(&of), alone_(alone) {}
    Pass(Pass&& other) noexcept : of_(std::exchange(other.of_, nullptr)), alone_(other.alone_) {}
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (of_ != nullptr) of_->leave(alone_);
    }

   private:
    Gate* of_;
    bool alone_;
  };

  Result<Pass> enter(const OpContext& ctx) {
    std::unique_lock lock(mutex_);
    DRIFT_TRY(wait(lock, ctx, [this] { return !alone_ && waiting_ == 0; }));
    ++inside_;
    return Pass(*this, false);
  }
  Result<Pass> enter_alone(const OpContext& ctx) {
    std::unique_lock lock(mutex_);
    ++waiting_;
    Status s = wait(lock, ctx, [this] { return !alone_ && inside_ == 0; });
    --waiting_;
    if (!s.ok()) {
      changed_.notify_all();
      return std::move(s).error();
    }
    alone_ = true;
    return Pass(*this, true);
  }

 private:
  template <class Ready>
  Status wait(std::unique_lock<std::mutex>& lock, const OpContext& ctx, Ready ready) {
    while (!changed_.wait_for(lock, std::chrono::milliseconds(20), ready)) DRIFT_TRY(ctx.check());
    return {};
  }
  void leave(bool alone) {
    const std::lock_guard lock(mutex_);
    if (alone)
      alone_ = false;
    else
      --inside_;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t inside_ = 0, waiting_ = 0;
  bool alone_ = false;
};

}  // namespace drift::hosted_internal
