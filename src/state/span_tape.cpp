#include "state/span_tape.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <iterator>
#include <utility>

namespace drift::state_internal {

using third::JsonTape;

namespace {

constexpr std::size_t kSlack = 64;  // bytes that may be read behind a tape's strings and written behind the canonical bytes

// The first 8 bytes as a number that orders as the bytes do; bytes behind the end count as zero.
std::uint64_t prefix_of(std::string_view s) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, s.data(), sizeof word);
  if constexpr (std::endian::native == std::endian::little) word = __builtin_bswap64(word);
  if (s.size() >= 8) return word;
  return s.empty() ? 0 : word & (~std::uint64_t{0} << (64 - 8 * s.size()));
}

bool is_number_byte(char c) noexcept { return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'; }

// Copies in steps of 32 bytes; both sides have slack behind them.
void copy_over(char* to, const char* from, std::size_t n) noexcept {
  for (std::size_t at = 0; at < n; at += 32) std::memcpy(to + at, from + at, 32);
}

}  // namespace

bool tape_key_less(std::string_view a, std::string_view b) noexcept {
  const std::uint64_t x = prefix_of(a);
  const std::uint64_t y = prefix_of(b);
  if (x != y) return x < y;
  if (a.size() <= 8 && b.size() <= 8) return a.size() < b.size();  // they differ in trailing NULs at most
  return a < b;
}

bool ObjectRange::sorted() const noexcept {
  ObjectRange it = *this;
  if (!it.more()) return true;
  std::string_view last = it.key();
  for (it.next(); it.more(); it.next()) {
    const std::string_view here = it.key();
    if (!tape_key_less(last, here)) return false;
    last = here;
  }
  return true;
}

// NumberPlaces

void NumberPlaces::find(const JsonTape& tape, std::string_view span) {
  places_.clear();
  found_ = true;
  std::size_t token = 0;
  for (std::size_t i = 1; i + 1 < tape.size; i = next_word(tape, i)) {
    const char tag = tag_of(tape.words[i]);
    if (tag != 'l' && tag != 'u' && tag != 'd') continue;
    // The next token that begins a number: tokens and tape are both in document order.
    while (token < tape.token_count) {
      const char c = span[tape.tokens[token]];
      if (c == '-' || (c >= '0' && c <= '9')) break;
      ++token;
    }
    if (token == tape.token_count) return;  // cannot be: simdjson read the number somewhere
    places_.push_back({i, tape.tokens[token++]});
  }
}

std::string_view NumberPlaces::text(const JsonTape& tape, std::size_t i, std::string_view span) {
  if (!found_) find(tape, span);
  const auto at = std::lower_bound(places_.begin(), places_.end(), i, [](const Place& p, std::size_t word) { return p.word < word; });
  if (at == places_.end() || at->word != i) return "0";
  std::size_t end = at->offset;
  while (end < span.size() && is_number_byte(span[end])) ++end;
  return span.substr(at->offset, end - at->offset);
}

std::string tape_number_text(const JsonTape& tape, std::size_t i, std::string_view span, NumberPlaces& numbers) {
  const std::uint64_t raw = tape.words[i];
  switch (tag_of(raw)) {
    case 'N':
      return std::string(tape_string(tape, i));
    case 'u':
      return std::to_string(tape.words[i + 1]);
    case 'l':
      if (tape.words[i + 1] != 0) return std::to_string(static_cast<std::int64_t>(tape.words[i + 1]));
      break;  // 0 or -0: as it was written
    default:
      break;
  }
  return std::string(numbers.text(tape, i, span));
}

Value tape_value(const JsonTape& tape, std::size_t i, std::string_view span, NumberPlaces& numbers) {
  switch (tag_of(tape.words[i])) {
    case 'n':
      return {};
    case 't':
      return Value(true);
    case 'f':
      return Value(false);
    case '"':
      return Value(tape_string(tape, i));
    case '[': {
      Value::List list;
      list.reserve(static_cast<std::size_t>(tape.words[i] >> 32 & 0xFFFFFF));
      const std::size_t end = after(tape, i) - 1;
      for (std::size_t at = i + 1; at != end; at = after(tape, at)) list.push_back(tape_value(tape, at, span, numbers));
      return Value(std::move(list));
    }
    case '{': {
      std::vector<Object::Member> members;
      members.reserve(static_cast<std::size_t>(tape.words[i] >> 32 & 0xFFFFFF));
      for (ObjectRange m(tape, i); m.more(); m.next()) members.emplace_back(m.key(), tape_value(tape, m.value(), span, numbers));
      return Value(Object(std::move(members)));
    }
    default:
      break;
  }
  // The text of a number on a tape follows the grammar: somebody parsed it.
  return Value(Number::parse(tape_number_text(tape, i, span, numbers)).value());
}

// ValueTape

JsonTape ValueTape::build(const Value& v) {
  words_.assign(1, 0);
  strings_.clear();
  put(v);
  words_.push_back(std::uint64_t{'r'} << 56);
  words_[0] = (std::uint64_t{'r'} << 56) | words_.size();
  strings_.resize(strings_.size() + kSlack);
  return {words_.data(), words_.size(), strings_.data(), nullptr, 0};
}

void ValueTape::put_text(char tag, std::string_view text) {
  words_.push_back((static_cast<std::uint64_t>(tag) << 56) | strings_.size());
  const auto length = static_cast<std::uint32_t>(text.size());
  std::uint8_t raw[sizeof length];
  std::memcpy(raw, &length, sizeof length);
  strings_.insert(strings_.end(), std::begin(raw), std::end(raw));
  strings_.insert(strings_.end(), text.begin(), text.end());
  strings_.push_back(0);
}

void ValueTape::close(std::size_t opened, char open, char end, std::size_t count) {
  words_.push_back((static_cast<std::uint64_t>(end) << 56) | opened);
  words_[opened] = (static_cast<std::uint64_t>(open) << 56) | (std::min<std::uint64_t>(count, 0xFFFFFF) << 32) | words_.size();
}

void ValueTape::put(const Value& v) {
  switch (v.kind()) {
    case Value::Kind::boolean:
      words_.push_back((v.as_bool() ? std::uint64_t{'t'} : std::uint64_t{'f'}) << 56);
      return;
    case Value::Kind::number:
      put_text('N', v.as_number().text());
      return;
    case Value::Kind::string:
      put_text('"', v.as_string());
      return;
    case Value::Kind::list: {
      const std::size_t opened = words_.size();
      words_.push_back(0);
      for (const Value& element : v.as_list()) put(element);
      close(opened, '[', ']', v.as_list().size());
      return;
    }
    case Value::Kind::object: {
      const std::size_t opened = words_.size();
      words_.push_back(0);
      for (const auto& [key, value] : v.as_object()) {
        put_text('"', key);
        put(value);
      }
      close(opened, '{', '}', v.as_object().size());
      return;
    }
    case Value::Kind::null:
    case Value::Kind::unknown:
      break;  // a document has no unknown values
  }
  words_.push_back(std::uint64_t{'n'} << 56);
}

// CanonicalWriter

namespace {

struct TwoDigits {
  char text[200];
};
constexpr TwoDigits two_digits() {
  TwoDigits t{};
  for (std::size_t i = 0; i < 100; ++i) {
    t.text[2 * i] = static_cast<char>('0' + i / 10);
    t.text[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return t;
}
constexpr TwoDigits kTwoDigits = two_digits();

// Decimal, ':'
inline char* put_count(char* to, std::size_t n) noexcept {
  if (n < 10) {
    *to++ = static_cast<char>('0' + n);
  } else if (n < 100) {
    std::memcpy(to, kTwoDigits.text + 2 * n, 2);
    to += 2;
  } else {
    to = std::to_chars(to, to + 24, n).ptr;
  }
  *to = ':';
  return to + 1;
}

// Count and bytes.
inline char* put_sized(char* to, std::string_view s) noexcept {
  to = put_count(to, s.size());
  copy_over(to, s.data(), s.size());
  return to + s.size();
}

char* put_int(char* to, bool negative, std::uint64_t magnitude) noexcept {
  *to++ = 'n';
  if (magnitude == 0) {
    *to++ = '0';
  } else {
    unsigned zeros = 0;
    for (; magnitude % 10 == 0; magnitude /= 10) ++zeros;
    if (negative) *to++ = '-';
    to = std::to_chars(to, to + 24, magnitude).ptr;
    *to++ = 'e';
    to = std::to_chars(to, to + 4, zeros).ptr;
  }
  *to = ';';
  return to + 1;
}

char* put_number_text(char* to, std::string_view text, std::string& scratch) {
  scratch.assign(1, 'n');
  Number::append_canonical(text, scratch);
  scratch += ';';
  return std::copy(scratch.begin(), scratch.end(), to);
}

}  // namespace

std::size_t CanonicalWriter::count_of(std::size_t container) const noexcept {
  const std::uint64_t word = tape_.words[container];
  const auto count = static_cast<std::size_t>((word >> 32) & 0xFFFFFF);
  if (count < 0xFFFFFF) return count;  // else the field is full
  std::size_t n = 0;
  const std::size_t end = after(tape_, container) - 1;
  const bool object = tag_of(word) == '{';
  for (std::size_t at = container + 1; at != end; at = after(tape_, object ? at + 1 : at)) ++n;
  return n;
}

char* CanonicalWriter::write_list(std::size_t i, char* to) {
  *to++ = 'l';
  to = put_count(to, count_of(i));
  const std::size_t end = after(tape_, i) - 1;
  for (std::size_t at = i + 1; at != end && to != nullptr; at = after(tape_, at)) to = write_value(at, to);
  return to;
}

char* CanonicalWriter::write_object(std::size_t i, char* to) {
  if (careful_ && !ObjectRange(tape_, i).sorted()) {
    const std::size_t first = members_.size();
    for (ObjectRange m(tape_, i); m.more(); m.next()) members_.push_back({m.key(), m.value()});
    return write_members(first, to);
  }
  *to++ = 'o';
  to = put_count(to, count_of(i));
  const std::size_t end = after(tape_, i) - 1;
  std::string_view last;
  for (std::size_t at = i + 1; at != end; at = after(tape_, at + 1)) {
    const std::string_view key = tape_string(tape_, at);
    if (!careful_ && at != i + 1 && !tape_key_less(last, key)) {
      unsorted_ = true;
      return nullptr;
    }
    to = write_value(at + 1, put_sized(to, key));
    if (to == nullptr) return nullptr;
    last = key;
  }
  return to;
}

// Sorts and writes the members on the stack from `first` on, and takes them off.
char* CanonicalWriter::write_members(std::size_t first, char* to) {
  const auto begin = members_.begin() + static_cast<std::ptrdiff_t>(first);
  std::sort(begin, members_.end(), [](const Member& a, const Member& b) { return tape_key_less(a.key, b.key); });
  const auto same = [](const Member& a, const Member& b) { return a.key == b.key; };
  if (std::adjacent_find(begin, members_.end(), same) != members_.end()) return nullptr;
  *to++ = 'o';
  to = put_count(to, members_.size() - first);
  for (std::size_t m = first; m < members_.size() && to != nullptr; ++m) {
    const Member member = members_[m];  // a copy: the stack may move
    to = write_value(member.value, put_sized(to, member.key));
  }
  members_.resize(first);
  return to;
}

char* CanonicalWriter::write_value(std::size_t i, char* to) {
  ++nodes_;
  const std::uint64_t word = tape_.words[i];
  switch (tag_of(word)) {
    case '"':
      *to = 's';
      return put_sized(to + 1, tape_string(tape_, i));
    case '{':
      return write_object(i, to);
    case '[':
      return write_list(i, to);
    case 'l': {
      const auto n = static_cast<std::int64_t>(tape_.words[i + 1]);
      return put_int(to, n < 0, n < 0 ? ~static_cast<std::uint64_t>(n) + 1 : static_cast<std::uint64_t>(n));
    }
    case 'u':
      return put_int(to, false, tape_.words[i + 1]);
    case 'd':
      return put_number_text(to, numbers_->text(tape_, i, span_), scratch_);
    case 'N':
      return put_number_text(to, tape_string(tape_, i), scratch_);
    default:
      break;
  }
  const char tag = tag_of(word);
  *to = tag == 'n' ? 'z' : tag;  // 't' and 'f' stand for themselves
  return to + 1;
}

bool CanonicalWriter::write(const JsonTape& tape, std::size_t i, std::string_view span, NumberPlaces& numbers,
                            const std::string_view* left_out, std::size_t left_out_count) {
  tape_ = tape;
  span_ = span;
  numbers_ = &numbers;
  size_ = 0;
  // Every value takes at most three times the bytes that it has in the text: `0,` becomes `n0;`, `1,` `n1e0;`, `[]` `l0:`.
  if (const std::size_t most = 3 * span.size() + 4 * kSlack; capacity_ < most) {
    capacity_ = std::bit_ceil(most);
    buffer_.reset(new char[capacity_]);
  }
  // Most writers of JSON sort members, so they are written as they come. Where that fails all is written once more, looking at the order of
  // each object first, and so are the next values: a second attempt for each object alone would double with every level.
  careful_ = careful_calls_ > 0;
  if (careful_) --careful_calls_;
  char* end = write_top(i, left_out, left_out_count);
  if (end == nullptr && unsorted_) {
    careful_ = true;
    careful_calls_ = 16;
    end = write_top(i, left_out, left_out_count);
  }
  if (end == nullptr) return false;
  size_ = static_cast<std::size_t>(end - buffer_.get());
  return true;
}

char* CanonicalWriter::write_top(std::size_t i, const std::string_view* left_out, std::size_t left_out_count) {
  nodes_ = 0;
  members_.clear();
  unsorted_ = false;
  if (left_out_count == 0 || tag_of(tape_.words[i]) != '{') return write_value(i, buffer_.get());
  ++nodes_;
  for (ObjectRange m(tape_, i); m.more(); m.next()) {
    const std::string_view key = m.key();
    if (std::find(left_out, left_out + left_out_count, key) == left_out + left_out_count) members_.push_back({key, m.value()});
  }
  return write_members(0, buffer_.get());
}

}  // namespace drift::state_internal
