// Time is injected: no part of the library reads a clock except through this interface.
//
// Thread rule: a Clock may be used from any thread at once; implementations must allow that.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace drift {

class Clock {
 public:
  using Duration = std::chrono::nanoseconds;
  virtual ~Clock() = default;
  // Monotonic: only differences mean anything.
  [[nodiscard]] virtual Duration monotonic() const = 0;
  // Since 1970-01-01T00:00:00Z.
  [[nodiscard]] virtual Duration wall() const = 0;
  // Waits for at most `d`. A test's clock may return at once and advance itself.
  virtual void sleep(Duration d) const = 0;
  // sleep(part) of a wait that takes `whole` in all: a clock that somebody moves by hand can tell for what time it is waited.
  virtual void sleep_part(Duration part, Duration whole) const {
    (void)whole;
    sleep(part);
  }
};

// The machine's clock; lives as long as the program.
[[nodiscard]] const Clock& system_clock();

// "2026-11-21T09:00:00Z" (RFC 3339, whole seconds, UTC).
[[nodiscard]] std::string format_rfc3339(Clock::Duration wall);
// Seconds since the epoch for "2026-11-21" or "2026-11-21T09:00:00Z"; false when the text is neither.
[[nodiscard]] bool parse_rfc3339(const std::string& text, Clock::Duration& wall);

}  // namespace drift
