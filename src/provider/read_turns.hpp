// How many reads may go on at once, over all lanes of a run.
//
// Who waits has it in the order of coming: else lanes whose calls are short, or many, would keep all turns.
//
// Thread rule: any thread. Ownership: shared by the run and its calls, which may outlive it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <list>
#include <mutex>

#include "drift/base/cancel.hpp"

namespace drift::provider_internal {

class ReadTurns {
 public:
  explicit ReadTurns(std::size_t count) : free_(count) {}
  // Waits. E_CANCELLED or E_DEADLINE of the context.
  [[nodiscard]] Status take(const OpContext& ctx);
  void give_back();
  [[nodiscard]] std::size_t waiting() const;  // those who have none yet

 private:
  struct Waiter {
    std::condition_variable news;
    bool has = false;
  };
  mutable std::mutex mutex_;
  std::list<Waiter> waiting_;  // while there are any, no turn is free
  std::size_t free_;
};

}  // namespace drift::provider_internal
