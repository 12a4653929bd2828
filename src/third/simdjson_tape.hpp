// simdjson's DOM parser, seen through its tape (doc/tape.md of simdjson): one word a value, strings decoded beside it.
//
// Purpose: the tape can be walked without any simdjson type, and the places of all tokens in the text are there too, so that a number's
// own text can be found again.
// Thread rule: one thread at a time. Ownership: a tape belongs to the parser and lives until its next parse().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace drift::third {

struct JsonTape {
  const std::uint64_t* words = nullptr;   // words[0] is the root; the value starts at words[1]
  std::size_t size = 0;                   // words, the closing root word included
  const std::uint8_t* strings = nullptr;  // at a string's offset: 4 bytes length, the bytes, NUL; 32 bytes can be read behind the last
  const std::uint32_t* tokens = nullptr;  // offsets in the text of all tokens, ascending (quotes of closing strings are none)
  std::size_t token_count = 0;
};

class TapeParser {
 public:
  static constexpr std::size_t kPadding = 64;  // readable bytes that must follow the text

  TapeParser();
  TapeParser(const TapeParser&) = delete;
  TapeParser& operator=(const TapeParser&) = delete;
  ~TapeParser();

  // Makes simdjson choose its implementation now: it keeps it in statics, which the end of the process then takes down later than what was
  // registered with atexit() after this.
  static void make_ready();

  // False when simdjson does not take the text, for whatever reason (wrong JSON, numbers out of its range, depth, memory).
  bool parse(const char* text, std::size_t size, std::size_t max_depth, JsonTape& tape) noexcept;

 private:
  struct State;
  std::unique_ptr<State> s_;
};

}  // namespace drift::third
