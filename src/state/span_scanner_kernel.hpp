// The inner loop of SpanScanner: finds the bracket that ends a container, 64 bytes a step where the processor can.
//
// A backslash escapes the next byte wherever it stands, a quote that is not escaped begins or ends a string, and every bracket outside of
// strings opens or closes, whichever of the two kinds it is: the parser that is given the span judges the rest. All kernels give the same
// result and the same state on all inputs, JSON or not.
//
// Thread rule: any.
#pragma once

#include <cstddef>
#include <cstdint>

namespace drift::state_internal {

// Where a scan stands between two pieces of text.
struct BracketState {
  std::uint64_t depth = 0;
  bool in_string = false;
  bool escaped = false;         // the next byte is escaped
  bool unicode_escape = false;  // a `\u` was seen
  friend bool operator==(const BracketState&, const BracketState&) = default;
};

inline constexpr std::size_t kNotEnded = static_cast<std::size_t>(-1);

// Bytes of `text` up to and with the bracket that brings the depth to 0; kNotEnded when all `size` bytes were read before. A scan begins
// with a fresh state at the opening bracket.
using BracketKernel = std::size_t (*)(const char* text, std::size_t size, BracketState& state) noexcept;

std::size_t scan_brackets_scalar(const char* text, std::size_t size, BracketState& state) noexcept;
// Null where the processor (or the compiler's target) has no AVX2 and carry-less multiply.
[[nodiscard]] BracketKernel bracket_kernel_avx2() noexcept;
// The best of this processor.
[[nodiscard]] BracketKernel bracket_kernel() noexcept;

}  // namespace drift::state_internal
