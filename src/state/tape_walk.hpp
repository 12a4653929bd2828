// Single steps on the tape of a parsed span (third/simdjson_tape.hpp).
//
// Besides simdjson's words there is 'N': a number as text, at a place among the strings.
// Thread rule: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "third/simdjson_tape.hpp"

namespace drift::state_internal {

[[nodiscard]] inline char tag_of(std::uint64_t word) noexcept { return static_cast<char>(word >> 56); }
[[nodiscard]] inline std::uint64_t payload_of(std::uint64_t word) noexcept { return word & 0x00FFFFFFFFFFFFFFU; }

// The word behind this one in document order, going into containers.
[[nodiscard]] inline std::size_t next_word(const third::JsonTape& tape, std::size_t i) noexcept {
  const char tag = tag_of(tape.words[i]);
  return i + (tag == 'l' || tag == 'u' || tag == 'd' ? 2 : 1);
}
// The word behind the whole value.
[[nodiscard]] inline std::size_t after(const third::JsonTape& tape, std::size_t i) noexcept {
  const std::uint64_t word = tape.words[i];
  switch (tag_of(word)) {
    case '{':
    case '[':
      return static_cast<std::uint32_t>(word);
    case 'l':
    case 'u':
    case 'd':
      return i + 2;
    default:
      return i + 1;
  }
}
[[nodiscard]] inline std::string_view tape_string(const third::JsonTape& tape, std::size_t i) noexcept {
  const std::uint8_t* at = tape.strings + payload_of(tape.words[i]);
  std::uint32_t length = 0;
  std::memcpy(&length, at, sizeof length);
  return {reinterpret_cast<const char*>(at) + sizeof length, length};
}

}  // namespace drift::state_internal
