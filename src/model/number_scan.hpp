// JSON's number grammar (RFC 8259 section 6), scanned in one place for Number and for the JSON reader.
//
// Thread rule: any. Ownership: views into the caller's text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace drift::model_internal {

struct NumberScan {
  enum class Outcome : std::uint8_t { ok, malformed, truncated, exponent_range };
  Outcome outcome = Outcome::ok;
  std::size_t end = 0;  // one past the number, or where the fault is
};

// Scans the number that begins at `at`. `truncated`: the text ended inside it.
[[nodiscard]] NumberScan scan_number(std::string_view text, std::size_t at);

// A number taken apart without changing a digit: value = 0.d1 d2 d3... * 10^(top + 1), d1 != 0; or zero.
struct Decimal {
  bool zero = true;
  bool negative = false;
  std::string_view whole;     // digits before the point
  std::string_view fraction;  // digits behind it
  std::size_t first = 0;      // the first digit that counts, over whole and fraction together
  std::size_t last = 0;       // one past the last digit that counts
  std::int64_t top = 0;       // power of ten of the first digit that counts

  [[nodiscard]] char digit(std::size_t i) const { return i < whole.size() ? whole[i] : fraction[i - whole.size()]; }
  [[nodiscard]] std::size_t digits() const { return last - first; }
  // The exponent when the digits that count are read as an integer.
  [[nodiscard]] std::int64_t exponent() const { return top - static_cast<std::int64_t>(digits()) + 1; }
};
// `text` must be a number that scan_number() accepts.
[[nodiscard]] Decimal decimal_of(std::string_view text);

}  // namespace drift::model_internal
