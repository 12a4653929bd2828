// Keyed digests of secrets: "changed" stays visible, the value never is.
//
// HMAC-SHA-256 (RFC 2104, FIPS 180-4) over the canonical bytes of the value (drift/model/hash.hpp), with a key that lives outside the
// files it protects. Two digests made with one key are equal exactly when the secrets are.
//
// Thread rule: const access from any thread. The key's bytes are wiped on destruction.
#pragma once

#include <string>
#include <string_view>

#include "drift/model/value.hpp"

namespace drift {

class SecretKey {
 public:
  SecretKey() = default;  // empty: nothing can be digested
  explicit SecretKey(std::string bytes) : bytes_(std::move(bytes)) {}
  SecretKey(const SecretKey&) = default;
  SecretKey(SecretKey&&) noexcept = default;
  SecretKey& operator=(const SecretKey& other);
  SecretKey& operator=(SecretKey&& other) noexcept;
  ~SecretKey();
  // 32 bytes from the operating system's generator.
  static Result<SecretKey> random();

  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
  // 8 hex digits that name the key without telling anything about it; "" for an empty key.
  [[nodiscard]] std::string id() const;
  // "hmac-sha256:<key id>:<64 hex digits>".
  [[nodiscard]] std::string digest(const Value& v) const;

 private:
  std::string bytes_;
};

// A copy of `v` in which every value marked plain is replaced by a string with its digest, marked digest. With an empty key the text is
// "unavailable" (which never compares equal to anything).
[[nodiscard]] Value seal_secrets(const Value& v, const SecretKey& key);

// True when the value, or one below it, is a sealed secret whose text says nothing of it: "unavailable", or damaged.
[[nodiscard]] bool holds_unavailable(const Value& v);

// How two values compare when at least one may be secret.
enum class SecretCompare { equal, different, cannot_tell };
// plain/plain and digest/digest (one key) by content; plain/digest by digesting the plain one with `key`; ciphertext/ciphertext by text;
// anything else cannot_tell.
[[nodiscard]] SecretCompare compare_secrets(const Value& a, const Value& b, const SecretKey& key);

}  // namespace drift
