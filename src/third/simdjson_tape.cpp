#include "third/simdjson_tape.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bit>

namespace drift::third {

static_assert(TapeParser::kPadding >= simdjson::SIMDJSON_PADDING);

struct TapeParser::State {
  simdjson::dom::parser parser;
};

TapeParser::TapeParser() : s_(std::make_unique<State>()) {}
TapeParser::~TapeParser() = default;

void TapeParser::make_ready() {
  static constexpr char text[1 + kPadding] = "0";
  JsonTape tape;
  (void)TapeParser().parse(text, 1, 1, tape);
}

bool TapeParser::parse(const char* text, std::size_t size, std::size_t max_depth, JsonTape& tape) noexcept {
  simdjson::dom::parser& p = s_->parser;
  if (size > p.max_capacity()) return false;
  if (p.implementation == nullptr || p.capacity() < size || p.doc.capacity() < size) {
    // Powers of two, so that a document of ever larger spans does not allocate for each of them.
    const std::size_t capacity = std::max(p.capacity(), std::bit_ceil(std::max(size, std::size_t{64} << 10)));
    if (p.allocate(capacity, max_depth) != simdjson::SUCCESS) return false;
    if (p.doc.capacity() < capacity && p.doc.allocate(capacity) != simdjson::SUCCESS) return false;
  } else if (p.max_depth() != max_depth && p.implementation->set_max_depth(max_depth) != simdjson::SUCCESS) {
    return false;
  }
  if (p.parse(reinterpret_cast<const std::uint8_t*>(text), size, false).error() != simdjson::SUCCESS) return false;
  tape.words = p.doc.tape.get();
  tape.size = static_cast<std::size_t>(tape.words[0] & 0x00FFFFFFFFFFFFFFU);
  tape.strings = p.doc.string_buf.get();
  tape.tokens = p.implementation->structural_indexes.get();
  tape.token_count = p.implementation->n_structural_indexes;
  return true;
}

}  // namespace drift::third
