#include "drift/base/clock.hpp"

#include <cstdio>
#include <limits>
#include <string_view>
#include <thread>

#include "base/immortal.hpp"

namespace drift {
namespace {

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Duration monotonic() const override {
    return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
  }
  [[nodiscard]] Duration wall() const override {
    return std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch());
  }
  void sleep(Duration d) const override {
    if (d > Duration::zero()) std::this_thread::sleep_for(d);
  }
};

// The `count` digits of `text` at `at`, or -1.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  int n = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    n = n * 10 + (text[i] - '0');
  }
  return n;
}

// A shape is text in which '0' stands for any digit.
bool has_shape(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (shape[i] == '0' ? !digit : text[i] != shape[i]) return false;
  }
  return true;
}

}  // namespace

const Clock& system_clock() {
  static const base_internal::Immortal<SystemClock> clock;
  return *clock;
}

std::string format_rfc3339(Clock::Duration wall) {
  using namespace std::chrono;
  const seconds since_epoch = floor<seconds>(wall);
  const days day_count = floor<days>(since_epoch);
  const year_month_day date{sys_days(day_count)};
  const hh_mm_ss time(since_epoch - day_count);
  char out[40];
  std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return out;
}

bool parse_rfc3339(const std::string& text, Clock::Duration& wall) {
  using namespace std::chrono;
  const bool date_only = has_shape(text, "0000-00-00");
  if (!date_only && !has_shape(text, "0000-00-00T00:00:00Z")) return false;
  const year_month_day date{year(digits(text, 0, 4)), month(static_cast<unsigned>(digits(text, 5, 2))),
                            day(static_cast<unsigned>(digits(text, 8, 2)))};
  if (!date.ok()) return false;
  seconds total = sys_days(date).time_since_epoch();
  if (!date_only) {
    const int h = digits(text, 11, 2), m = digits(text, 14, 2), s = digits(text, 17, 2);
    if (h > 23 || m > 59 || s > 59) return false;
    total += hours(h) + minutes(m) + seconds(s);
  }
  // Nanoseconds in 64 bits end in 2262 (and begin in 1677); "9999-12-31" is how people write "never".
  if (total >= floor<seconds>(Clock::Duration::max()))
    wall = Clock::Duration::max();
  else if (total <= ceil<seconds>(Clock::Duration::min()))
    wall = Clock::Duration::min();
  else
    wall = duration_cast<Clock::Duration>(total);
  return true;
}

}  // namespace drift
