// Fingerprints and the canonical form that they are taken over.
//
// Canonical bytes: one byte string for each value, independent of key order, white space and number form:
//   null 'z', false 'f', true 't', unknown 'u', number 'n' + Number::canonical() + ';', string 's' + length + ':' + bytes,
//   list 'l' + count + ':' + elements, object 'o' + count + ':' + (length ':' key bytes, value)* in key order,
//   a value marked ciphertext or digest is prefixed 'C' or 'D'; the plain mark leaves no trace, because only schemas and side lists know
//   it.
// Lengths and counts are decimal. The state readers produce the same bytes straight from JSON, without building a Value.
//
// Fingerprint: XXH3-128 of such bytes. It hints at change; it is no proof against an adversary. Content hashes are SHA-256.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "drift/model/value.hpp"

namespace drift {

struct Fingerprint {
  std::uint64_t lo = 0;
  std::uint64_t hi = 0;
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
  friend bool operator<(const Fingerprint& a, const Fingerprint& b) { return a.hi != b.hi ? a.hi < b.hi : a.lo < b.lo; }
  [[nodiscard]] std::string hex() const;  // 32 digits
};

void append_canonical(const Value& v, std::string& out);
[[nodiscard]] Fingerprint fingerprint_bytes(std::string_view bytes);
[[nodiscard]] Fingerprint fingerprint(const Value& v);
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

}  // namespace drift
