// The tape of a parsed span: walking it, its canonical bytes, its Value. Internals of SpanParser.
//
// A tape comes from simdjson (third/simdjson_tape.hpp) or, for what simdjson does not take, is built from a Value in the same form with one
// more kind of word, 'N': a number as text.
//
// Thread rule: one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "drift/model/value.hpp"
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
    case '[': return static_cast<std::uint32_t>(word);
    case 'l':
    case 'u':
    case 'd': return i + 2;
    default: return i + 1;
  }
}
[[nodiscard]] inline std::string_view tape_string(const third::JsonTape& tape, std::size_t i) noexcept {
  const std::uint8_t* at = tape.strings + payload_of(tape.words[i]);
  std::uint32_t length = 0;
  std::memcpy(&length, at, sizeof length);
  return {reinterpret_cast<const char*>(at) + sizeof length, length};
}

// Order of keys: by bytes. Reads up to 8 bytes behind a short key, which a tape's strings allow.
[[nodiscard]] bool tape_key_less(std::string_view a, std::string_view b) noexcept;

// The members of one object.
class ObjectRange {
 public:
  ObjectRange(const third::JsonTape& tape, std::size_t object) noexcept : tape_(&tape), at_(object + 1), end_(after(tape, object) - 1) {}
  [[nodiscard]] bool more() const noexcept { return at_ != end_; }
  void next() noexcept { at_ = after(*tape_, at_ + 1); }
  [[nodiscard]] std::string_view key() const noexcept { return tape_string(*tape_, at_); }
  [[nodiscard]] std::size_t value() const noexcept { return at_ + 1; }
  [[nodiscard]] bool sorted() const noexcept;  // strictly ascending, so without duplicates; from here on

 private:
  const third::JsonTape* tape_;
  std::size_t at_;
  std::size_t end_;
};

// Where the text of each number of a span is, found when it is first asked for: simdjson keeps only doubles.
class NumberPlaces {
 public:
  void clear() noexcept { found_ = false; }
  [[nodiscard]] std::string_view text(const third::JsonTape& tape, std::size_t i, std::string_view span);

 private:
  void find(const third::JsonTape& tape, std::string_view span);
  struct Place {
    std::size_t word;
    std::size_t offset;
  };
  std::vector<Place> places_;  // ascending
  bool found_ = false;
};

[[nodiscard]] std::string tape_number_text(const third::JsonTape& tape, std::size_t i, std::string_view span, NumberPlaces& numbers);
// Keys must be unique.
[[nodiscard]] Value tape_value(const third::JsonTape& tape, std::size_t i, std::string_view span, NumberPlaces& numbers);

// A tape made from a Value.
class ValueTape {
 public:
  third::JsonTape build(const Value& v);

 private:
  void put(const Value& v);
  void put_text(char tag, std::string_view text);
  void close(std::size_t opened, char open, char end, std::size_t count);
  std::vector<std::uint64_t> words_;
  std::vector<std::uint8_t> strings_;
};

// Writes canonical bytes (drift/model/hash.hpp) from a tape.
class CanonicalWriter {
 public:
  void begin(const third::JsonTape& tape, std::string_view span, NumberPlaces& numbers) noexcept;
  // False when an object has a key twice. `left_out` are members of the top object that are passed over.
  bool write(std::size_t i, const std::string_view* left_out, std::size_t left_out_count);
  [[nodiscard]] std::string_view bytes() const noexcept { return {buffer_.get(), size_}; }
  [[nodiscard]] std::uint64_t nodes() const noexcept { return nodes_; }

 private:
  struct Member {
    std::string_view key;
    std::size_t value;
  };
  bool write_value(std::size_t i);
  bool write_object(std::size_t i);
  bool write_members(std::size_t first);
  bool write_list(std::size_t i);
  void write_int(bool negative, std::uint64_t magnitude);
  void write_number_text(std::string_view text);
  void write_bytes(std::string_view s);
  void write_count(std::size_t n);  // decimal, ':'
  void write_count(char tag, std::size_t n);
  void room(std::size_t n) {
    if (capacity_ - size_ < n) grow(n);
  }
  void grow(std::size_t n);
  [[nodiscard]] std::size_t count_of(std::size_t container) const noexcept;

  const third::JsonTape* tape_ = nullptr;
  std::string_view span_;
  NumberPlaces* numbers_ = nullptr;
  std::unique_ptr<char[]> buffer_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  std::uint64_t nodes_ = 0;
  std::vector<Member> members_;  // a stack: those of objects that are being written
  std::string scratch_;
};

}  // namespace drift::state_internal
