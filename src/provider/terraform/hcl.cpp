#include "provider/terraform/hcl.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace drift::terraform_internal {
namespace {

constexpr std::size_t most_bytes = std::size_t{4} << 20;
constexpr int most_levels = 32;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_utf8(std::string& out, std::uint32_t c) {
  const auto byte = [&out](std::uint32_t b) { out += static_cast<char>(static_cast<unsigned char>(b)); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xc0 | (c >> 6));
    byte(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    byte(0xe0 | (c >> 12));
    byte(0x80 | ((c >> 6) & 0x3f));
    byte(0x80 | (c & 0x3f));
  } else {
    byte(0xf0 | (c >> 18));
    byte(0x80 | ((c >> 12) & 0x3f));
    byte(0x80 | ((c >> 6) & 0x3f));
    byte(0x80 | (c & 0x3f));
  }
}

class Parser {
 public:
  Parser(std::string_view text, HclDialect dialect, const std::vector<std::string_view>& keep)
      : text_(text), strict_(dialect == HclDialect::strict), keep_names_(keep) {}

  Result<HclBody> document() {
    if (text_.size() > most_bytes) return error(Errc::byte_limit, "the file was too large");
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
    DRIFT_TRY(space(true));
    HclBody body;
    if (!strict_ && peek() == '{') {
      json_ = true;
      HclValue whole;
      DRIFT_TRY(value(whole));
      DRIFT_TRY(space(true));
      if (!done()) return error(Errc::trailing_bytes, "something followed the document");
      body = body_of(std::move(whole));
    } else {
      DRIFT_TRY(items(body, false));
    }
    return body;
  }

 private:
  [[nodiscard]] bool done() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  // Counted on from where it was asked for last: places are asked for from front to back, but for a step or two.
  [[nodiscard]] TextPosition here() const {
    const std::size_t at = std::min(at_, text_.size());
    if (at < place_.byte) place_ = {};
    for (; place_.byte < at; ++place_.byte) {
      const bool line = text_[place_.byte] == '\n';
      place_.line += line ? 1 : 0;
      place_.column = line ? 1 : place_.column + 1;
    }
    return place_;
  }
  [[nodiscard]] Error error(Errc code, std::string message) const { return Error(code, std::move(message)).position(here()); }
  [[nodiscard]] Error unexpected(std::string_view wanted) const {
    if (done()) return error(Errc::truncated, "the file ended where " + std::string(wanted) + " belongs");
    return error(Errc::parse, "something else stood where " + std::string(wanted) + " belongs");
  }
  void put(std::string& out, char c) const {
    if (keeping_) out += c;
  }

  // White space and comments; line ends only where they mean nothing. One comment in // or # does not take its line end along.
  Status space(bool lines) {
    for (;;) {
      const char c = peek();
      if (c == ' ' || c == '\t' || (c == '\r' && peek(1) == '\n') || (c == '\n' && lines)) {
        ++at_;
      } else if (!json_ && (c == '#' || (c == '/' && peek(1) == '/'))) {
        while (!done() && peek() != '\n') ++at_;
      } else if (!json_ && c == '/' && peek(1) == '*') {
        const std::size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return error(Errc::truncated, "a comment did not end");
        at_ = end + 2;
      } else {
        return {};
      }
    }
  }

  bool take(char c) {
    if (done() || peek() != c) return false;
    ++at_;
    return true;
  }

  Status identifier(std::string& out) {
    if (!is_letter(peek())) return unexpected("a name");
    while (is_letter(peek()) || is_digit(peek()) || peek() == '-' || (!strict_ && peek() == '.')) put(out, text_[at_++]);
    return {};
  }

  Status hex(std::size_t digits, std::uint32_t& out) {
    out = 0;
    for (std::size_t i = 0; i < digits; ++i, ++at_) {
      const char c = peek();
      const int digit = is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
      if (digit < 0) return unexpected("a hexadecimal digit");
      out = out * 16 + static_cast<std::uint32_t>(digit);
    }
    return {};
  }

  Status unicode(std::size_t digits, std::string& out) {
    std::uint32_t c = 0;
    DRIFT_TRY(hex(digits, c));
    if (c >= 0xd800 && c < 0xdc00 && peek() == '\\' && peek(1) == 'u') {  // JSON's way to write what is beyond the basic plane
      at_ += 2;
      std::uint32_t low = 0;
      DRIFT_TRY(hex(4, low));
      c = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00) : 0xd800;
    }
    if ((c >= 0xd800 && c < 0xe000) || c > 0x10ffff || c == 0) return error(Errc::parse, "an escape named no character that text may hold");
    if (keeping_) append_utf8(out, c);
    return {};
  }

  Status escape(std::string& out) {
    const char c = peek();
    if (done()) return error(Errc::truncated, "the file ended in a text");
    static constexpr std::string_view names = "nrt\"\\/bf", meanings = "\n\r\t\"\\/\b\f";
    ++at_;
    if (c == 'u' || c == 'U') return unicode(c == 'u' ? 4 : 8, out);
    const std::size_t known = names.find(c);
    if (known == std::string_view::npos || (strict_ && known > 4)) {
      --at_;
      return error(Errc::parse, "an escape is not known");
    }
    put(out, meanings[known]);
    return {};
  }

  Status string(std::string& out) {
    if (!take('"')) return unexpected("a text in quotes");
    while (!take('"')) {
      const char c = peek();
      if (done()) return error(Errc::truncated, "the file ended in a text");
      if (static_cast<unsigned char>(c) < 0x20 && c != '\t') return error(Errc::parse, "a text held a line end or a control character");
      const bool marker = strict_ && (c == '$' || c == '%');
      if (marker && peek(1) == c && peek(2) == '{') {
        put(out, c);
        put(out, '{');
        at_ += 3;
      } else if (marker && peek(1) == '{') {
        return error(Errc::unsupported_feature, "a text held a template").next("write the text itself; for ${ write $${");
      } else if (c == '\\') {
        ++at_;
        DRIFT_TRY(escape(out));
      } else {
        put(out, c);
        ++at_;
      }
    }
    return {};
  }

  Status number(HclValue& out) {
    out.kind = HclValue::Kind::number;
    if (peek() == '-') put(out.text, text_[at_++]);
    if (!is_digit(peek())) return unexpected("a digit");
    while (is_digit(peek()) || peek() == '.' || peek() == 'e' || peek() == 'E' || peek() == '+' || peek() == '-')
      put(out.text, text_[at_++]);
    return {};
  }

  Status word(HclValue& out) {
    std::string name;
    const bool kept = std::exchange(keeping_, true);
    const std::size_t begin = at_;
    DRIFT_TRY(identifier(name));
    keeping_ = kept;
    if (name == "null") return {};
    if (name != "true" && name != "false") {
      at_ = begin;
      return error(Errc::unsupported_feature, "an expression stood where a plain value belongs").next("write the value itself");
    }
    out.kind = HclValue::Kind::boolean;
    if (keeping_) out.text = name;
    return {};
  }

  Status list(HclValue& out) {
    out.kind = HclValue::Kind::list;
    ++at_;
    DRIFT_TRY(space(true));
    while (!take(']')) {
      DRIFT_TRY(value(out.items.emplace_back()));
      DRIFT_TRY(space(true));
      const bool comma = take(',');
      DRIFT_TRY(space(true));
      if (!comma && peek() != ']') return unexpected("a comma or ]");
      if (comma && json_ && peek() == ']') return unexpected("another element");
    }
    if (!keeping_) out.items.clear();
    return {};
  }

  Status object(HclValue& out) {
    out.kind = HclValue::Kind::object;
    ++at_;
    const bool top = json_ && level_ == 1;
    DRIFT_TRY(space(true));
    while (!take('}')) {
      HclAttribute member;
      member.where = here();
      const bool kept = std::exchange(keeping_, true);
      if (json_ && peek() != '"') return unexpected("a key in quotes");
      DRIFT_TRY(peek() == '"' ? string(member.name) : identifier(member.name));
      keeping_ = kept && (!top || wanted(member.name));
      DRIFT_TRY(space(false));
      if (!take(':') && (json_ || !take('='))) return unexpected(json_ ? ":" : "= or :");
      DRIFT_TRY(space(json_));
      DRIFT_TRY(value(member.value));
      const std::size_t end = at_;
      DRIFT_TRY(space(true));
      const bool lines = text_.substr(end, at_ - end).find('\n') != std::string_view::npos;
      const bool comma = take(',');
      DRIFT_TRY(space(true));
      if (!comma && peek() != '}' && (json_ || !lines)) return unexpected("a comma or }");
      if (comma && json_ && peek() == '}') return unexpected("another member");
      if (keeping_) out.members.push_back(std::move(member));
      keeping_ = kept;
    }
    return {};
  }

  Status value(HclValue& out) {
    out.where = here();
    if (level_ >= most_levels) return error(Errc::depth_limit, "the file was nested too deep");
    ++level_;
    Status s = [&]() -> Status {
      const char c = peek();
      if (c == '"') {
        out.kind = HclValue::Kind::string;
        return string(out.text);
      }
      if (c == '[') return list(out);
      if (c == '{') return object(out);
      if (c == '-' || is_digit(c)) return number(out);
      if (c == '<' && peek(1) == '<') return error(Errc::unsupported_feature, "a heredoc stood where a plain value belongs");
      if (is_letter(c)) return word(out);
      return unexpected("a value");
    }();
    --level_;
    return s;
  }

  [[nodiscard]] bool wanted(std::string_view name) const {
    return keep_names_.empty() || std::find(keep_names_.begin(), keep_names_.end(), name) != keep_names_.end();
  }

  // The name of an attribute or block is kept until it is known whether the rest is.
  Status item(HclBody& body, bool nested) {
    const TextPosition where = here();
    std::string name;
    const bool kept = std::exchange(keeping_, true);
    DRIFT_TRY(!strict_ && peek() == '"' ? string(name) : identifier(name));
    keeping_ = kept && (nested || wanted(name));
    DRIFT_TRY(space(false));
    if (peek() == '=') {
      ++at_;
      DRIFT_TRY(space(!strict_));
      HclAttribute a{std::move(name), where, {}};
      DRIFT_TRY(value(a.value));
      if (keeping_ && body.find(a.name) != nullptr) return Error(Errc::duplicate_key, "an attribute was given twice").position(where);
      if (keeping_) body.attributes.push_back(std::move(a));
    } else {
      HclBlock b{std::move(name), {}, where, {}};
      while (peek() == '"' || is_letter(peek())) {
        DRIFT_TRY(peek() == '"' ? string(b.labels.emplace_back()) : identifier(b.labels.emplace_back()));
        DRIFT_TRY(space(false));
      }
      if (!take('{')) return unexpected("= or {");
      if (++level_ > most_levels) return error(Errc::depth_limit, "the file was nested too deep");
      DRIFT_TRY(items(b.body, true));
      --level_;
      if (keeping_) body.blocks.push_back(std::move(b));
    }
    keeping_ = kept;
    return {};
  }

  Status items(HclBody& body, bool nested) {
    DRIFT_TRY(space(true));
    for (;;) {
      if (nested && take('}')) return {};
      if (!nested && done()) return {};
      DRIFT_TRY(item(body, nested));
      DRIFT_TRY(space(false));
      const bool separated = take('\n') || (!strict_ && take(','));
      if (!separated && strict_ && !done() && !(nested && peek() == '}')) return unexpected("the end of the line");
      DRIFT_TRY(space(true));
    }
  }

  // JSON's objects as the blocks that they stand for.
  static HclBody body_of(HclValue object) {
    HclBody body;
    for (HclAttribute& m : object.members) {
      HclValue& v = m.value;
      const bool list = v.kind == HclValue::Kind::list && !v.items.empty() &&
                        std::all_of(v.items.begin(), v.items.end(), [](const HclValue& i) { return i.kind == HclValue::Kind::object; });
      if (v.kind == HclValue::Kind::object)
        body.blocks.push_back({std::move(m.name), {}, m.where, body_of(std::move(v))});
      else if (list)
        for (HclValue& i : v.items) body.blocks.push_back({m.name, {}, i.where, body_of(std::move(i))});
      else
        body.attributes.push_back(std::move(m));
    }
    return body;
  }

  std::string_view text_;
  bool strict_;
  const std::vector<std::string_view>& keep_names_;
  bool json_ = false;
  bool keeping_ = true;
  int level_ = 0;
  std::size_t at_ = 0;
  mutable TextPosition place_;
};

}  // namespace

const HclAttribute* HclBody::find(std::string_view name) const {
  const auto at = std::find_if(attributes.begin(), attributes.end(), [&](const HclAttribute& a) { return a.name == name; });
  return at == attributes.end() ? nullptr : &*at;
}

Result<HclBody> parse_hcl(std::string_view text, HclDialect dialect, const std::vector<std::string_view>& keep) {
  return Parser(text, dialect, keep).document();
}

}  // namespace drift::terraform_internal
