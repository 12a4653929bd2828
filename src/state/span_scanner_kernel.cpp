#include "state/span_scanner_kernel.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#define DRIFT_AVX2 __attribute__((target("avx2,pclmul,popcnt,bmi")))
#endif

namespace drift::state_internal {

std::size_t scan_brackets_scalar(const char* text, std::size_t size, BracketState& state) noexcept {
  BracketState s = state;
  for (std::size_t i = 0; i < size; ++i) {
    const char c = text[i];
    if (s.escaped) {
      s.escaped = false;
      if (c == 'u') s.unicode_escape = true;
      // An escaped bracket outside of a string still counts (the vector kernel masks only quotes and strings).
      if (s.in_string || c == '"' || c == '\\') continue;
    } else if (c == '\\') {
      s.escaped = true;
      continue;
    } else if (c == '"') {
      s.in_string = !s.in_string;
      continue;
    }
    if (s.in_string) continue;
    if (c == '{' || c == '[') {
      ++s.depth;
    } else if (c == '}' || c == ']') {
      if (s.depth <= 1) {
        s.depth = 0;
        state = s;
        return i + 1;
      }
      --s.depth;
    }
  }
  state = s;
  return kNotEnded;
}

#if defined(__x86_64__)
namespace {

// One bit for each of 64 bytes.
struct Masks {
  std::uint64_t quote, backslash, open, close, letter_u;
};

DRIFT_AVX2 inline std::uint64_t equal_mask(__m256i lo, __m256i hi, char c) noexcept {
  const __m256i wanted = _mm256_set1_epi8(c);
  const auto a = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(lo, wanted)));
  const auto b = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(hi, wanted)));
  return a | (static_cast<std::uint64_t>(b) << 32);
}

// The bits of bytes that a backslash escapes; `carry` is bit 64 of the block before, and then of this one.
// (The addition trick of simdjson: runs of backslashes that begin at odd and at even places carry out differently.)
DRIFT_AVX2 inline std::uint64_t escaped_mask(std::uint64_t backslash, std::uint64_t& carry) noexcept {
  if (backslash == 0) {
    const std::uint64_t escaped = carry;
    carry = 0;
    return escaped;
  }
  constexpr std::uint64_t kEven = 0x5555555555555555U;
  backslash &= ~carry;
  const std::uint64_t follows = (backslash << 1) | carry;
  const std::uint64_t odd_starts = backslash & ~kEven & ~follows;
  std::uint64_t on_even = 0;
  carry = __builtin_add_overflow(odd_starts, backslash, &on_even) ? 1 : 0;
  return (kEven ^ (on_even << 1)) & follows;
}

// Walks the brackets of one block in which the container may end: the number of bytes up to its end, or kNotEnded.
DRIFT_AVX2 inline std::size_t end_in_block(std::uint64_t open, std::uint64_t close, std::uint64_t& depth) noexcept {
  for (std::uint64_t rest = open | close; rest != 0; rest &= rest - 1) {
    const std::uint64_t bit = rest & (~rest + 1);
    if ((open & bit) != 0) {
      ++depth;
    } else if (depth <= 1) {
      depth = 0;
      return static_cast<std::size_t>(__builtin_ctzll(bit)) + 1;
    } else {
      --depth;
    }
  }
  return kNotEnded;
}

DRIFT_AVX2 std::size_t scan_brackets_avx2(const char* text, std::size_t size, BracketState& state) noexcept {
  std::uint64_t depth = state.depth;
  std::uint64_t carry = state.escaped ? 1 : 0;
  std::uint64_t in_string = state.in_string ? ~std::uint64_t{0} : 0;  // all bits: a string goes on at the beginning of the block
  std::uint64_t unicode = state.unicode_escape ? 1 : 0;
  const __m256i ones = _mm256_set1_epi8(static_cast<char>(0xFF));
  const __m256i case_bit = _mm256_set1_epi8(0x20);  // '[' | 0x20 == '{' and ']' | 0x20 == '}'
  std::size_t at = 0;
  for (; at + 64 <= size; at += 64) {
    _mm_prefetch(text + at + 2048, _MM_HINT_T0);
    const __m256i lo = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + at));
    const __m256i hi = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + at + 32));
    const std::uint64_t backslash = equal_mask(lo, hi, '\\');
    const std::uint64_t escaped = escaped_mask(backslash, carry);
    const std::uint64_t quote = equal_mask(lo, hi, '"') & ~escaped;
    const auto parity = static_cast<std::uint64_t>(
        _mm_cvtsi128_si64(_mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(quote)), _mm256_castsi256_si128(ones), 0)));
    const std::uint64_t string = parity ^ in_string;
    in_string = static_cast<std::uint64_t>(static_cast<std::int64_t>(string) >> 63);
    const __m256i folded_lo = _mm256_or_si256(lo, case_bit);
    const __m256i folded_hi = _mm256_or_si256(hi, case_bit);
    const std::uint64_t open = equal_mask(folded_lo, folded_hi, '{') & ~string;
    const std::uint64_t close = equal_mask(folded_lo, folded_hi, '}') & ~string;
    const auto closes = static_cast<std::uint64_t>(__builtin_popcountll(close));
    const std::uint64_t escaped_u = escaped == 0 ? 0 : escaped & equal_mask(lo, hi, 'u');
    if (closes < depth) {  // cannot end here
      depth += static_cast<std::uint64_t>(__builtin_popcountll(open)) - closes;
      unicode |= escaped_u;
      continue;
    }
    const std::size_t end = end_in_block(open, close, depth);
    if (end != kNotEnded) {
      const std::uint64_t before = end == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << end) - 1;
      state = {0, false, false, (unicode | (escaped_u & before)) != 0};
      return at + end;
    }
    unicode |= escaped_u;
  }
  state = {depth, in_string != 0, carry != 0, unicode != 0};
  const std::size_t rest = scan_brackets_scalar(text + at, size - at, state);
  return rest == kNotEnded ? kNotEnded : at + rest;
}

}  // namespace

BracketKernel bracket_kernel_avx2() noexcept {
  static const bool can = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("pclmul") != 0 &&
                          __builtin_cpu_supports("popcnt") != 0 && __builtin_cpu_supports("bmi") != 0;
  return can ? &scan_brackets_avx2 : nullptr;
}
#else
BracketKernel bracket_kernel_avx2() noexcept { return nullptr; }
#endif

BracketKernel bracket_kernel() noexcept {
  static const BracketKernel best = bracket_kernel_avx2() != nullptr ? bracket_kernel_avx2() : &scan_brackets_scalar;
  return best;
}

}  // namespace drift::state_internal
