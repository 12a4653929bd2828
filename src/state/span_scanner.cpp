#include "state/span_scanner.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "model/next_step.hpp"
#include "state/span_scanner_kernel.hpp"

namespace drift::state_internal {
namespace {

constexpr std::size_t kWindow = std::size_t{1} << 20;

bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool ends_plain(char c) noexcept { return is_space(c) || c == ',' || c == ']' || c == '}' || c == ':' || c == '"' || c == '[' || c == '{'; }

std::optional<JsonType> type_of(char c) noexcept {
  switch (c) {
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
      return JsonType::null;
    default:
      break;
  }
  if (c == '-' || (c >= '0' && c <= '9')) return JsonType::number;
  return std::nullopt;
}

}  // namespace

std::string_view json_type_name(JsonType t) noexcept {
  switch (t) {
    case JsonType::null:
      return "null";
    case JsonType::boolean:
      return "a boolean";
    case JsonType::number:
      return "a number";
    case JsonType::string:
      return "a string";
    case JsonType::array:
      return "an array";
    case JsonType::object:
      break;
  }
  return "an object";
}

SpanScanner::SpanScanner(std::shared_ptr<const OpenSource> source, const JsonLimits& limits, const OpContext& context)
    : source_(std::move(source)), limits_(limits), context_(context) {
  if (const std::string_view all = source_->in_memory(); all.data() != nullptr) {
    in_memory_ = true;
    window_ = all.data();
    end_ = all.size();
    return;
  }
  buffer_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, source_->size() + 1)) + kSpanPadding);
  window_ = buffer_.data();
}

Error SpanScanner::error(Errc code, std::string message, std::uint64_t offset) const {
  return Error(code, std::move(message))
      .at(source_->name())
      .position(position_in(*source_, offset))
      .next(model_internal::next_step_for(code));
}

Error SpanScanner::truncated() const {
  const std::string message = source_->size() == 0 ? "the document was empty" : "the document ended too early";
  return error(Errc::truncated, message, source_->size());
}

Error SpanScanner::unexpected(std::string_view wanted) const {
  return error(Errc::parse, std::string(wanted) + " was expected", base_ + pos_);
}

Result<bool> SpanScanner::fill() {
  const std::uint64_t next = base_ + end_;
  if (next >= source_->size()) return false;
  if (pos_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + pos_, end_ - pos_);
    base_ += pos_;
    end_ -= pos_;
    pos_ = 0;
  }
  if (end_ + kSpanPadding >= buffer_.size()) {
    // A value that fills the window is being measured: room for it, up to one window over the largest span.
    const std::uint64_t most = std::max<std::uint64_t>(limits_.max_span_bytes, kWindow) + kWindow;
    const std::uint64_t rest = source_->size() - base_ + 1;
    buffer_.resize(static_cast<std::size_t>(std::min({std::uint64_t{buffer_.size()} * 2, most, rest})) + kSpanPadding);
    window_ = buffer_.data();
  }
  auto got = source_->read(next, buffer_.data() + end_, buffer_.size() - kSpanPadding - end_);
  if (!got) return std::move(got).error();
  end_ += *got;
  return *got > 0;
}

Result<char> SpanScanner::next_byte() {
  for (;;) {
    while (pos_ < end_ && is_space(window_[pos_])) ++pos_;
    if (pos_ < end_) break;
    auto more = fill();
    if (!more) return std::move(more).error();
    if (!*more) return truncated();
  }
  if (base_ + pos_ == 0 && window_[0] == '\xEF') {  // a byte order mark
    while (end_ < 3) {
      auto more = fill();
      if (!more) return std::move(more).error();
      if (!*more) break;
    }
    if (end_ >= 3 && window_[1] == '\xBB' && window_[2] == '\xBF') {
      pos_ = 3;
      return next_byte();
    }
  }
  return window_[pos_];
}

Result<JsonType> SpanScanner::peek() {
  auto c = next_byte();
  if (!c) return std::move(c).error();
  if (const auto type = type_of(*c)) return *type;
  return unexpected("a value");
}

Status SpanScanner::expect(JsonType type, std::string_view what) {
  auto found = peek();
  if (!found) return std::move(found).error();
  if (*found == type) return {};
  return error(
      Errc::bad_structure,
      std::string(what) + " was " + std::string(json_type_name(*found)) + " where " + std::string(json_type_name(type)) + " was expected",
      base_ + pos_);
}

Status SpanScanner::check_depth(std::uint64_t inner_depth) {
  if (frames_.size() + inner_depth <= limits_.max_depth) return {};
  return error(Errc::depth_limit, "containers were nested deeper than the limit of " + std::to_string(limits_.max_depth), base_ + pos_);
}

Status SpanScanner::count_node() {
  if (++nodes_ <= limits_.max_nodes) return {};
  return error(Errc::node_limit, "the document had more values than the limit of " + std::to_string(limits_.max_nodes), base_ + pos_);
}

Status SpanScanner::enter(char open, std::string_view what) {
  auto c = next_byte();
  if (!c) return std::move(c).error();
  if (*c != open) return unexpected(what);
  DRIFT_TRY(check_depth(1));
  ++pos_;
  frames_.push_back(Frame{open == '{', true, {}});
  return {};
}

Status SpanScanner::enter_object() { return enter('{', "an object"); }
Status SpanScanner::enter_array() { return enter('[', "an array"); }

Result<bool> SpanScanner::separator(char close) {
  DRIFT_TRY(context_.check());
  auto c = next_byte();
  if (!c) return std::move(c).error();
  Frame& frame = frames_.back();
  if (*c == close) {
    ++pos_;
    frames_.pop_back();
    return false;
  }
  if (frame.first) {
    frame.first = false;
  } else {
    if (*c != ',') return unexpected(close == '}' ? "a comma or a closing brace" : "a comma or a closing bracket");
    ++pos_;
  }
  DRIFT_TRY(count_node());
  return true;
}

Result<bool> SpanScanner::next_element() {
  auto more = separator(']');
  if (!more || !*more) return more;
  auto type = peek();  // `[1,]` has to fail here, not at whoever consumes the value
  if (!type) return std::move(type).error();
  return true;
}

Result<bool> SpanScanner::next_member() {
  auto more = separator('}');
  if (!more || !*more) return more;
  auto c = next_byte();
  if (!c) return std::move(c).error();
  if (*c != '"') return unexpected("a member name in quotes");
  DRIFT_TRY(read_key());
  c = next_byte();
  if (!c) return std::move(c).error();
  if (*c != ':') return unexpected("a colon");
  ++pos_;
  auto type = peek();
  if (!type) return std::move(type).error();
  return true;
}

Status SpanScanner::read_key() {
  auto extent = measure_string(limits_.max_span_bytes);
  if (!extent) return std::move(extent).error();
  key_offset_ = base_ + pos_;
  if (!extent->complete) return error(Errc::byte_limit, "a member name was larger than the limit for one span", key_offset_);
  const std::string_view raw(window_ + pos_, extent->size);
  const bool plain = std::all_of(raw.begin() + 1, raw.end() - 1, [](char c) {
    const auto b = static_cast<unsigned char>(c);
    return b >= 0x20 && b < 0x7F && b != '\\';
  });
  if (plain) {
    key_.assign(raw.substr(1, raw.size() - 2));
  } else {  // escapes, UTF-8 or something forbidden: the exact reader decides
    auto decoded = parse_json(raw, limits_, context_);
    if (!decoded) {
      decoded = parse_json(raw, limits_, context_, position_in(*source_, key_offset_));
      if (!decoded) return std::move(decoded).error().at(source_->name());
    }
    key_ = decoded->as_string();
  }
  if (!frames_.back().keys.insert(fingerprint_bytes(key_)).second) {
    return error(Errc::duplicate_key, "a member name was given twice in one object", key_offset_);
  }
  pos_ += extent->size;
  return {};
}

Result<SpanScanner::Extent> SpanScanner::measure(std::uint64_t max_bytes) {
  auto type = peek();
  if (!type) return std::move(type).error();
  if (*type == JsonType::object || *type == JsonType::array) return measure_container(max_bytes);
  if (*type == JsonType::string) return measure_string(max_bytes);
  return measure_plain(max_bytes);
}

Result<SpanScanner::Extent> SpanScanner::measure_container(std::uint64_t max_bytes) {
  const BracketKernel kernel = bracket_kernel();
  BracketState state;
  std::size_t scanned = 0;
  for (;;) {
    const std::size_t ended = kernel(window_ + pos_ + scanned, end_ - pos_ - scanned, state);
    if (ended != kNotEnded) {
      const std::size_t size = scanned + ended;
      return Extent{size, state.unicode_escape, size <= max_bytes};
    }
    scanned = end_ - pos_;
    if (scanned > max_bytes) return Extent{scanned, true, false};
    // Hopelessly deep: no need to hold more of it. The exact place is for the parser, which is stricter than this.
    if (state.depth > limits_.max_depth) return Extent{scanned, true, true};
    auto more = fill();
    if (!more) return std::move(more).error();
    if (!*more) return truncated();
  }
}

Result<SpanScanner::Extent> SpanScanner::measure_string(std::uint64_t max_bytes) {
  std::size_t at = 1;  // behind the opening quote
  bool unicode = false;
  for (;;) {
    const char* text = window_ + pos_;
    const std::size_t size = end_ - pos_;
    for (; at < size; ++at) {
      if (text[at] == '"') return Extent{at + 1, unicode, at + 1 <= max_bytes};
      if (text[at] != '\\') continue;
      if (at + 1 == size) break;  // the escaped byte is not here yet
      ++at;
      unicode = unicode || text[at] == 'u';
    }
    if (size > max_bytes) return Extent{size, true, false};
    auto more = fill();
    if (!more) return std::move(more).error();
    if (!*more) return truncated();
  }
}

Result<SpanScanner::Extent> SpanScanner::measure_plain(std::uint64_t max_bytes) {
  std::size_t at = 0;
  for (;;) {
    while (pos_ + at < end_ && !ends_plain(window_[pos_ + at])) ++at;
    if (pos_ + at < end_) break;
    if (at > max_bytes) return Extent{at, false, false};
    auto more = fill();
    if (!more) return std::move(more).error();
    if (*more) continue;
    if (!frames_.empty()) return truncated();
    break;  // a document that is one number ends where it ends
  }
  return Extent{at, false, at <= max_bytes};
}

Result<Span> SpanScanner::take_value() {
  auto extent = measure(limits_.max_span_bytes);
  if (!extent) return std::move(extent).error();
  if (!extent->complete) {
    return error(Errc::byte_limit, "one value was larger than the limit of " + std::to_string(limits_.max_span_bytes) + " bytes",
                 base_ + pos_);
  }
  return consume(*extent);
}

Result<std::optional<Span>> SpanScanner::take_value_within(std::size_t max_bytes) {
  auto extent = measure(std::min<std::uint64_t>(max_bytes, limits_.max_span_bytes));
  if (!extent) return std::move(extent).error();
  if (!extent->complete) return std::optional<Span>();
  return std::optional<Span>(consume(*extent));
}

Result<std::optional<std::uint64_t>> SpanScanner::skip_value_like(std::uint64_t size, const Fingerprint& raw) {
  auto c = next_byte();
  if (!c) return std::move(c).error();
  while (end_ - pos_ < size) {
    auto more = fill();
    if (!more) return std::move(more).error();
    if (!*more) return std::optional<std::uint64_t>();
  }
  if (!(fingerprint_bytes(std::string_view(window_ + pos_, static_cast<std::size_t>(size))) == raw)) return std::optional<std::uint64_t>();
  const std::uint64_t offset = base_ + pos_;
  pos_ += static_cast<std::size_t>(size);
  return std::optional<std::uint64_t>(offset);
}

Span SpanScanner::consume(const Extent& extent) {
  Span span{std::string_view(window_ + pos_, extent.size), base_ + pos_, depth(), extent.unicode_escapes};
  pos_ += extent.size;
  if (in_memory_ && end_ - pos_ < kSpanPadding) {  // what is behind the document is not ours to read
    buffer_.assign(span.text.begin(), span.text.end());
    buffer_.resize(extent.size + kSpanPadding);
    span.text = std::string_view(buffer_.data(), extent.size);
  }
  return span;
}

Status SpanScanner::skip_value() {
  auto type = peek();
  if (!type) return std::move(type).error();
  if (*type == JsonType::object || *type == JsonType::array) return skip_container();
  auto extent = *type == JsonType::string ? measure_string(limits_.max_span_bytes) : measure_plain(limits_.max_span_bytes);
  if (!extent) return std::move(extent).error();
  if (!extent->complete) return error(Errc::byte_limit, "one value was larger than the limit for one span", base_ + pos_);
  pos_ += extent->size;
  return {};
}

Status SpanScanner::skip_container() {
  const BracketKernel kernel = bracket_kernel();
  BracketState state;
  for (;;) {
    const std::size_t ended = kernel(window_ + pos_, end_ - pos_, state);
    if (ended != kNotEnded) {
      pos_ += ended;
      return {};
    }
    DRIFT_TRY(check_depth(state.depth));
    pos_ = end_;
    DRIFT_TRY(context_.check());
    auto more = fill();
    if (!more) return std::move(more).error();
    if (!*more) return truncated();
  }
}

Status SpanScanner::finish() {
  for (;;) {
    while (pos_ < end_ && is_space(window_[pos_])) ++pos_;
    if (pos_ < end_) return error(Errc::trailing_bytes, "there were bytes behind the end of the document", base_ + pos_);
    auto more = fill();
    if (!more) return std::move(more).error();
    if (!*more) return {};
  }
}

Result<SpanScanner::Mark> SpanScanner::mark() {
  auto c = next_byte();
  if (!c) return std::move(c).error();
  return Mark{base_ + pos_, frames_.size()};
}

void SpanScanner::rewind(const Mark& m) {
  frames_.resize(m.depth);
  if (m.offset >= base_ && m.offset <= base_ + end_) {
    pos_ = static_cast<std::size_t>(m.offset - base_);
    return;
  }
  base_ = m.offset;  // of a file: read again from there
  pos_ = end_ = 0;
}

}  // namespace drift::state_internal
