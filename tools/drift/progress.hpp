// One line of progress on standard error, when that is a terminal: not before 200 ms, not more than ten times a second, and gone at the
// end.
//
// Thread rule: update() by one thread at a time, not always the same (as SchedulerOptions::progress does).
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "drift/base/clock.hpp"

namespace drift::cli {

class Progress {
 public:
  explicit Progress(const Clock& clock = system_clock());
  ~Progress();  // removes the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  // Empty when there is no terminal to show it.
  [[nodiscard]] std::function<void(std::size_t, std::size_t)> callback();
  void clear();

 private:
  void update(std::size_t done, std::size_t total);
  const Clock& clock_;
  Clock::Duration next_;
  bool enabled_;
  bool shown_ = false;
};

}  // namespace drift::cli
