#include "model/path_scan.hpp"

#include <algorithm>
#include <charconv>

#include "model/utf8.hpp"

namespace drift::model_internal {

bool read_index(std::string_view digits, std::uint64_t& index) {
  if (digits.empty() || (digits.size() > 1 && digits[0] == '0')) return false;
  for (const char c : digits)
    if (c < '0' || c > '9') return false;
  return std::from_chars(digits.data(), digits.data() + digits.size(), index).ec == std::errc();
}

Error PathScanner::error(const char* message, std::size_t at) const {
  return Error(Errc::invalid_argument, message)
      .position({.line = 1, .column = at + 1, .byte = at})
      .next("write a path as in: a.b[\"c.d\"][0]");
}

Result<PathToken> PathScanner::next() {
  start_ = at_;
  if (text_[at_] == '[') return bracket();
  if (text_[at_] != '.') return at_ == 0 ? bare() : Result<PathToken>(error("a '.' or '[' was expected behind a bracket", at_));
  if (at_ == 0) return error("a path does not begin with a '.'", at_);
  ++at_;
  return bare();
}

Result<PathToken> PathScanner::bare() {
  const std::size_t end = std::min(text_.find_first_of(".[", at_), text_.size());
  if (end == at_) return error("a key was expected", at_);
  PathToken t;
  t.key = text_.substr(at_, end - at_);
  at_ = end;
  return t;
}

Result<PathToken> PathScanner::bracket() {
  const std::size_t open = at_++;
  PathToken t;
  if (!done() && text_[at_] == '"') {
    t.kind = PathToken::Kind::quoted;
    if (Status s = quoted(t.key); !s.ok()) return std::move(s).error();
    if (done() || text_[at_] != ']') return error("a ']' was expected", at_);
    ++at_;
    return t;
  }
  const std::size_t end = text_.find(']', at_);
  if (end == std::string_view::npos) return error("a '[' was not closed", open);
  const std::string_view inside = text_.substr(at_, end - at_);
  if (inside == "*") {
    t.kind = PathToken::Kind::any;
  } else {
    t.kind = PathToken::Kind::index;
    if (!read_index(inside, t.index)) return error("an index or a quoted key was expected", at_);
  }
  at_ = end + 1;
  return t;
}

Status PathScanner::quoted(std::string& key) {
  const std::size_t open = at_++;
  while (!done() && text_[at_] != '"') {
    if (quotes_ == Quotes::pulumi) {
      if (text_.substr(at_, 2) == "\\\"") ++at_;
      key.push_back(text_[at_++]);
    } else if (text_[at_] == '\\') {
      DRIFT_TRY(escape(key));
    } else if (quotes_ == Quotes::hcl && (text_.substr(at_, 3) == "$${" || text_.substr(at_, 3) == "%%{")) {
      key += text_.substr(at_ + 1, 2);
      at_ += 3;
    } else {
      key.push_back(text_[at_++]);
    }
  }
  if (done()) return error("a quoted key was not closed", open);
  ++at_;
  return {};
}

Status PathScanner::escape(std::string& key) {
  const std::size_t start = at_++;
  if (done()) return error("a quoted key was not closed", start);
  const char c = text_[at_++];
  const bool json = quotes_ == Quotes::json;
  switch (c) {
    case '"':
    case '\\':
      key.push_back(c);
      return {};
    case 'n':
      key.push_back('\n');
      return {};
    case 'r':
      key.push_back('\r');
      return {};
    case 't':
      key.push_back('\t');
      return {};
    case 'u':
      return unicode(key, 4);
    case 'U':
      if (!json) return unicode(key, 8);
      break;
    case '/':
    case 'b':
    case 'f':
      if (!json) break;
      key.push_back(c == '/' ? '/' : c == 'b' ? '\b' : '\f');
      return {};
    default:
      break;
  }
  return error("an unknown escape was found in a key", start);
}

Status PathScanner::unicode(std::string& key, std::size_t count) {
  const std::size_t start = at_ - 2;
  const auto read = [&](std::size_t n, std::uint32_t& code) {
    code = 0;
    for (std::size_t i = 0; i < n; ++i, ++at_) {
      const int digit = done() ? -1 : hex_digit(text_[at_]);
      if (digit < 0) return false;
      code = code * 16 + static_cast<std::uint32_t>(digit);
    }
    return true;
  };
  std::uint32_t code = 0;
  if (!read(count, code)) return error("an escape without its hex digits was found in a key", start);
  if (code >= 0xD800 && code <= 0xDBFF && quotes_ == Quotes::json && text_.substr(at_, 2) == "\\u") {
    std::uint32_t low = 0;
    at_ += 2;
    if (!read(4, low) || low < 0xDC00 || low > 0xDFFF) return error("half of a surrogate pair was found in a key", start);
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  if ((code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF) return error("an escape of no character was found in a key", start);
  append_utf8(key, code);
  return {};
}

}  // namespace drift::model_internal
