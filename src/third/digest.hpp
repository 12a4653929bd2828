// Cryptographic digests, HMAC and random bytes (OpenSSL's EVP) behind a std-only interface. Digests are raw bytes; hex() and base64()
// make text of them.
//
// Example:
//   Hasher h(Hasher::sha256);
//   h.update(chunk);
//   std::string text = hex(h.finish());
//
// MD5 and SHA-1 are here because other tools' files hold them; nothing of ours relies on them.
// Failures of OpenSSL itself (out of memory, an algorithm missing from the build) throw std::runtime_error.
// Thread rule: free functions from any thread; a Hasher belongs to one thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace drift::third {

class Hasher {
 public:
  enum Algo { md5, sha1, sha256, sha512 };
  explicit Hasher(Algo algo);
  void update(std::string_view bytes);
  // Raw bytes of the digest of everything since the start or the last finish(); starts anew.
  [[nodiscard]] std::string finish();

 private:
  struct Free {
    void operator()(void* context) const noexcept;
  };
  std::unique_ptr<void, Free> context_;
  Algo algo_;
};

// One-shot: raw bytes.
[[nodiscard]] std::string digest(Hasher::Algo algo, std::string_view bytes);
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view data);

[[nodiscard]] std::string hex(std::string_view bytes);     // lower case
[[nodiscard]] std::string base64(std::string_view bytes);  // RFC 4648 section 4, padded, one line
// Strict: the alphabet above, padding where it belongs, no white space, no stray bits. False (and `bytes` empty) otherwise.
[[nodiscard]] bool base64_decode(std::string_view text, std::string& bytes);

// Readies the library for threads that may still be at work when the process ends: OpenSSL then does not clean up behind them, unless the
// host was the first to use it.
void outlive_main();

// `count` bytes from the operating system's generator; false when it has none to give.
[[nodiscard]] bool random_bytes(std::string& bytes, std::size_t count);
// Overwrites in a way that the compiler keeps, then empties.
void wipe(std::string& bytes) noexcept;

}  // namespace drift::third
