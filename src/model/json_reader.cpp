// A strict, bounded reader by recursive descent. The depth limit (512 at most) bounds the stack too.
#include <algorithm>
#include <numeric>
#include <optional>

#include "drift/model/json.hpp"
#include "model/next_step.hpp"
#include "model/number_scan.hpp"
#include "model/utf8.hpp"

namespace drift {
namespace {

using model_internal::NumberScan;

constexpr std::uint32_t deepest = 512;
constexpr std::uint64_t nodes_between_checks = 1U << 16;

class Reader {
 public:
  Reader(std::string_view text, const JsonLimits& limits, const OpContext& ctx, TextPosition origin)
      : text_(text), limits_(limits), ctx_(ctx), origin_(origin), max_depth_(std::min(limits.max_depth, deepest)) {}

  Result<Value> read() {
    if (text_.size() > std::min(limits_.max_bytes, limits_.max_span_bytes)) {
      return Error(Errc::byte_limit, "the document was larger than the limit of " +
                                         std::to_string(std::min(limits_.max_bytes, limits_.max_span_bytes)) + " bytes")
          .next(model_internal::next_step_for(Errc::byte_limit));
    }
    Result<Value> document = Value();
    if (text_.substr(0, 3) == "\xEF\xBB\xBF")
      fail(Errc::parse, "a byte order mark was found", 0, "save the document as UTF-8 without one");
    else if (read_value(*document, 0))
      end();
    if (error_) return std::move(*error_);
    return document;
  }

 private:
  // All readers return false when they have set error_.
  bool fail(Errc code, const char* message, std::size_t at, const char* next = nullptr) {
    if (next == nullptr) next = model_internal::next_step_for(code);
    error_ = Error(code, message).position(position_of(text_, at, origin_)).next(next);
    return false;
  }
  bool fail_truncated() {
    return fail(Errc::truncated, text_.empty() ? "the document was empty" : "the document ended too early", text_.size());
  }
  // What is at `at` is not what had to be there.
  bool fail_unexpected(const char* message, std::size_t at) {
    return at >= text_.size() ? fail_truncated() : fail(Errc::parse, message, at);
  }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) ++at_;
  }
  [[nodiscard]] bool here(char c) const { return at_ < text_.size() && text_[at_] == c; }

  void end() {
    skip_space();
    if (at_ < text_.size()) fail(Errc::trailing_bytes, "more bytes followed the end of the document", at_);
  }

  bool count_node() {
    if (nodes_ % nodes_between_checks == 0) {
      if (Status s = ctx_.check(); !s.ok()) {
        error_ = std::move(s).error();
        return false;
      }
    }
    if (++nodes_ <= limits_.max_nodes) return true;
    return fail(Errc::node_limit, "the document held more values than the limit", at_);
  }

  bool read_value(Value& out, std::uint32_t depth) {
    skip_space();
    if (!count_node()) return false;
    if (at_ >= text_.size()) return fail_truncated();
    switch (text_[at_]) {
      case '{':
        return enter(depth) && read_object(out, depth + 1);
      case '[':
        return enter(depth) && read_list(out, depth + 1);
      case '"': {
        std::string s;
        if (!read_string(s)) return false;
        out = Value(std::move(s));
        return true;
      }
      case 't':
        return read_literal("true", Value(true), out);
      case 'f':
        return read_literal("false", Value(false), out);
      case 'n':
        return read_literal("null", Value(), out);
      default:
        return read_number(out);
    }
  }

  bool enter(std::uint32_t depth) {
    if (depth < max_depth_) return true;
    return fail(Errc::depth_limit, "the document was nested deeper than the limit", at_);
  }

  bool read_literal(std::string_view word, Value value, Value& out) {
    for (std::size_t i = 0; i < word.size(); ++i)
      if (at_ + i >= text_.size() || text_[at_ + i] != word[i]) return fail_unexpected("a value was expected", at_ + i);
    at_ += word.size();
    out = std::move(value);
    return true;
  }

  bool read_number(Value& out) {
    const char c = text_[at_];
    if (c != '-' && (c < '0' || c > '9')) return fail(Errc::parse, "a value was expected", at_);
    const NumberScan scan = model_internal::scan_number(text_, at_);
    switch (scan.outcome) {
      case NumberScan::Outcome::truncated:
        return fail_truncated();
      case NumberScan::Outcome::malformed:
        return fail(Errc::parse, "a number was malformed", scan.end);
      case NumberScan::Outcome::exponent_range:
        return fail(Errc::parse, "a number had an exponent out of range", scan.end);
      case NumberScan::Outcome::ok:
        break;
    }
    Result<Number> n = Number::parse(text_.substr(at_, scan.end - at_));
    if (!n) return fail(Errc::parse, "a number was malformed", at_);
    out = Value(std::move(*n));
    at_ = scan.end;
    return true;
  }

  bool read_list(Value& out, std::uint32_t depth) {
    ++at_;
    Value::List list;
    skip_space();
    if (here(']')) {
      ++at_;
    } else {
      for (;;) {
        if (!read_value(list.emplace_back(), depth)) return false;
        skip_space();
        if (here(']')) break;
        if (!here(',')) return fail_unexpected("a ',' or ']' was expected", at_);
        ++at_;
      }
      ++at_;
    }
    out = Value(std::move(list));
    return true;
  }

  bool read_object(Value& out, std::uint32_t depth) {
    ++at_;
    std::vector<Object::Member> members;
    const std::size_t base = key_offsets_.size();  // of this object on the stack of key positions
    skip_space();
    if (here('}')) {
      ++at_;
    } else {
      for (;;) {
        if (!read_member(members, depth)) return false;
        skip_space();
        if (here('}')) break;
        if (!here(',')) return fail_unexpected("a ',' or '}' was expected", at_);
        ++at_;
        skip_space();
      }
      ++at_;
    }
    if (!sort_members(members, base)) return false;
    key_offsets_.resize(base);
    out = Value(Object(std::move(members)));
    return true;
  }

  bool read_member(std::vector<Object::Member>& members, std::uint32_t depth) {
    if (!here('"')) return fail_unexpected("a key in double quotes was expected", at_);
    key_offsets_.push_back(at_);
    Object::Member& member = members.emplace_back();
    if (!read_string(member.first)) return false;
    skip_space();
    if (!here(':')) return fail_unexpected("a ':' was expected", at_);
    ++at_;
    return read_value(member.second, depth);
  }

  // Puts the members in key order; refuses a key that is there twice, at its second place.
  bool sort_members(std::vector<Object::Member>& members, std::size_t base) {
    const auto unordered = [](const Object::Member& a, const Object::Member& b) { return a.first >= b.first; };
    if (std::adjacent_find(members.begin(), members.end(), unordered) == members.end()) return true;
    std::vector<std::uint32_t> order(members.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      const int c = members[a].first.compare(members[b].first);
      return c != 0 ? c < 0 : a < b;
    });
    std::optional<std::size_t> second;
    for (std::size_t i = 1; i < order.size(); ++i) {
      if (members[order[i - 1]].first != members[order[i]].first) continue;
      const std::size_t offset = key_offsets_[base + order[i]];
      if (!second || offset < *second) second = offset;
    }
    if (second) return fail(Errc::duplicate_key, "a key was given twice in one object", *second);
    std::vector<Object::Member> sorted;
    sorted.reserve(members.size());
    for (const std::uint32_t i : order) sorted.push_back(std::move(members[i]));
    members = std::move(sorted);
    return true;
  }

  bool read_string(std::string& out) {
    std::size_t run = ++at_;  // behind the quote: the start of bytes to be taken as they are
    for (;;) {
      while (at_ < text_.size() && is_plain(text_[at_])) ++at_;
      if (at_ >= text_.size()) return fail_truncated();
      const auto b = static_cast<unsigned char>(text_[at_]);
      if (b == '"') break;
      if (b >= 0x80) {
        const auto sequence = model_internal::utf8_sequence(text_, at_);
        if (sequence.cut) return fail_truncated();
        if (sequence.length == 0) return fail(Errc::bad_utf8, "a string held bytes that are not UTF-8", at_);
        at_ += sequence.length;
      } else if (b == '\\') {
        out += text_.substr(run, at_ - run);
        if (!read_escape(out)) return false;
        run = at_;
      } else {
        return fail(Errc::parse, "a string held a control character", at_, "escape it");
      }
    }
    out += text_.substr(run, at_ - run);
    ++at_;
    return true;
  }

  static bool is_plain(char c) {
    const auto b = static_cast<unsigned char>(c);
    return b >= 0x20 && b < 0x80 && b != '"' && b != '\\';
  }

  bool read_escape(std::string& out) {
    const std::size_t start = at_++;
    if (at_ >= text_.size()) return fail_truncated();
    switch (text_[at_]) {
      case '"':
        out.push_back('"');
        break;
      case '\\':
        out.push_back('\\');
        break;
      case '/':
        out.push_back('/');
        break;
      case 'b':
        out.push_back('\b');
        break;
      case 'f':
        out.push_back('\f');
        break;
      case 'n':
        out.push_back('\n');
        break;
      case 'r':
        out.push_back('\r');
        break;
      case 't':
        out.push_back('\t');
        break;
      case 'u':
        return read_unicode_escape(start, out);
      default:
        return fail(Errc::parse, "an unknown escape was found in a string", start);
    }
    ++at_;
    return true;
  }

  // The four digits behind "\u"; at_ is at the 'u' and ends behind the digits.
  bool read_hex4(std::size_t start, std::uint32_t& code) {
    ++at_;
    code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      if (at_ >= text_.size()) return fail_truncated();
      const int digit = model_internal::hex_digit(text_[at_]);
      if (digit < 0) return fail(Errc::parse, "a \\u escape without four hex digits was found", start);
      code = code * 16 + static_cast<std::uint32_t>(digit);
    }
    return true;
  }

  bool read_unicode_escape(std::size_t start, std::string& out) {
    const auto lone = [&] { return fail(Errc::lone_surrogate, "half of a surrogate pair was found in a string", start); };
    std::uint32_t code = 0;
    if (!read_hex4(start, code)) return false;
    if (code >= 0xDC00 && code <= 0xDFFF) return lone();
    if (code >= 0xD800 && code <= 0xDBFF) {
      if (at_ >= text_.size()) return fail_truncated();
      if (text_[at_] != '\\') return lone();
      if (at_ + 1 >= text_.size()) return fail_truncated();
      if (text_[at_ + 1] != 'u') return lone();
      const std::size_t second = at_++;
      std::uint32_t low = 0;
      if (!read_hex4(second, low)) return false;
      if (low < 0xDC00 || low > 0xDFFF) return lone();
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    model_internal::append_utf8(out, code);
    return true;
  }

  std::string_view text_;
  const JsonLimits& limits_;
  const OpContext& ctx_;
  TextPosition origin_;
  std::uint32_t max_depth_;
  std::size_t at_ = 0;
  std::uint64_t nodes_ = 0;
  std::vector<std::size_t> key_offsets_;
  std::optional<Error> error_;
};

}  // namespace

Result<Value> parse_json(std::string_view text, const JsonLimits& limits, const OpContext& ctx, TextPosition origin) {
  return Reader(text, limits, ctx, origin).read();
}

TextPosition position_of(std::string_view text, std::uint64_t offset, TextPosition origin) {
  const std::string_view before = text.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(offset, text.size())));
  TextPosition p = origin;
  p.byte += before.size();
  const std::size_t last_line = before.rfind('\n');
  if (last_line == std::string_view::npos) {
    p.column += before.size();
  } else {
    p.line += static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
    p.column = before.size() - last_line;
  }
  return p;
}

}  // namespace drift
