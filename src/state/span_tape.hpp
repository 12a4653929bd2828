// The tape of a parsed span: walking it, its canonical bytes, its Value. Internals of SpanParser.
//
// A tape comes from simdjson (third/simdjson_tape.hpp) or, for what simdjson does not take, is built from a Value in the same form with one
// more kind of word, 'N': a number as text.
//
// Thread rule: one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "drift/model/value.hpp"
#include "state/tape_walk.hpp"

namespace drift::state_internal {

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
  // The bytes of the value at `i`, valid until the next call. False when an object has a key twice.
  // `left_out` are members of the top object that are passed over.
  bool write(const third::JsonTape& tape, std::size_t i, std::string_view span, NumberPlaces& numbers, const std::string_view* left_out,
             std::size_t left_out_count);
  [[nodiscard]] std::string_view bytes() const noexcept { return {buffer_.get(), size_}; }
  [[nodiscard]] std::uint64_t nodes() const noexcept { return nodes_; }

 private:
  struct Member {
    std::string_view key;
    std::size_t value;
  };
  char* write_top(std::size_t i, const std::string_view* left_out, std::size_t left_out_count);
  // All write at `to` and give the end of what they wrote; null for a duplicate key, or with unsorted_ for one that is out of order.
  char* write_value(std::size_t i, char* to);
  char* write_object(std::size_t i, char* to);
  char* write_members(std::size_t first, char* to);
  char* write_list(std::size_t i, char* to);
  [[nodiscard]] std::size_t count_of(std::size_t container) const noexcept;

  third::JsonTape tape_;
  std::string_view span_;
  NumberPlaces* numbers_ = nullptr;
  std::unique_ptr<char[]> buffer_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  std::uint64_t nodes_ = 0;
  bool careful_ = false;  // members may be out of order: look first
  bool unsorted_ = false;
  unsigned careful_calls_ = 0;   // how many more calls are careful from the beginning
  std::vector<Member> members_;  // a stack: those of objects that are being written
  std::string scratch_;
};

}  // namespace drift::state_internal
