#include "provider/hosted/masking.hpp"

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "drift/model/json.hpp"
#include "third/digest.hpp"

namespace drift::hosted_internal {
namespace {

constexpr std::size_t least_encoded = 8;  // what comes of a shorter one stands elsewhere by chance
constexpr std::size_t least_line = 16;    // a shorter line of a longer secret ("-----", "}") is no secret of its own

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

std::string as_json(const std::string& s) {
  std::string out;
  append_json_string(out, s);
  return out.substr(1, out.size() - 2);
}

// As Go's encoding/json, which writes these three as \u00..
std::string as_go_json(const std::string& s) {
  std::string out;
  for (const char c : as_json(s)) {
    if (c == '<')
      out += "\\u003c";
    else if (c == '>')
      out += "\\u003e";
    else if (c == '&')
      out += "\\u0026";
    else
      out.push_back(c);
  }
  return out;
}

// As Go's %q.
std::string quoted(const std::string& s) {
  constexpr std::string_view named = "\a\b\f\n\r\t\v\\\"";
  constexpr std::string_view names = "abfnrtv\\\"";
  std::string out;
  for (const char c : s) {
    const auto byte = static_cast<unsigned char>(c);
    if (const std::size_t i = named.find(c); i != std::string_view::npos) {
      out += {'\\', names[i]};
    } else if (byte < 0x20 || byte == 0x7f) {
      char hex[5];
      std::snprintf(hex, sizeof hex, "\\x%02x", byte);
      out += hex;
    } else {
      out.push_back(c);
    }
  }
  return out;
}

// As Go's url.QueryEscape; with `kept` as url.PathEscape, or as what net/url leaves in a path.
std::string as_url(const std::string& s, std::string_view kept, bool plus) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : s) {
    const auto byte = static_cast<unsigned char>(c);
    if ((is_word(c) && byte < 0x80) || std::string_view("-_.~").find(c) != std::string_view::npos ||
        kept.find(c) != std::string_view::npos) {
      out.push_back(c);
    } else if (plus && c == ' ') {
      out.push_back('+');
    } else {
      out += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return out;
}

// In an address (an error of Go's net/http has it whole), and in a header that was logged.
void add_encoded(const std::string& s, std::vector<std::string>& out) {
  if (s.size() < least_encoded) return;
  for (std::string form : {as_url(s, {}, true), as_url(s, {}, false), as_url(s, "$&+=:@", false), as_url(s, "$&+,/:;=@", false)})
    if (form != s) out.push_back(std::move(form));
  std::string base64 = third::base64(s);
  while (base64.back() == '=') base64.pop_back();
  out.push_back(base64);
  const std::string plain = base64;
  std::replace(base64.begin(), base64.end(), '+', '-');
  std::replace(base64.begin(), base64.end(), '/', '_');
  if (base64 != plain) out.push_back(std::move(base64));
}

void add_lines(const std::string& s, std::vector<std::string>& out) {
  if (s.find('\n') == std::string::npos) return;
  for (std::size_t at = 0; at <= s.size();) {
    const std::size_t end = std::min(s.find('\n', at), s.size());
    std::string_view line = std::string_view(s).substr(at, end - at);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
    if (line.size() >= least_line) out.emplace_back(line);
    at = end + 1;
  }
}

// Which three bytes follow each other in a text: of thousands of secrets, most are not in one line, and are not looked for.
class Triples {
 public:
  explicit Triples(std::string_view text) {
    for (std::size_t i = 0; i + 3 <= text.size(); ++i) seen_.set(place(text.data() + i));
  }
  [[nodiscard]] bool may_hold(const std::string& part) const { return part.size() < 3 || seen_.test(place(part.data())); }

 private:
  static std::size_t place(const char* at) {
    const auto byte = [&](int i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(at[i])); };
    return (byte(0) << 8U ^ byte(1) << 4U ^ byte(2)) & 0xffffU;
  }
  std::bitset<0x10000> seen_;
};

}  // namespace

std::vector<std::string> secret_forms(const std::vector<std::string>& secrets) {
  std::vector<std::string> forms;
  for (const std::string& s : secrets) {
    if (s.empty()) continue;
    add_lines(s, forms);
    add_encoded(s, forms);
    const std::string escaped = as_json(s);
    if (escaped.size() != s.size()) forms.push_back(as_json(escaped));  // JSON in a JSON text, or in a %q
    for (std::string form : {as_go_json(s), quoted(s)})
      if (form != s && form != escaped) forms.push_back(std::move(form));
    if (escaped != s) forms.push_back(escaped);
    forms.push_back(s);
  }
  order_secrets(forms);
  return forms;
}

void order_secrets(std::vector<std::string>& all) {
  std::sort(all.begin(), all.end(), LongestFirst());
  all.erase(std::unique(all.begin(), all.end()), all.end());
}

bool HiddenText::is_word_at(std::size_t at) const { return at < text_.size() && is_word(text_[at]) && (hidden_.empty() || !hidden_[at]); }

void HiddenText::hide(std::size_t at, std::size_t bytes) {
  if (hidden_.empty()) hidden_.resize(text_.size());
  const auto begin = hidden_.begin() + static_cast<std::ptrdiff_t>(at);
  std::fill(begin, begin + static_cast<std::ptrdiff_t>(bytes), true);
}

bool HiddenText::hide_secret(std::size_t at, std::size_t bytes) {
  if (bytes == 0) return false;
  const std::size_t end = at + bytes;
  const bool amid = (at > 0 && is_word_at(at - 1) && is_word(text_[at])) || (is_word_at(end) && is_word(text_[end - 1]));
  if (bytes < least_anywhere && amid) return false;
  hide(at, bytes);
  return true;
}

std::string HiddenText::shown() const {
  std::string out;
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (hidden_.empty() || !hidden_[i])
      out.push_back(text_[i]);
    else if (i == 0 || !hidden_[i - 1])
      out += "***";
  }
  if (is_cut_) out += "...";
  return out;
}

std::string mask_values(std::string_view text, const std::vector<std::string>& secrets) {
  HiddenText out(text);
  const Triples triples(text);
  for (const std::string& secret : secrets) {
    if (secret.empty() || !triples.may_hold(secret)) continue;
    for (std::size_t at = 0; (at = text.find(secret, at)) != std::string_view::npos; ++at) (void)out.hide_secret(at, secret.size());
  }
  return out.shown();
}

}  // namespace drift::hosted_internal
