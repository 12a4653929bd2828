// What a scan has taken of an InstancePool, by key: each once. To take one may mean to wait for a hung process's end: who asks for that one
// waits, and nobody else does.
//
// Thread rule: any. Ownership: keeps what was taken.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace drift::hosted_internal {

template <class T>
class TakenOnce {
 public:
  // `take` gives a std::shared_ptr<T>, and is called by one of those who ask first.
  template <class Take>
  T* get(const std::string& key, const Take& take) {
    Slot& slot = at(key);
    const std::lock_guard lock(slot.mutex);
    if (!slot.taken) slot.taken = take();
    return slot.taken.get();
  }
  // In the order of their keys.
  [[nodiscard]] std::vector<T*> all() {
    std::vector<Slot*> slots;
    {
      const std::lock_guard lock(mutex_);
      for (auto& [key, slot] : slots_) slots.push_back(&slot);
    }
    std::vector<T*> out;
    for (Slot* slot : slots) {
      const std::lock_guard lock(slot->mutex);
      if (slot->taken) out.push_back(slot->taken.get());
    }
    return out;
  }

 private:
  struct Slot {
    std::mutex mutex;
    std::shared_ptr<T> taken;
  };
  Slot& at(const std::string& key) {
    const std::lock_guard lock(mutex_);
    return slots_[key];
  }

  std::mutex mutex_;  // of the map, whose slots stay where they are
  std::map<std::string, Slot> slots_;
};

}  // namespace drift::hosted_internal
