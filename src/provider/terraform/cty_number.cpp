#include "provider/terraform/cty_number.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

#include "provider/terraform/cty_rounding.hpp"

namespace drift::terraform_internal {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Text of plain digits, perhaps with a point, that is in the one form already.
bool in_form(std::string_view text) {
  if (!text.empty() && text.front() == '-') {
    text.remove_prefix(1);
    if (text == "0") return false;
  }
  if (text.empty() || text.size() > rounding_digits) return false;
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (whole.empty() || (whole.size() > 1 && whole.front() == '0')) return false;
  for (const char c : whole)
    if (!is_digit(c)) return false;
  if (point == std::string_view::npos) return true;
  const std::string_view fraction = text.substr(point + 1);
  if (fraction.empty() || fraction.back() == '0') return false;
  for (const char c : fraction)
    if (!is_digit(c)) return false;
  return true;
}

// Reads "e+12" and the like at the end of a number; out of range is a power that no number in range has.
bool read_exponent(std::string_view text, std::int64_t& exponent) {
  constexpr std::int64_t beyond = 1'000'000'000;
  exponent = 0;
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  text.remove_prefix(1);
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  if (text.empty()) return false;
  for (const char c : text) {
    if (!is_digit(c)) return false;
    if (exponent < beyond) exponent = exponent * 10 + (c - '0');
  }
  if (negative) exponent = -exponent;
  return true;
}

// digits * 10^exponent without an exponent.
std::string fixed(bool negative, std::string_view digits, std::int64_t exponent) {
  std::string out = negative ? "-" : "";
  const auto size = static_cast<std::int64_t>(digits.size());
  if (exponent >= 0) {
    out += digits;
    out.append(static_cast<std::size_t>(exponent), '0');
  } else if (-exponent < size) {
    out += digits.substr(0, static_cast<std::size_t>(size + exponent));
    out += '.';
    out += digits.substr(static_cast<std::size_t>(size + exponent));
  } else {
    out += "0.";
    out.append(static_cast<std::size_t>(-exponent - size), '0');
    out += digits;
  }
  return out;
}

std::optional<Number> parsed(std::string_view text) {
  Result<Number> n = Number::parse(text);
  if (!n) return std::nullopt;
  return *std::move(n);
}

// `digits` are not all zeros.
std::optional<Number> assembled(bool negative, std::string digits, std::int64_t exponent) {
  while (digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  return parsed(fixed(negative, digits, exponent));
}

}  // namespace

std::optional<Number> cty_number(std::string_view text) {
  if (in_form(text)) return parsed(text);
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  std::string digits;
  std::int64_t behind_point = 0;
  bool point = false, any = false;
  std::size_t i = 0;
  for (; i < text.size() && (is_digit(text[i]) || (text[i] == '.' && !point)); ++i) {
    if (text[i] == '.') {
      point = true;
      continue;
    }
    any = true;
    if (point) ++behind_point;
    if (text[i] != '0' || !digits.empty()) digits += text[i];
  }
  std::int64_t exponent = 0;
  if (!any || !read_exponent(text.substr(i), exponent)) return std::nullopt;
  if (digits.empty()) return Number();
  exponent -= behind_point;
  const auto top = exponent + static_cast<std::int64_t>(digits.size());
  if (top > max_number_power || top < -max_number_power) return std::nullopt;
  if (digits.size() > rounding_digits) round_to_512_bits(digits, exponent);
  return assembled(negative, std::move(digits), exponent);
}

std::optional<Number> cty_number(double d) {
  constexpr double exact_integers = 9007199254740992.0;  // 2^53
  if (!std::isfinite(d)) return std::nullopt;
  if (std::fabs(d) < exact_integers && d == std::trunc(d)) return Number(static_cast<std::int64_t>(d));
  std::int64_t exponent = 0;
  int power = 0;
  if (std::frexp(std::fabs(d), &power) == 0.5 || std::fpclassify(d) == FP_SUBNORMAL) {
    std::string digits = shortest_digits(d, exponent);
    return assembled(d < 0, std::move(digits), exponent);
  }
  std::array<char, 40> buffer{};
  const auto r = std::to_chars(buffer.data(), buffer.data() + buffer.size(), d, std::chars_format::scientific);
  return cty_number(std::string_view(buffer.data(), static_cast<std::size_t>(r.ptr - buffer.data())));
}

std::optional<Number> cty_number(const Number& n) {
  if (in_form(n.text())) return n;
  return cty_number(std::string_view(n.text()));
}

std::optional<double> exact_fraction(const Number& n) {
  const std::string& text = n.text();
  const std::size_t point = text.find('.');
  if (point == std::string::npos) return std::nullopt;
  const std::size_t behind = text.size() - point - 1;
  if (behind > 1074) return std::nullopt;
  const double d = n.to_double();
  if (d == 0 || !std::isfinite(d)) return std::nullopt;
  // d = odd * 2^-q has exactly q decimals, so only a number with q decimals can be d.
  int power = 0;
  const double mantissa = std::frexp(d, &power);
  const auto bits = static_cast<std::uint64_t>(std::ldexp(std::fabs(mantissa), 53));
  const int q = 53 - power - std::countr_zero(bits);
  if (q <= 0 || static_cast<std::size_t>(q) != behind) return std::nullopt;
  std::array<char, 1500> buffer{};
  const auto r = std::to_chars(buffer.data(), buffer.data() + buffer.size(), d, std::chars_format::fixed, q);
  if (r.ec != std::errc() || std::string_view(buffer.data(), static_cast<std::size_t>(r.ptr - buffer.data())) != text) return std::nullopt;
  return d;
}

}  // namespace drift::terraform_internal
