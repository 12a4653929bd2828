// Decimal numbers with more digits than a 512-bit binary float tells apart, rounded as such a float is.
//
// Thread rule: any. Ownership: keeps nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace drift::terraform_internal {

// Every decimal of so many digits is told from every other by 512 bits, so it needs no rounding: floor(511 * log10(2)).
inline constexpr std::size_t rounding_digits = 153;

// Replaces digits * 10^exponent by the shortest decimal that names the same float of 512 bits (the nearest one; ties to even). `digits` is
// not empty and does not begin with '0'; its first digit's power of ten must be within 5000 of the point.
void round_to_512_bits(std::string& digits, std::int64_t& exponent);

// The shortest digits and the power of ten of the last of them by which Go's big.Float names the finite `d`, not zero, at 53 bits. That is
// not always what std::to_chars() gives: Go takes powers of two for numbers with equal neighbours, and subnormal numbers for 53 bits wide.
[[nodiscard]] std::string shortest_digits(double d, std::int64_t& exponent);

}  // namespace drift::terraform_internal
