#include "handle.hpp"

#include <mutex>

#include "process.hpp"

namespace drift::capi {
namespace {

// The slots that rest, under ProcessLocks::slots: first in, first out, and only when there are many, so that a handle that was freed is
// known as such for long.
struct Resting {
  Slot* first = nullptr;
  Slot* last = nullptr;
  std::size_t count = 0;
};

constexpr std::size_t rest_at_least = 4096;
std::atomic<std::uint64_t> live{0};
// The error that is there before there is no memory.
constexpr std::uint64_t own_handles = 1;

// Never destroyed: a thread that outlives the end of main() may still free a handle.
Resting& resting() {
  static Resting* const all = new Resting;
  return *all;
}

}  // namespace

Slot* take_slot() {
  Resting& all = resting();
  Slot* slot = nullptr;
  {
    const std::lock_guard lock(process_locks().slots);
    if (all.count > rest_at_least) {
      slot = all.first;
      all.first = slot->next;
      --all.count;
    }
  }
  if (slot == nullptr) slot = new Slot;
  slot->next = nullptr;
  live.fetch_add(1, std::memory_order_relaxed);
  return slot;
}

void rest_slot(Slot* slot) noexcept {
  live.fetch_sub(1, std::memory_order_relaxed);
  Resting& all = resting();
  const std::lock_guard lock(process_locks().slots);
  slot->next = nullptr;
  (all.count == 0 ? all.first : all.last->next) = slot;
  all.last = slot;
  ++all.count;
}

std::uint64_t live_handles() noexcept { return live.load(std::memory_order_relaxed) - own_handles; }

}  // namespace drift::capi
