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
    case 'N': return std::string(tape_string(tape, i));
    case 'u': return std::to_string(tape.words[i + 1]);
    case 'l':
      if (tape.words[i + 1] != 0) return std::to_string(static_cast<std::int64_t>(tape.words[i + 1]));
      break;  // 0 or -0: as it was written
    default: break;
  }
  return std::string(numbers.text(tape, i, span));
}

Value tape_value(const JsonTape& tape, std::size_t i, std::string_view span, NumberPlaces& numbers) {
  switch (tag_of(tape.words[i])) {
    case 'n': return {};
    case 't': return Value(true);
    case 'f': return Value(false);
    case '"': return Value(tape_string(tape, i));
    case '[': {
      Value::List list;
      const std::size_t end = after(tape, i) - 1;
      for (std::size_t at = i + 1; at != end; at = after(tape, at)) list.push_back(tape_value(tape, at, span, numbers));
      return Value(std::move(list));
    }
    case '{': {
      std::vector<Object::Member> members;
      for (ObjectRange m(tape, i); m.more(); m.next()) members.emplace_back(m.key(), tape_value(tape, m.value(), span, numbers));
      return Value(Object(std::move(members)));
    }
    default: break;
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
    case Value::Kind::boolean: words_.push_back((v.as_bool() ? std::uint64_t{'t'} : std::uint64_t{'f'}) << 56); return;
    case Value::Kind::number: put_text('N', v.as_number().text()); return;
    case Value::Kind::string: put_text('"', v.as_string()); return;
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
    case Value::Kind::unknown: break;  // a document has no unknown values
  }
  words_.push_back(std::uint64_t{'n'} << 56);
}

// CanonicalWriter

void CanonicalWriter::begin(const JsonTape& tape, std::string_view span, NumberPlaces& numbers) noexcept {
  tape_ = &tape;
  span_ = span;
  numbers_ = &numbers;
  size_ = 0;
  nodes_ = 0;
  members_.clear();
}

void CanonicalWriter::grow(std::size_t n) {
  const std::size_t capacity = std::bit_ceil(std::max<std::size_t>(size_ + n + kSlack, 16 * 1024));
  std::unique_ptr<char[]> larger(new char[capacity]);
  if (size_ > 0) std::memcpy(larger.get(), buffer_.get(), size_);
  buffer_ = std::move(larger);
  capacity_ = capacity - kSlack;
}

void CanonicalWriter::write_count(char tag, std::size_t n) {
  room(1);
  buffer_[size_++] = tag;
  write_count(n);
}

void CanonicalWriter::write_count(std::size_t n) {
  room(32);
  char* p = buffer_.get() + size_;
  if (n < 10) {
    *p++ = static_cast<char>('0' + n);
  } else if (n < 100) {
    *p++ = static_cast<char>('0' + n / 10);
    *p++ = static_cast<char>('0' + n % 10);
  } else {
    p = std::to_chars(p, p + 24, n).ptr;
  }
  *p++ = ':';
  size_ = static_cast<std::size_t>(p - buffer_.get());
}

void CanonicalWriter::write_bytes(std::string_view s) {
  room(s.size() + 32);
  copy_over(buffer_.get() + size_, s.data(), s.size());
  size_ += s.size();
}

void CanonicalWriter::write_int(bool negative, std::uint64_t magnitude) {
  room(64);
  char* p = buffer_.get() + size_;
  *p++ = 'n';
  if (magnitude == 0) {
    *p++ = '0';
  } else {
    unsigned zeros = 0;
    for (; magnitude % 10 == 0; magnitude /= 10) ++zeros;
    if (negative) *p++ = '-';
    p = std::to_chars(p, p + 24, magnitude).ptr;
    *p++ = 'e';
    p = std::to_chars(p, p + 4, zeros).ptr;
  }
  *p++ = ';';
  size_ = static_cast<std::size_t>(p - buffer_.get());
}

void CanonicalWriter::write_number_text(std::string_view text) {
  scratch_.assign(1, 'n');
  Number::append_canonical(text, scratch_);
  scratch_ += ';';
  room(scratch_.size());
  std::memcpy(buffer_.get() + size_, scratch_.data(), scratch_.size());
  size_ += scratch_.size();
}

std::size_t CanonicalWriter::count_of(std::size_t container) const noexcept {
  const std::uint64_t word = tape_->words[container];
  const auto count = static_cast<std::size_t>((word >> 32) & 0xFFFFFF);
  if (count < 0xFFFFFF) return count;  // else the field is full
  std::size_t n = 0;
  const std::size_t end = after(*tape_, container) - 1;
  const bool object = tag_of(word) == '{';
  for (std::size_t at = container + 1; at != end; at = after(*tape_, object ? at + 1 : at)) ++n;
  return n;
}

bool CanonicalWriter::write_list(std::size_t i) {
  write_count('l', count_of(i));
  const std::size_t end = after(*tape_, i) - 1;
  for (std::size_t at = i + 1; at != end; at = after(*tape_, at)) {
    if (!write_value(at)) return false;
  }
  return true;
}

bool CanonicalWriter::write_object(std::size_t i) {
  const ObjectRange range(*tape_, i);
  if (range.sorted()) {  // as Go and most others write it
    write_count('o', count_of(i));
    for (ObjectRange m = range; m.more(); m.next()) {
      const std::string_view key = m.key();
      write_count(key.size());
      write_bytes(key);
      if (!write_value(m.value())) return false;
    }
    return true;
  }
  const std::size_t first = members_.size();
  for (ObjectRange m = range; m.more(); m.next()) members_.push_back({m.key(), m.value()});
  return write_members(first);
}

// Sorts and writes the members on the stack from `first` on, and takes them off.
bool CanonicalWriter::write_members(std::size_t first) {
  const auto begin = members_.begin() + static_cast<std::ptrdiff_t>(first);
  std::sort(begin, members_.end(), [](const Member& a, const Member& b) { return tape_key_less(a.key, b.key); });
  if (std::adjacent_find(begin, members_.end(), [](const Member& a, const Member& b) { return a.key == b.key; }) != members_.end()) return false;
  write_count('o', members_.size() - first);
  for (std::size_t m = first; m < members_.size(); ++m) {
    const Member member = members_[m];  // a copy: the stack may move
    write_count(member.key.size());
    write_bytes(member.key);
    if (!write_value(member.value)) return false;
  }
  members_.resize(first);
  return true;
}

bool CanonicalWriter::write_value(std::size_t i) {
  ++nodes_;
  const std::uint64_t word = tape_->words[i];
  switch (tag_of(word)) {
    case '"': {
      const std::string_view s = tape_string(*tape_, i);
      write_count('s', s.size());
      write_bytes(s);
      return true;
    }
    case '{': return write_object(i);
    case '[': return write_list(i);
    case 'l': {
      const auto n = static_cast<std::int64_t>(tape_->words[i + 1]);
      write_int(n < 0, n < 0 ? ~static_cast<std::uint64_t>(n) + 1 : static_cast<std::uint64_t>(n));
      return true;
    }
    case 'u': write_int(false, tape_->words[i + 1]); return true;
    case 'd': write_number_text(numbers_->text(*tape_, i, span_)); return true;
    case 'N': write_number_text(tape_string(*tape_, i)); return true;
    default: break;
  }
  room(1);
  const char tag = tag_of(word);
  buffer_[size_++] = tag == 'n' ? 'z' : tag;  // 't' and 'f' stand for themselves
  return true;
}

bool CanonicalWriter::write(std::size_t i, const std::string_view* left_out, std::size_t left_out_count) {
  if (left_out_count == 0 || tag_of(tape_->words[i]) != '{') return write_value(i);
  ++nodes_;
  for (ObjectRange m(*tape_, i); m.more(); m.next()) {
    const std::string_view key = m.key();
    if (std::find(left_out, left_out + left_out_count, key) == left_out + left_out_count) members_.push_back({key, m.value()});
  }
  return write_members(0);
}

}  // namespace drift::state_internal
