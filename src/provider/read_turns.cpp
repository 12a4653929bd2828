#include "provider/read_turns.hpp"

#include <algorithm>
#include <chrono>

namespace drift::provider_internal {
namespace {

// The longest sleep between two looks at the cancel token.
constexpr auto slice = std::chrono::milliseconds(20);

}  // namespace

Status ReadTurns::take(const OpContext& ctx) {
  DRIFT_TRY(ctx.check());
  std::unique_lock lock(mutex_);
  if (free_ > 0) {
    --free_;
    return {};
  }
  const auto self = waiting_.emplace(waiting_.end());
  while (!self->news.wait_for(lock, slice, [&] { return self->has; })) {
    Status status = ctx.check();
    if (status.ok()) continue;
    waiting_.erase(self);
    return status;
  }
  waiting_.erase(self);
  return {};
}

void ReadTurns::give_back() {
  const std::lock_guard lock(mutex_);
  for (Waiter& waiter : waiting_) {
    if (waiter.has) continue;  // it has not woken up yet
    waiter.has = true;
    waiter.news.notify_one();
    return;
  }
  ++free_;
}

std::size_t ReadTurns::waiting() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count_if(waiting_.begin(), waiting_.end(), [](const Waiter& w) { return !w.has; }));
}

}  // namespace drift::provider_internal
