#include "drift/model/hash.hpp"

#include <charconv>

#include "third/digest.hpp"
#include "third/xxh3.hpp"

namespace drift {
namespace {

void append_count(std::size_t n, std::string& out) {
  char buffer[24];
  const auto r = std::to_chars(buffer, buffer + sizeof buffer, n);
  out.append(buffer, r.ptr);
  out.push_back(':');
}

void append_sized(std::string_view bytes, std::string& out) {
  append_count(bytes.size(), out);
  out += bytes;
}

}  // namespace

std::string Fingerprint::hex() const {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out(32, '0');
  for (std::size_t i = 0; i < 16; ++i) {
    out[i] = digits[hi >> (60 - 4 * i) & 15];
    out[16 + i] = digits[lo >> (60 - 4 * i) & 15];
  }
  return out;
}

void append_canonical(const Value& v, std::string& out) {
  if (v.secret() == Secret::ciphertext) out.push_back('C');
  if (v.secret() == Secret::digest) out.push_back('D');
  switch (v.kind()) {
    case Value::Kind::null:
      out.push_back('z');
      break;
    case Value::Kind::boolean:
      out.push_back(v.as_bool() ? 't' : 'f');
      break;
    case Value::Kind::unknown:
      out.push_back('u');
      break;
    case Value::Kind::number:
      out.push_back('n');
      Number::append_canonical(v.as_number().text(), out);
      out.push_back(';');
      break;
    case Value::Kind::string:
      out.push_back('s');
      append_sized(v.as_string(), out);
      break;
    case Value::Kind::list:
      out.push_back('l');
      append_count(v.as_list().size(), out);
      for (const Value& e : v.as_list()) append_canonical(e, out);
      break;
    case Value::Kind::object:
      out.push_back('o');
      append_count(v.as_object().size(), out);
      for (const auto& [key, value] : v.as_object()) {
        append_sized(key, out);
        append_canonical(value, out);
      }
      break;
  }
}

Fingerprint fingerprint_bytes(std::string_view bytes) {
  const third::Hash128 h = third::xxh3_128(bytes);
  return {.lo = h.lo, .hi = h.hi};
}

Fingerprint fingerprint(const Value& v) {
  std::string bytes;
  append_canonical(v, bytes);
  return fingerprint_bytes(bytes);
}

std::string sha256_hex(std::string_view bytes) { return third::hex(third::digest(third::Hasher::sha256, bytes)); }

}  // namespace drift
