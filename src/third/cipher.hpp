// A passphrase made into a key, and what was sealed with one opened again: PBKDF2 (RFC 8018) with HMAC-SHA-256, AES-256-GCM (NIST SP
// 800-38D), by OpenSSL's EVP behind a std-only interface.
//
// Example:
//   SecretBytes key = pbkdf2_sha256(passphrase, salt, 1'000'000, 32);
//   std::optional<SecretBytes> text = open_aes256_gcm(key.view(), nonce, sealed);   // none: another key, or damaged
//
// Failures of OpenSSL itself (out of memory, an algorithm missing from the build) throw std::runtime_error, as in digest.hpp.
// Thread rule: free functions from any thread. Ownership: SecretBytes wipes its bytes when it goes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace drift::third {

// Bytes that are overwritten when they are not needed any more. Moving leaves nothing behind; there are no copies.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::string bytes) noexcept : bytes_(std::move(bytes)) {}
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();
  [[nodiscard]] std::string_view view() const noexcept { return bytes_; }
  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }

 private:
  std::string bytes_;
};

// About 0.2 s for a million iterations: meant to be slow.
[[nodiscard]] SecretBytes pbkdf2_sha256(std::string_view passphrase, std::string_view salt, unsigned iterations, std::size_t bytes);

inline constexpr std::size_t aes256_key_bytes = 32;
inline constexpr std::size_t gcm_tag_bytes = 16;
// `sealed` is the ciphertext with its tag of 16 bytes behind it; `nonce` has 12 bytes in what everybody writes, and at least one here. None
// when key and tag do not fit the text, or any of the three has a length that cannot be.
[[nodiscard]] std::optional<SecretBytes> open_aes256_gcm(std::string_view key, std::string_view nonce, std::string_view sealed);

}  // namespace drift::third
