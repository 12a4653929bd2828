#include "third/nfc.hpp"

#include <utf8proc.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace drift::third {
namespace {

struct Free {
  void operator()(utf8proc_uint8_t* p) const noexcept { std::free(p); }  // NOLINT(cppcoreguidelines-no-malloc): utf8proc's contract
};

const utf8proc_uint8_t* bytes_of(std::string_view text) { return reinterpret_cast<const utf8proc_uint8_t*>(text.data()); }

// The length of the valid UTF-8 at the start of `text`.
std::size_t valid_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    utf8proc_int32_t code = 0;
    const auto n = utf8proc_iterate(bytes_of(text.substr(at)), static_cast<utf8proc_ssize_t>(text.size() - at), &code);
    if (n <= 0) break;
    at += static_cast<std::size_t>(n);
  }
  return at;
}

void append_nfc(std::string_view valid, std::string& out) {
  if (is_ascii(valid)) {
    out += valid;
    return;
  }
  utf8proc_uint8_t* raw = nullptr;
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  const auto n = utf8proc_map(bytes_of(valid), static_cast<utf8proc_ssize_t>(valid.size()), &raw, options);
  const std::unique_ptr<utf8proc_uint8_t, Free> held(raw);
  if (n == UTF8PROC_ERROR_NOMEM) throw std::bad_alloc();
  if (n < 0) {  // valid UTF-8 has no other failure but its size; keep the text
    out += valid;
    return;
  }
  out.append(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(n));
}

}  // namespace

bool is_ascii(std::string_view text) noexcept {
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    if ((word & 0x8080808080808080U) != 0) return false;
  }
  for (; i < text.size(); ++i)
    if (static_cast<unsigned char>(text[i]) >= 0x80) return false;
  return true;
}

std::string nfc(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t valid = valid_prefix(text);
    append_nfc(text.substr(0, valid), out);
    text.remove_prefix(valid);
    if (text.empty()) break;
    out.push_back(text.front());
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace drift::third
