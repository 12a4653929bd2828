// Sized option structs, as they come in.
//
// Thread rule: any.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>

#include "drift.h"
#include "drift/base/result.hpp"

namespace drift::capi {

// `own` is what this library knows; `first` the size of the struct's first version. NULL: the defaults. What the caller knows and this
// library does not has to be zero.
template <class Options>
Result<Options> options_in(const Options* given, std::size_t first, const char* argument) {
  Options out{};
  out.struct_size = sizeof out;
  if (given == nullptr) return out;
  const std::size_t size = given->struct_size;
  if (size < first)
    return Error(Errc::invalid_argument, "struct_size is smaller than the first version of the struct")
        .at(argument)
        .next("set it with the _INIT macro or the _init function");
  std::memcpy(&out, given, std::min(size, sizeof out));
  const auto* bytes = reinterpret_cast<const unsigned char*>(given);  // NOLINT: bytes beyond what is known
  if (std::any_of(bytes + std::min(size, sizeof out), bytes + size, [](unsigned char b) { return b != 0; }))
    return Error(Errc::option_unsupported, "an option is set that this version of the library does not know")
        .at(argument)
        .next("use a newer library, or leave the option out");
  out.struct_size = sizeof out;
  return out;
}

// A time that a caller gave, at most a year, so that no sum with it overflows.
inline std::chrono::milliseconds milliseconds_of(std::int64_t ms) {
  constexpr std::int64_t most = std::int64_t{1000} * 60 * 60 * 24 * 365;
  return std::chrono::milliseconds(std::min(ms, most));
}

inline Status known_flags(std::uint32_t flags, std::uint32_t known, const char* argument) {
  if ((flags & ~known) == 0) return {};
  return Error(Errc::option_unsupported, "a flag is set that this version of the library does not know")
      .at(argument)
      .next("use a newer library, or leave the flag out");
}

// What drift_x_options_init() does: `size` is what the caller knows.
template <class Options>
void options_init(Options* o, std::size_t size, const Options& defaults) noexcept {
  if (o == nullptr || size < sizeof o->struct_size) return;
  std::memset(o, 0, size);
  std::memcpy(o, &defaults, std::min(size, sizeof defaults));
  o->struct_size = static_cast<std::uint32_t>(size);
}

}  // namespace drift::capi
