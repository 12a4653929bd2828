#include "state/span_parser.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>
#include <vector>

#include "model/next_step.hpp"
#include "state/span_tape.hpp"

namespace drift::state_internal {

namespace {

// True when a surrogate escape is in the text (or bytes that look like one): simdjson takes some lone surrogates, the exact reader none.
bool has_surrogate_escape(std::string_view text) {
  for (std::size_t at = text.find("\\u"); at != std::string_view::npos; at = text.find("\\u", at + 2)) {
    if (at + 2 < text.size() && (text[at + 2] == 'd' || text[at + 2] == 'D')) return true;
  }
  return false;
}

}  // namespace

struct SpanParser::State {
  third::TapeParser simdjson;
  Span span;
  ValueTape exact;       // the tape of a span that simdjson did not take
  NumberPlaces numbers;  // of the span, once a number's text was asked for
  CanonicalWriter writer;
  std::vector<std::string_view> keys;  // scratch
};

SpanParser::SpanParser(std::shared_ptr<const OpenSource> source, const JsonLimits& limits, const OpContext& context)
    : s_(std::make_unique<State>()), source_(std::move(source)), limits_(limits), context_(context) {}
SpanParser::~SpanParser() = default;

Error SpanParser::error(Errc code, std::string message) const { return error_at({}, code, std::move(message)); }

Error SpanParser::error_at(const JsonView& view, Errc code, std::string message) const {
  return Error(code, std::move(message))
      .at(source_->name())
      .position(position_in(*source_, offset_of(view)))
      .next(model_internal::next_step_for(code));
}

std::uint64_t SpanParser::offset_of(const JsonView& view) const {
  const Span& span = s_->span;
  if (!view) return span.offset;
  // Every word of the tape is a token of the text, in the same order; commas and colons are no words.
  std::size_t token = 0;
  for (std::size_t i = 1; i + 1 < tape_.size; i = next_word(tape_, i), ++token) {
    while (token < tape_.token_count && (span.text[tape_.tokens[token]] == ',' || span.text[tape_.tokens[token]] == ':')) ++token;
    if (token >= tape_.token_count) break;
    if (i == view.index_) return span.offset + tape_.tokens[token];
  }
  return span.offset;
}

Result<JsonView> SpanParser::parse(const Span& span) {
  s_->span = span;
  s_->numbers.clear();
  const bool too_deep = span.depth >= limits_.max_depth;
  const bool exact_only = too_deep || (span.unicode_escapes && has_surrogate_escape(span.text));
  // Never more lenient about depth than the exact reader, which decides when simdjson finds it too deep.
  if (!exact_only && s_->simdjson.parse(span.text.data(), span.text.size(), limits_.max_depth - span.depth, tape_)) {
    return JsonView(this, 1);
  }
  return parse_exactly();
}

Result<JsonView> SpanParser::parse_exactly() {
  JsonLimits limits = limits_;
  const Span& span = s_->span;
  const bool container = !span.text.empty() && (span.text.front() == '{' || span.text.front() == '[');
  if (span.depth >= limits.max_depth && container) {
    return error(Errc::depth_limit, "containers were nested deeper than the limit of " + std::to_string(limits.max_depth));
  }
  limits.max_depth -= std::min(span.depth, limits.max_depth - 1);
  limits.max_nodes -= std::min(nodes_, limits.max_nodes);
  auto value = parse_json(span.text, limits, context_);
  if (!value) {  // once more for the position in the document, which costs a pass over all that stands before
    value = parse_json(span.text, limits, context_, position_in(*source_, span.offset));
    if (!value) return std::move(value).error().at(source_->name());
  }
  tape_ = s_->exact.build(*value);
  return JsonView(this, 1);
}

Error SpanParser::duplicate_key() {
  // The exact reader knows where.
  auto exact = parse_exactly();
  if (!exact) return std::move(exact).error();
  return error(Errc::duplicate_key, "a member name was given twice in one object");
}

Status SpanParser::unique_keys_here(const JsonView& view) {
  if (!view.is_object()) return {};
  std::vector<std::string_view>& keys = s_->keys;
  keys.clear();
  for (ObjectRange m(tape_, view.index_); m.more(); m.next()) keys.push_back(m.key());
  bool unique = true;
  if (keys.size() <= 12) {  // cheaper than sorting, as nearly all lengths differ or the first bytes do
    for (std::size_t i = 1; i < keys.size(); ++i)
      unique = unique && std::find(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(i), keys[i]) ==
                             keys.begin() + static_cast<std::ptrdiff_t>(i);
  } else {
    std::sort(keys.begin(), keys.end(), tape_key_less);
    unique = std::adjacent_find(keys.begin(), keys.end()) == keys.end();
  }
  return unique ? Status() : Status(duplicate_key());
}

Status SpanParser::unique_keys(const JsonView& view) {
  if (!view) return {};
  const std::size_t end = after(tape_, view.index_);
  for (std::size_t i = view.index_; i < end; i = next_word(tape_, i)) {
    ++nodes_;
    if (tag_of(tape_.words[i]) == '{') DRIFT_TRY(unique_keys_here(JsonView(this, i)));
  }
  if (nodes_ > limits_.max_nodes) {
    return error(Errc::node_limit, "the document had more values than the limit of " + std::to_string(limits_.max_nodes));
  }
  return {};
}

Status SpanParser::check(const Span& span) {
  auto view = parse(span);
  if (!view) return std::move(view).error();
  return unique_keys(*view);
}

Result<std::string_view> SpanParser::canonical(const JsonView& view) { return canonical_without(view, nullptr, 0); }

Result<std::string_view> SpanParser::canonical_without(const JsonView& view, const std::string_view* left_out, std::size_t count) {
  CanonicalWriter& out = s_->writer;
  const bool unique = out.write(tape_, view.index_, s_->span.text, s_->numbers, left_out, count);
  nodes_ += out.nodes();
  if (!unique) return duplicate_key();
  if (nodes_ > limits_.max_nodes) {
    return error(Errc::node_limit, "the document had more values than the limit of " + std::to_string(limits_.max_nodes));
  }
  return out.bytes();
}

Result<Value> SpanParser::value(const JsonView& view) {
  DRIFT_TRY(unique_keys(view));
  return tape_value(tape_, view.index_, s_->span.text, s_->numbers);
}

// JsonView

JsonType JsonView::type() const noexcept {
  switch (tag()) {
    case '{':
      return JsonType::object;
    case '[':
      return JsonType::array;
    case '"':
      return JsonType::string;
    case 't':
    case 'f':
      return JsonType::boolean;
    case 'n':
    case '\0':
      return JsonType::null;
    default:
      return JsonType::number;
  }
}

std::string JsonView::number_text() const {
  if (!is_number()) return {};
  SpanParser::State& s = *parser_->s_;
  return tape_number_text(tape(), index_, s.span.text, s.numbers);
}

std::optional<std::int64_t> JsonView::int64() const {
  if (!is_number()) return std::nullopt;
  if (tag() == 'l') return static_cast<std::int64_t>(tape().words[index_ + 1]);
  auto number = Number::parse(number_text());
  return number ? number->to_int64() : std::nullopt;
}

std::optional<std::uint64_t> JsonView::uint64() const {
  if (!is_number()) return std::nullopt;
  if (tag() == 'u') return tape().words[index_ + 1];
  if (const auto n = int64(); n && *n >= 0) return static_cast<std::uint64_t>(*n);
  // 2^63 and above, written in full, from the exact reader; 1e19 is no integer anybody writes a serial with.
  const std::string text = number_text();
  std::uint64_t out = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

JsonView JsonView::find(std::string_view wanted) const noexcept {
  if (!is_object()) return {};
  for (Cursor c = begin(); c; c.next()) {
    if (c.key() == wanted) return c.value();
  }
  return {};
}

std::string_view JsonView::string_or(std::string_view key, std::string_view otherwise) const noexcept {
  const JsonView member = find(key);
  return member.is_string() ? member.string() : otherwise;
}

std::size_t JsonView::size() const noexcept {
  std::size_t n = 0;
  for (Cursor c = begin(); c; c.next()) ++n;
  return n;
}

}  // namespace drift::state_internal
