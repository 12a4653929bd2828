#include "third/cipher.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <climits>
#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

#include "third/digest.hpp"

namespace drift::third {
namespace {

const unsigned char* bytes_of(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }
unsigned char* bytes_of(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }

void must(int openssl_status, const char* what) {
  if (openssl_status != 1) throw std::runtime_error(std::string("OpenSSL failed to ") + what);
}

int int_of(std::size_t n) {
  if (n > static_cast<std::size_t>(INT_MAX)) throw std::runtime_error("a text was too long to be encrypted");
  return static_cast<int>(n);
}

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* c) const noexcept { EVP_CIPHER_CTX_free(c); }
};

}  // namespace

SecretBytes::SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) { wipe(other.bytes_); }

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    wipe(bytes_);
    bytes_ = std::move(other.bytes_);
    wipe(other.bytes_);
  }
  return *this;
}

SecretBytes::~SecretBytes() { wipe(bytes_); }

SecretBytes pbkdf2_sha256(std::string_view passphrase, std::string_view salt, unsigned iterations, std::size_t bytes) {
  std::string out(bytes, '\0');
  // A null pointer would mean "no password" to OpenSSL's parameters; an empty passphrase is one.
  const char* const text = passphrase.empty() ? "" : passphrase.data();
  must(PKCS5_PBKDF2_HMAC(text, int_of(passphrase.size()), bytes_of(salt), int_of(salt.size()), int_of(iterations), EVP_sha256(),
                         int_of(bytes), bytes_of(out)),
       "derive a key");
  return SecretBytes(std::move(out));
}

std::optional<SecretBytes> open_aes256_gcm(std::string_view key, std::string_view nonce, std::string_view sealed) {
  if (key.size() != aes256_key_bytes || nonce.empty() || nonce.size() > 128 || sealed.size() < gcm_tag_bytes) return std::nullopt;
  const std::string_view text = sealed.substr(0, sealed.size() - gcm_tag_bytes);
  std::string tag(sealed.substr(text.size()));
  const std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context(EVP_CIPHER_CTX_new());
  if (context == nullptr) throw std::bad_alloc();
  must(EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, nullptr, nullptr), "decrypt");
  must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_IVLEN, int_of(nonce.size()), nullptr), "decrypt");
  must(EVP_DecryptInit_ex(context.get(), nullptr, nullptr, bytes_of(key), bytes_of(nonce)), "decrypt");
  std::string plain(text.size() + EVP_MAX_BLOCK_LENGTH, '\0');
  int size = 0;
  must(EVP_DecryptUpdate(context.get(), bytes_of(plain), &size, bytes_of(text), int_of(text.size())), "decrypt");
  must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, int_of(tag.size()), tag.data()), "decrypt");
  int rest = 0;
  const bool genuine = EVP_DecryptFinal_ex(context.get(), bytes_of(plain) + size, &rest) == 1;
  if (!genuine) {
    wipe(plain);
    return std::nullopt;
  }
  plain.resize(static_cast<std::size_t>(size) + static_cast<std::size_t>(rest));
  return SecretBytes(std::move(plain));
}

}  // namespace drift::third
