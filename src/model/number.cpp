// Numbers by their decimal text. Nothing here builds a power of ten: two numbers are compared by the power of their first digit that
// counts and then digit by digit, so 1e999999999999 costs as much as 1.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

#include "drift/model/value.hpp"
#include "model/number_scan.hpp"

namespace drift {
namespace model_internal {
namespace {

constexpr std::size_t max_exponent_digits = 18;  // below 2^63, with room for the length of the text

bool is_digit(std::string_view text, std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; }

std::size_t skip_digits(std::string_view text, std::size_t i) {
  while (is_digit(text, i)) ++i;
  return i;
}

NumberScan fault(std::string_view text, std::size_t at) {
  return {at >= text.size() ? NumberScan::Outcome::truncated : NumberScan::Outcome::malformed, at};
}

}  // namespace

NumberScan scan_number(std::string_view text, std::size_t at) {
  std::size_t i = at;
  if (i < text.size() && text[i] == '-') ++i;
  if (!is_digit(text, i)) return fault(text, i);
  if (text[i] == '0') {
    ++i;
    if (is_digit(text, i)) return {NumberScan::Outcome::malformed, i};  // a leading zero
  } else {
    i = skip_digits(text, i);
  }
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (!is_digit(text, i)) return fault(text, i);
    i = skip_digits(text, i);
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (!is_digit(text, i)) return fault(text, i);
    while (i < text.size() && text[i] == '0') ++i;
    const std::size_t begin = i;
    i = skip_digits(text, i);
    if (i - begin > max_exponent_digits) return {NumberScan::Outcome::exponent_range, begin};
  }
  return {NumberScan::Outcome::ok, i};
}

Decimal decimal_of(std::string_view text) {
  Decimal d;
  d.negative = !text.empty() && text[0] == '-';
  if (d.negative) text.remove_prefix(1);
  std::int64_t exponent = 0;
  if (const std::size_t e = text.find_first_of("eE"); e != std::string_view::npos) {
    std::size_t i = e + 1;
    const bool minus = i < text.size() && text[i] == '-';
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    for (; is_digit(text, i); ++i) {
      if (exponent < std::int64_t{1'000'000'000'000'000'000} / 10) exponent = exponent * 10 + (text[i] - '0');
    }
    if (minus) exponent = -exponent;
    text = text.substr(0, e);
  }
  const std::size_t point = text.find('.');
  d.whole = text.substr(0, point);
  if (point != std::string_view::npos) d.fraction = text.substr(point + 1);
  const std::size_t all = d.whole.size() + d.fraction.size();
  while (d.first < all && d.digit(d.first) == '0') ++d.first;
  d.zero = d.first == all;
  if (d.zero) return d;
  d.last = all;
  while (d.digit(d.last - 1) == '0') --d.last;
  d.top = exponent + static_cast<std::int64_t>(d.whole.size()) - 1 - static_cast<std::int64_t>(d.first);
  return d;
}

}  // namespace model_internal

namespace {

using model_internal::Decimal;
using model_internal::decimal_of;
using model_internal::NumberScan;

template <class Int>
std::string decimal_text(Int n) {
  char buffer[24];
  const auto r = std::to_chars(buffer, buffer + sizeof buffer, n);
  return std::string(buffer, r.ptr);
}

// Digits of an integer without sign, as canonical() writes them.
void append_canonical_digits(std::string_view digits, std::string& out) {
  const std::size_t last = digits.find_last_not_of('0');
  if (last == std::string_view::npos) {
    out.push_back('0');
    return;
  }
  out += digits.substr(0, last + 1);
  out.push_back('e');
  out += decimal_text(digits.size() - last - 1);
}

// <0, 0, >0 for the absolute values of two numbers that are not zero.
int compare_magnitude(const Decimal& a, const Decimal& b) {
  if (a.top != b.top) return a.top < b.top ? -1 : 1;
  const std::size_t common = std::min(a.digits(), b.digits());
  for (std::size_t i = 0; i < common; ++i) {
    const char x = a.digit(a.first + i), y = b.digit(b.first + i);
    if (x != y) return x < y ? -1 : 1;
  }
  if (a.digits() == b.digits()) return 0;
  return a.digits() < b.digits() ? -1 : 1;  // the last digit that counts is not zero
}

}  // namespace

Number::Number(std::int64_t n) : text_(decimal_text(n)) {}
Number::Number(std::uint64_t n) : text_(decimal_text(n)) {}

Result<Number> Number::from_double(double d) {
  if (!std::isfinite(d)) return Error(Errc::invalid_argument, "the number was not finite").next("give a finite number");
  char buffer[40];
  const auto r = std::to_chars(buffer, buffer + sizeof buffer, d);
  Number n;
  n.text_.assign(buffer, r.ptr);
  return n;
}

Result<Number> Number::parse(std::string_view text) {
  const NumberScan scan = model_internal::scan_number(text, 0);
  if (scan.outcome == NumberScan::Outcome::exponent_range)
    return Error(Errc::parse, "the number had an exponent out of range").next("use an exponent of at most 18 digits");
  if (scan.outcome != NumberScan::Outcome::ok || scan.end != text.size())
    return Error(Errc::parse, "the number was malformed").next("write it as JSON does: -12.5e3");
  Number n;
  n.text_ = text;
  return n;
}

std::string Number::canonical() const {
  std::string out;
  append_canonical(text_, out);
  return out;
}

void Number::append_canonical(std::string_view text, std::string& out) {
  const Decimal d = decimal_of(text);
  if (d.zero) {
    out.push_back('0');
    return;
  }
  if (d.negative) out.push_back('-');
  const std::size_t split = d.whole.size();
  if (d.first < split) out += d.whole.substr(d.first, std::min(d.last, split) - d.first);
  if (d.last > split) {
    const std::size_t from = d.first > split ? d.first - split : 0;
    out += d.fraction.substr(from, d.last - split - from);
  }
  out.push_back('e');
  out += decimal_text(d.exponent());
}

void Number::append_canonical(std::int64_t n, std::string& out) {
  if (n >= 0) return append_canonical(static_cast<std::uint64_t>(n), out);
  out.push_back('-');
  append_canonical(~static_cast<std::uint64_t>(n) + 1, out);
}

void Number::append_canonical(std::uint64_t n, std::string& out) {
  char buffer[24];
  const auto r = std::to_chars(buffer, buffer + sizeof buffer, n);
  append_canonical_digits(std::string_view(buffer, static_cast<std::size_t>(r.ptr - buffer)), out);
}

std::optional<std::int64_t> Number::to_int64() const {
  const Decimal d = decimal_of(text_);
  if (d.zero) return 0;
  if (d.exponent() < 0 || d.top > 18) return std::nullopt;
  std::uint64_t n = 0;  // at most 19 digits: below 10^19 < 2^64
  for (std::size_t i = d.first; i < d.last; ++i) n = n * 10 + static_cast<std::uint64_t>(d.digit(i) - '0');
  for (std::int64_t e = d.exponent(); e > 0; --e) n *= 10;
  const std::uint64_t most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (d.negative) return n <= most + 1 ? std::optional(static_cast<std::int64_t>(~n + 1)) : std::nullopt;
  return n <= most ? std::optional(static_cast<std::int64_t>(n)) : std::nullopt;
}

double Number::to_double() const {
  double d = 0;
  const auto r = std::from_chars(text_.data(), text_.data() + text_.size(), d);
  if (r.ec != std::errc::result_out_of_range) return d;
  const Decimal x = decimal_of(text_);
  const double size = x.zero || x.top < 0 ? 0.0 : std::numeric_limits<double>::infinity();
  return x.negative ? -size : size;
}

bool operator==(const Number& a, const Number& b) { return a.text_ == b.text_ || Number::compare(a, b) == 0; }

int Number::compare(const Number& a, const Number& b) {
  const Decimal x = decimal_of(a.text_), y = decimal_of(b.text_);
  const int sign_x = x.zero ? 0 : x.negative ? -1 : 1;
  const int sign_y = y.zero ? 0 : y.negative ? -1 : 1;
  if (sign_x != sign_y) return sign_x < sign_y ? -1 : 1;
  return sign_x == 0 ? 0 : sign_x * compare_magnitude(x, y);
}

}  // namespace drift
