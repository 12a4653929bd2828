// SpanParser: one span at a time to a read-only view, to canonical bytes, or to a Value; exact and strict where simdjson is not.
//
// simdjson does the work. Where its answer would not be exact (integers over 64 bits, 1e400, surrogate escapes) or it refuses, the bounded
// exact reader drift::parse_json decides: it gives either the value or the precise error. Numbers with a fraction or an exponent are read
// from the text of the span, never from a double.
//
// Thread rule: one thread at a time. A view lives until the next parse() of the parser that gave it; the span's bytes must live as long.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "drift/model/value.hpp"
#include "state/span_scanner.hpp"
#include "state/tape_walk.hpp"

namespace drift::state_internal {

class SpanParser;

// A value of the span that was parsed last; cheap to copy. Asking for another type than type() gives the empty answer, never a crash.
class JsonView {
 public:
  JsonView() = default;  // absent: converts to false
  explicit operator bool() const noexcept { return parser_ != nullptr; }
  [[nodiscard]] JsonType type() const noexcept;  // null when absent
  [[nodiscard]] bool is_null() const noexcept { return tag() == 'n'; }
  [[nodiscard]] bool is_string() const noexcept { return tag() == '"'; }
  [[nodiscard]] bool is_object() const noexcept { return tag() == '{'; }
  [[nodiscard]] bool is_array() const noexcept { return tag() == '['; }
  [[nodiscard]] bool is_number() const noexcept { return parser_ != nullptr && type() == JsonType::number; }
  [[nodiscard]] bool is_bool() const noexcept { return tag() == 't' || tag() == 'f'; }

  [[nodiscard]] std::string_view string() const noexcept;               // "" when it is none
  [[nodiscard]] bool boolean() const noexcept { return tag() == 't'; }  // false when it is none
  [[nodiscard]] std::string number_text() const;                        // as written; "" when it is none
  [[nodiscard]] std::optional<std::int64_t> int64() const;              // only when it is a number and exactly that
  [[nodiscard]] std::optional<std::uint64_t> uint64() const;

  // Members in document order; absent when there is none of that name (or this is no object). Linear.
  [[nodiscard]] JsonView find(std::string_view key) const noexcept;
  [[nodiscard]] std::string_view string_or(std::string_view key, std::string_view otherwise = {}) const noexcept;
  [[nodiscard]] std::size_t size() const noexcept;  // members or elements; 0 for the rest

  // for (JsonView::Cursor c = v.begin(); c; c.next()) use(c.key(), c.value());   key() is "" in arrays.
  class Cursor;
  [[nodiscard]] Cursor begin() const noexcept;

 private:
  friend class SpanParser;
  JsonView(const SpanParser* parser, std::size_t index) : parser_(parser), index_(index) {}
  [[nodiscard]] inline const third::JsonTape& tape() const noexcept;
  [[nodiscard]] inline char tag() const noexcept;  // NUL when absent
  const SpanParser* parser_ = nullptr;
  std::size_t index_ = 0;
};

class JsonView::Cursor {
 public:
  explicit operator bool() const noexcept { return at_ != end_; }
  void next() noexcept;
  [[nodiscard]] std::string_view key() const noexcept;
  [[nodiscard]] JsonView value() const noexcept { return {parser_, object_ ? at_ + 1 : at_}; }

 private:
  friend class JsonView;
  const SpanParser* parser_ = nullptr;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  bool object_ = false;
};

class SpanParser {
 public:
  // `source` names the document in errors and gives their positions.
  SpanParser(std::shared_ptr<const OpenSource> source, const JsonLimits& limits, const OpContext& context);
  SpanParser(const SpanParser&) = delete;
  SpanParser& operator=(const SpanParser&) = delete;
  ~SpanParser();

  // Parses the span: syntax, UTF-8, depth and the count of nodes are checked; duplicate keys are not yet (see below).
  Result<JsonView> parse(const Span& span);
  // E_DUPLICATE_KEY for `view` and all below it. canonical() and value() check what they are given themselves; whatever of a span
  // goes to neither has to be given to unique_keys() or unique_keys_here() by the reader.
  Status unique_keys(const JsonView& view);
  Status unique_keys_here(const JsonView& view);  // the members of this one object only
  // parse() and unique_keys(): for spans whose content is not used.
  Status check(const Span& span);

  // Canonical bytes as drift/model/hash.hpp documents them: those of append_canonical(*value(view)). Valid until the next call.
  Result<std::string_view> canonical(const JsonView& view);
  // canonical() with the members `left_out` of the top object itself left out (not of objects below).
  Result<std::string_view> canonical_without(const JsonView& view, const std::string_view* left_out, std::size_t count);
  Result<Value> value(const JsonView& view);

  // An error about the span that was parsed last, with the position of its first byte.
  [[nodiscard]] Error error(Errc code, std::string message) const;
  // With the position of `view`; of the span where that is not known (it is absent, or the span was one for the exact reader).
  [[nodiscard]] Error error_at(const JsonView& view, Errc code, std::string message) const;
  [[nodiscard]] std::uint64_t offset_of(const JsonView& view) const;
  [[nodiscard]] std::uint64_t nodes() const noexcept { return nodes_; }

 private:
  friend class JsonView;
  friend class JsonView::Cursor;
  struct State;
  Result<JsonView> parse_exactly();
  Error duplicate_key();

  third::JsonTape tape_;  // of the span that was parsed last
  std::unique_ptr<State> s_;
  std::shared_ptr<const OpenSource> source_;
  JsonLimits limits_;
  OpContext context_;
  std::uint64_t nodes_ = 0;
};

inline const third::JsonTape& JsonView::tape() const noexcept { return parser_->tape_; }
inline char JsonView::tag() const noexcept { return parser_ != nullptr ? tag_of(tape().words[index_]) : '\0'; }

inline std::string_view JsonView::string() const noexcept { return is_string() ? tape_string(tape(), index_) : std::string_view(); }

inline JsonView::Cursor JsonView::begin() const noexcept {
  Cursor c;
  const char t = tag();
  if (t != '{' && t != '[') return c;
  c.parser_ = parser_;
  c.at_ = index_ + 1;
  c.end_ = after(tape(), index_) - 1;
  c.object_ = t == '{';
  return c;
}
inline void JsonView::Cursor::next() noexcept { at_ = after(parser_->tape_, object_ ? at_ + 1 : at_); }
inline std::string_view JsonView::Cursor::key() const noexcept { return object_ ? tape_string(parser_->tape_, at_) : std::string_view(); }

}  // namespace drift::state_internal
