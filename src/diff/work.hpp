// Work: what one comparison has done, and when it has to stop. It counts steps, never time, so that the same input always takes the same
// way.
//
// Two bounds hold. The comparison as a whole goes on until its `stop` predicate says otherwise. Asking which elements of two lists are
// equal under rules may take quadratic time; it has a budget, and when that is spent, elements are told apart by what is known by then.
//
// Thread rule: one comparison, one thread. Ownership: borrows the predicate.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

#include "drift/diff/compare.hpp"

namespace drift::diff_internal {

// Steps of asking for one resource: some 200 elements against 200 others that share half of their members.
constexpr std::size_t kMaxAskedSteps = 400'000;

class Work {
 public:
  // `stop` may be empty; it is borrowed.
  explicit Work(const std::function<Status()>& stop) : stop_(stop) {}

  // False when the comparison has to stop.
  bool step(std::size_t n = 1) {
    if (stopped_) return false;
    done_ += n;
    if (done_ < due_) return true;
    due_ = done_ + kStepsPerStopCheck;
    if (stop_)
      if (Status s = stop_(); !s.ok()) stopped_ = std::move(s).error();
    return !stopped_;
  }
  // As step(), for a question that may be left open. False also when the budget is spent.
  bool ask(std::size_t n = 1) {
    if (asked_ < n) {
      asked_ = 0;
      return false;
    }
    asked_ -= n;
    return step(n);
  }
  [[nodiscard]] bool may_ask() const noexcept { return asked_ > 0 && !stopped_; }
  [[nodiscard]] const std::optional<Error>& stopped() const noexcept { return stopped_; }

 private:
  const std::function<Status()>& stop_;
  std::size_t done_ = 0;
  std::size_t due_ = kStepsPerStopCheck;
  std::size_t asked_ = kMaxAskedSteps;
  std::optional<Error> stopped_;
};

}  // namespace drift::diff_internal
