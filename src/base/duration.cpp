#include "drift/base/duration.hpp"

#include <charconv>
#include <cstdint>
#include <system_error>

namespace drift {

Result<Clock::Duration> parse_duration(std::string_view text) {
  static constexpr struct {
    std::string_view unit;
    std::int64_t nanoseconds;
  } units[] = {{"ms", 1'000'000}, {"s", 1'000'000'000}, {"m", 60'000'000'000}, {"h", 3'600'000'000'000}};
  std::int64_t n = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), n);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (fault == std::errc() && n > 0)
    for (const auto& u : units)
      if (u.unit == unit && n <= Clock::Duration::max().count() / u.nanoseconds) return Clock::Duration(n * u.nanoseconds);
  return Error(Errc::invalid_argument, "the duration could not be read").next("write a whole number and ms, s, m or h: 500ms, 30s, 5m, 1h");
}

}  // namespace drift
