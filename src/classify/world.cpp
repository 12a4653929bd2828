#include "classify/world.hpp"

#include <string_view>

#include "drift/model/json.hpp"

namespace drift::classify_internal {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// Four numbers up to 255 with dots between.
bool is_ipv4(std::string_view s) {
  int groups = 0;
  for (std::size_t i = 0; i <= s.size(); ++groups) {
    std::size_t digits = 0;
    int n = 0;
    for (; i < s.size() && is_digit(s[i]) && digits < 4; ++i, ++digits) n = n * 10 + (s[i] - '0');
    if (digits == 0 || digits > 3 || n > 255) return false;
    if (i < s.size() && s[i] != '.') return false;
    ++i;
  }
  return groups == 4;
}

// Does the slash at `slash` end an address and begin a prefix length of 0 (or the netmask 0.0.0.0)?
bool zero_length(std::string_view text, std::size_t slash) {
  std::size_t end = slash + 1;
  if (text.substr(end, 7) == "0.0.0.0")
    end += 7;
  else if (end < text.size() && text[end] == '0')
    ++end;
  else
    return false;
  if (end == text.size()) return true;
  if (is_word(text[end]) || text[end] == '/') return false;
  return text[end] != '.' || end + 1 == text.size() || !is_word(text[end + 1]);  // a full stop may follow
}

void count_text(std::string_view text, WorldCount& n) {
  for (std::size_t slash = text.find('/'); slash != std::string_view::npos; slash = text.find('/', slash + 1)) {
    if (!zero_length(text, slash)) continue;
    std::size_t begin = slash;
    while (begin > 0 && (is_digit(text[begin - 1]) || text[begin - 1] == '.')) --begin;
    const std::string_view quad = text.substr(begin, slash - begin);
    if (is_ipv4(quad)) {
      // 10.0.0.0/0 is the world too, but inside a word or a path it is rather a version.
      const char before = begin == 0 ? ' ' : text[begin - 1];
      if (quad == "0.0.0.0" || (!is_word(before) && before != '/' && before != '-')) ++n.v4;
      continue;
    }
    begin = slash;
    std::size_t colons = 0;
    while (begin > 0 && (is_hex(text[begin - 1]) || text[begin - 1] == ':' || text[begin - 1] == '.'))
      if (text[--begin] == ':') ++colons;
    if (text.substr(begin, slash - begin).find("::") != std::string_view::npos || colons == 7) ++n.v6;
  }
}

// A line without its comment. What follows '#' is kept when it holds a quote, because the '#' may stand inside a string then.
std::string_view without_comment(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  if (line[first] == '#' || line[first] == ';' || line.substr(first, 2) == "//") return {};
  for (std::size_t hash = line.find('#'); hash != std::string_view::npos; hash = line.find('#', hash + 1))
    if (line[hash - 1] == ' ' || line[hash - 1] == '\t')
      return line.find_first_of("\"'", hash) == std::string_view::npos ? line.substr(0, hash) : line;
  return line;
}

void count_lines(std::string_view text, WorldCount& n) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    count_text(without_comment(text.substr(0, end)), n);
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

void count_value(const Value& v, WorldCount& n, bool in_json) {
  if (v.secret() == Secret::ciphertext || v.secret() == Secret::digest) return;
  if (v.is_list()) {
    for (const Value& e : v.as_list()) count_value(e, n, in_json);
  } else if (v.is_object()) {
    for (const auto& [key, member] : v.as_object()) {
      count_text(key, n);
      count_value(member, n, in_json);
    }
  } else if (v.is_string()) {
    const std::string& s = v.as_string();
    if (s.find("/0") == std::string::npos) return;
    if (in_json) return count_text(s, n);
    const std::size_t first = s.find_first_not_of(" \t\r\n");
    if (s[first] == '{' || s[first] == '[') {
      const Result<Value> json = parse_json(s);
      if (json) return count_value(*json, n, true);
    }
    count_lines(s, n);
  }
}

}  // namespace

WorldCount count_world(const Value* v) {
  WorldCount n;
  if (v != nullptr) count_value(*v, n, false);
  return n;
}

}  // namespace drift::classify_internal
