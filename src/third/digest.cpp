#include "third/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <new>
#include <stdexcept>

namespace drift::third {
namespace {

EVP_MD_CTX* context_of(void* p) { return static_cast<EVP_MD_CTX*>(p); }
const unsigned char* bytes_of(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }
unsigned char* bytes_of(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }

// Fetched once: looking an algorithm up costs OpenSSL 3 more than hashing a small file.
const EVP_MD* fetch(const char* name) {
  // "-fips": prefer, but do not demand, an implementation without the FIPS restriction, so that MD5 is there on such machines too.
  EVP_MD* md = EVP_MD_fetch(nullptr, name, "-fips");
  if (md == nullptr) md = EVP_MD_fetch(nullptr, name, nullptr);
  if (md == nullptr) throw std::runtime_error(std::string("OpenSSL has no ") + name);
  return md;
}

const EVP_MD* algorithm(Hasher::Algo algo) {
  switch (algo) {
    case Hasher::md5: {
      static const EVP_MD* const md = fetch("MD5");
      return md;
    }
    case Hasher::sha1: {
      static const EVP_MD* const md = fetch("SHA1");
      return md;
    }
    case Hasher::sha256: {
      static const EVP_MD* const md = fetch("SHA256");
      return md;
    }
    case Hasher::sha512: {
      static const EVP_MD* const md = fetch("SHA512");
      return md;
    }
  }
  throw std::runtime_error("no such digest");
}

void must(int openssl_status) {
  if (openssl_status != 1) throw std::runtime_error("OpenSSL failed to digest");
}

constexpr std::string_view base64_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint8_t no_base64 = 0xFF;

constexpr std::array<std::uint8_t, 256> make_base64_values() {
  std::array<std::uint8_t, 256> t{};
  for (auto& x : t) x = no_base64;
  std::uint8_t value = 0;
  for (const char c : base64_alphabet) t[static_cast<unsigned char>(c)] = value++;
  return t;
}
constexpr auto base64_values = make_base64_values();

}  // namespace

void Hasher::Free::operator()(void* context) const noexcept { EVP_MD_CTX_free(context_of(context)); }

Hasher::Hasher(Algo algo) : context_(EVP_MD_CTX_new()), algo_(algo) {
  if (context_ == nullptr) throw std::bad_alloc();
  must(EVP_DigestInit_ex(context_of(context_.get()), algorithm(algo_), nullptr));
}

void Hasher::update(std::string_view bytes) { must(EVP_DigestUpdate(context_of(context_.get()), bytes.data(), bytes.size())); }

std::string Hasher::finish() {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  must(EVP_DigestFinal_ex(context_of(context_.get()), bytes_of(out), &size));
  out.resize(size);
  must(EVP_DigestInit_ex(context_of(context_.get()), algorithm(algo_), nullptr));
  return out;
}

std::string digest(Hasher::Algo algo, std::string_view bytes) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  must(EVP_Digest(bytes.data(), bytes.size(), bytes_of(out), &size, algorithm(algo), nullptr));
  out.resize(size);
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view data) {
  if (key.size() > static_cast<std::size_t>(INT_MAX)) throw std::runtime_error("the HMAC key is too long");
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  // HMAC() takes a null key for "as before"; an empty key still needs an address.
  const char* key_bytes = key.empty() ? "" : key.data();
  const EVP_MD* md = algorithm(Hasher::sha256);
  must(HMAC(md, key_bytes, static_cast<int>(key.size()), bytes_of(data), data.size(), bytes_of(out), &size) != nullptr ? 1 : 0);
  out.resize(size);
  return out;
}

std::string hex(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto b = static_cast<unsigned char>(c);
    out.push_back(digits[b >> 4]);
    out.push_back(digits[b & 15]);
  }
  return out;
}

std::string base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < have ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) out.push_back(k <= have ? base64_alphabet[group >> (18 - 6 * k) & 63] : '=');
  }
  return out;
}

bool base64_decode(std::string_view text, std::string& bytes) {
  bytes.clear();
  if (text.size() % 4 != 0) return false;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  const std::string_view body = text.substr(0, text.size() - padding);
  std::string out;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (const char c : body) {
    const std::uint32_t value = base64_values[static_cast<unsigned char>(c)];
    if (value == no_base64) return false;
    group = (group << 6 | value) & 0xFFFFFFU;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<char>(group >> bits & 0xFFU));
    }
  }
  if ((group & ((1U << bits) - 1U)) != 0) return false;  // bits that no byte of the output holds
  bytes = std::move(out);
  return true;
}

void outlive_main() { OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr); }

// The system's own generator: no pool that fork() would double, and nothing to set up for the few bytes that are wanted.
bool random_bytes(std::string& bytes, std::size_t count) {
  bytes.assign(count, '\0');
  for (std::size_t at = 0; at < count;) {
    const ssize_t n = ::getrandom(bytes.data() + at, count - at, 0);
    if (n < 0 && errno != EINTR) {
      bytes.clear();
      return false;
    }
    if (n > 0) at += static_cast<std::size_t>(n);
  }
  return true;
}

void wipe(std::string& bytes) noexcept {
  bytes.resize(bytes.capacity());  // what an earlier, longer content left behind too
  OPENSSL_cleanse(bytes.data(), bytes.size());
  bytes.clear();
}

}  // namespace drift::third
