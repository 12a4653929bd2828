// How often a provider crashed of late, or resources of one type crashed it: one that does nothing else is not started for ever, nor are
// all resources of such a type read.
//
// Thread rule: one thread at a time.
#pragma once

#include <chrono>
#include <cstddef>

#include "drift/base/clock.hpp"

namespace drift::hosted_internal {

class CrashCount {
 public:
  static constexpr std::size_t most = 200;         // of a provider
  static constexpr std::size_t most_of_type = 40;  // each cost another one to find the resource, and there are several types
  static constexpr std::chrono::minutes within{10};

  explicit CrashCount(std::size_t limit = most) : limit_(limit) {}

  void add(Clock::Duration now) {
    if (count_ == 0 || now - first_ > within) {
      count_ = 0;
      first_ = now;
    }
    ++count_;
  }
  // Until those minutes are over.
  [[nodiscard]] bool too_many(Clock::Duration now) const { return count_ > limit_ && now - first_ <= within; }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

 private:
  std::size_t limit_;
  std::size_t count_ = 0;  // since the first of them
  Clock::Duration first_{};
};

}  // namespace drift::hosted_internal
