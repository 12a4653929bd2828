#include "provider/terraform/cty_rounding.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string_view>
#include <vector>

namespace drift::terraform_internal {
namespace {

constexpr int precision = 512;
constexpr std::size_t max_digits = 800;  // what comes behind them can only break a tie

// A natural number; the least significant word first, no zero word at the end.
class Natural {
 public:
  explicit Natural(std::uint32_t n) {
    if (n != 0) words_.push_back(n);
  }
  static Natural from_decimal(std::string_view digits) {
    Natural n(0);
    for (const char c : digits) n.multiply_add(10, static_cast<std::uint32_t>(c - '0'));
    return n;
  }

  void multiply_add(std::uint32_t factor, std::uint32_t addend) {
    std::uint64_t carry = addend;
    for (std::uint32_t& w : words_) {
      carry += std::uint64_t{w} * factor;
      w = static_cast<std::uint32_t>(carry);
      carry >>= 32U;
    }
    if (carry != 0) words_.push_back(static_cast<std::uint32_t>(carry));
  }
  void add(std::uint32_t n) { multiply_add(1, n); }
  void multiply_power(std::uint32_t base, std::int64_t power) {
    for (; power > 0; --power) multiply_add(base, 0);
  }
  void shift_left(std::int64_t bits) {
    if (words_.empty() || bits <= 0) return;
    words_.insert(words_.begin(), static_cast<std::size_t>(bits / 32), 0);
    if (bits % 32 != 0) multiply_add(std::uint32_t{1} << static_cast<unsigned>(bits % 32), 0);
  }
  void halve() {
    std::uint32_t carry = 0;
    for (std::size_t i = words_.size(); i-- > 0;) {
      const std::uint32_t w = words_[i];
      words_[i] = w >> 1U | carry << 31U;
      carry = w & 1U;
    }
    trim();
  }
  // `other` must not be greater.
  void subtract(const Natural& other) {
    std::int64_t borrow = 0;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      std::int64_t d = std::int64_t{words_[i]} - (i < other.words_.size() ? std::int64_t{other.words_[i]} : 0) - borrow;
      borrow = d < 0 ? 1 : 0;
      if (d < 0) d += std::int64_t{1} << 32;
      words_[i] = static_cast<std::uint32_t>(d);
    }
    trim();
  }
  [[nodiscard]] std::int64_t bits() const {
    return words_.empty() ? 0 : static_cast<std::int64_t>(words_.size()) * 32 - std::countl_zero(words_.back());
  }
  [[nodiscard]] bool odd() const { return !words_.empty() && (words_.front() & 1U) != 0; }
  [[nodiscard]] static int compare(const Natural& a, const Natural& b) {
    if (a.words_.size() != b.words_.size()) return a.words_.size() < b.words_.size() ? -1 : 1;
    for (std::size_t i = a.words_.size(); i-- > 0;)
      if (a.words_[i] != b.words_[i]) return a.words_[i] < b.words_[i] ? -1 : 1;
    return 0;
  }
  [[nodiscard]] std::string decimal() const {
    std::string out;
    Natural n = *this;
    while (!n.words_.empty()) {
      std::uint64_t rest = 0;
      for (std::size_t i = n.words_.size(); i-- > 0;) {
        rest = rest << 32U | n.words_[i];
        n.words_[i] = static_cast<std::uint32_t>(rest / 1'000'000'000U);
        rest %= 1'000'000'000U;
      }
      n.trim();
      for (int k = 0; k < 9; ++k, rest /= 10) out += static_cast<char>('0' + rest % 10);
    }
    while (!out.empty() && out.back() == '0') out.pop_back();
    std::reverse(out.begin(), out.end());
    return out;
  }

 private:
  void trim() {
    while (!words_.empty() && words_.back() == 0) words_.pop_back();
  }
  std::vector<std::uint32_t> words_;
};

// mantissa * 2^-scale, the mantissa of 512 bits.
struct Float512 {
  Natural mantissa{0};
  std::int64_t scale = 0;
};

Float512 nearest(std::string_view digits, std::int64_t exponent) {
  Natural numerator = Natural::from_decimal(digits), denominator(1);
  numerator.multiply_power(10, exponent);
  denominator.multiply_power(10, -exponent);
  Float512 f;
  f.scale = precision - (numerator.bits() - denominator.bits());
  numerator.shift_left(f.scale);
  denominator.shift_left(-f.scale);
  // The quotient is between 2^511 and 2^513; one bit too many is taken back from the scale.
  Natural step = denominator;
  step.shift_left(precision);
  if (Natural::compare(numerator, step) >= 0) {
    denominator.shift_left(1);
    --f.scale;
  } else {
    step.halve();
  }
  for (int i = 0; i < precision; ++i) {
    const bool bit = Natural::compare(numerator, step) >= 0;
    if (bit) numerator.subtract(step);
    f.mantissa.multiply_add(2, bit ? 1 : 0);
    step.halve();
  }
  numerator.shift_left(1);
  const int half = Natural::compare(numerator, denominator);
  if (half > 0 || (half == 0 && f.mantissa.odd())) f.mantissa.multiply_add(1, 1);
  if (f.mantissa.bits() > precision) {
    f.mantissa.halve();
    --f.scale;
  }
  return f;
}

// The decimal digits of mantissa * 2^-scale without the point, and the power of ten of the last of them.
std::string decimal_of(Natural mantissa, std::int64_t scale, std::int64_t& exponent) {
  mantissa.shift_left(-scale);
  mantissa.multiply_power(5, scale);
  exponent = std::min<std::int64_t>(0, -scale);
  return mantissa.decimal();
}

// One more in the last place; the text may grow.
void increment(std::string& digits) {
  std::size_t i = digits.size();
  while (i > 0 && digits[i - 1] == '9') digits[--i] = '0';
  if (i > 0) {
    ++digits[i - 1];
  } else {
    digits.insert(digits.begin(), '1');
  }
}

std::string padded(const std::string& text, std::size_t size) { return std::string(size - text.size(), '0') + text; }

// The shortest decimal that Go names mantissa * 2^-scale by (big.Float.Text with precision -1): between the halves of a last place below
// and above. Below a power of two that half is too wide, and so the text may name a neighbour; it is copied as it is, because it is what is
// compared.
std::string shortest(const Natural& mantissa, std::int64_t scale, std::int64_t& exponent) {
  const bool inclusive = !mantissa.odd();
  Natural low = mantissa, middle = mantissa, high = mantissa;
  low.multiply_add(2, 0);
  low.subtract(Natural(1));
  middle.multiply_add(2, 0);
  high.multiply_add(2, 1);
  std::string lower = decimal_of(low, scale + 1, exponent), exact = decimal_of(middle, scale + 1, exponent),
              upper = decimal_of(high, scale + 1, exponent);
  const std::size_t size = upper.size() + 1;  // room for a carry
  lower = padded(lower, size);
  exact = padded(exact, size);
  upper = padded(upper, size);
  for (std::size_t n = 1; n < size; ++n) {
    std::string down = exact.substr(0, n), up = down;
    increment(up);
    down.resize(size, '0');
    up.resize(size, '0');
    const bool down_fits = down > lower || (inclusive && down == lower);
    const bool up_fits = up < upper || (inclusive && up == upper);
    if (!down_fits && !up_fits) continue;
    const std::string rest = exact.substr(n);
    const int side = rest.compare('5' + std::string(rest.size() - 1, '0'));
    const bool take_up = up_fits && (!down_fits || side > 0 || (side == 0 && ((exact[n - 1] - '0') & 1) != 0));
    exact = take_up ? up : down;
    break;
  }
  exact.erase(0, exact.find_first_not_of('0'));
  return exact;
}

}  // namespace

void round_to_512_bits(std::string& digits, std::int64_t& exponent) {
  if (digits.size() > max_digits) {
    const bool more = digits.find_first_not_of('0', max_digits) != std::string::npos;
    exponent += static_cast<std::int64_t>(digits.size() - max_digits) - 1;
    digits.resize(max_digits);
    digits += more ? '1' : '0';
  }
  const Float512 f = nearest(digits, exponent);
  digits = shortest(f.mantissa, f.scale, exponent);
}

std::string shortest_digits(double d, std::int64_t& exponent) {
  int power = 0;
  const auto bits = static_cast<std::uint64_t>(std::ldexp(std::frexp(std::fabs(d), &power), 53));
  Natural mantissa(static_cast<std::uint32_t>(bits >> 32U));
  mantissa.shift_left(32);
  mantissa.add(static_cast<std::uint32_t>(bits));
  return shortest(mantissa, 53 - std::int64_t{power}, exponent);
}

}  // namespace drift::terraform_internal
