// Where what a provider's process writes goes: to everybody who uses it just now.
//
// Thread rule: any. A sink is called by one thread at a time, and not after remove() has returned; it may not come back here.
#pragma once

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "drift/base/log.hpp"

namespace drift::hosted_internal {

class LogHub {
 public:
  using Id = std::uint64_t;
  Id add(LogSink sink) {
    const std::lock_guard lock(mutex_);
    sinks_.emplace_back(++last_, std::move(sink));
    return last_;
  }
  void remove(Id id) {
    const std::lock_guard lock(mutex_);
    std::erase_if(sinks_, [id](const auto& entry) { return entry.first == id; });
  }
  void tell(const LogRecord& record) {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, sink] : sinks_)
      if (sink) sink(record);
  }

 private:
  std::mutex mutex_;
  Id last_ = 0;
  std::vector<std::pair<Id, LogSink>> sinks_;
};

}  // namespace drift::hosted_internal
