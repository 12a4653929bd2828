// Numbers as go-cty holds and writes them.
//
// go-cty keeps a number as a binary float: of 512 bits when it was read from text, of 53 when it came as a float64. It writes fixed
// notation with the fewest digits that name it at that precision, and a value that went through JSON (as all that OpenTofu compares has) is
// read from that text. So the one form here is that text: no exponent, no zeros that do not count, "0" for -0; at most 512 bits are kept of
// longer numbers. Sources: go-cty cty/value_init.go (ParseNumberVal), cty/json, cty/msgpack.
//
// Thread rule: any. Ownership: keeps nothing.
#pragma once

#include <optional>
#include <string_view>

#include "drift/model/value.hpp"

namespace drift::terraform_internal {

// Powers of ten above and below which a number is refused (fixed notation would be as long).
inline constexpr int max_number_power = 4096;

// The number that `text` names: an optional sign, digits with an optional point (also ".5" and "5."), an optional exponent. None for
// anything else, for infinity, and for what is out of range.
[[nodiscard]] std::optional<Number> cty_number(std::string_view text);
// None for what is not finite.
[[nodiscard]] std::optional<Number> cty_number(double d);
// `n` in the form above; `n` itself when it is.
[[nodiscard]] std::optional<Number> cty_number(const Number& n);

// The float64 that is exactly `n`, for an `n` that is no integer and in the form above; else none.
[[nodiscard]] std::optional<double> exact_fraction(const Number& n);

}  // namespace drift::terraform_internal
