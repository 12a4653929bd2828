#include "third/cipher.hpp"

#include <doctest/doctest.h>

#include "third/digest.hpp"

using namespace drift::third;

namespace {

std::string unhex(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) out += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
  return out;
}

std::string unbase64(std::string_view text) {
  std::string out;
  REQUIRE(base64_decode(text, out));
  return out;
}

}  // namespace

TEST_CASE("cipher: PBKDF2 with HMAC-SHA-256 gives the vectors of RFC 7914, section 11") {
  CHECK(hex(pbkdf2_sha256("passwd", "salt", 1, 64).view()) ==
        "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
  CHECK(hex(pbkdf2_sha256("Password", "NaCl", 80000, 64).view()) ==
        "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
        "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d");
}

TEST_CASE("cipher: an empty passphrase is one") {
  CHECK(pbkdf2_sha256("", "salt", 1, 32).view() == pbkdf2_sha256(std::string_view(), "salt", 1, 32).view());
  CHECK(hex(pbkdf2_sha256("", "salt", 1, 32).view()) == "f135c27993baf98773c5cdb40a5706ce6a345cde61b000a67858650cd6a324d7");
}

TEST_CASE("cipher: AES-256-GCM opens the test cases 13 and 14 of the GCM specification, and nothing that differs in a bit") {
  // Test case 14: a key and a nonce of zeros, one block of zeros.
  const std::string key(32, '\0'), nonce(12, '\0');
  const std::string sealed = unhex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
  const auto text = open_aes256_gcm(key, nonce, sealed);
  REQUIRE(text.has_value());
  CHECK(text->view() == std::string(16, '\0'));
  // Test case 13: no text at all.
  const auto nothing = open_aes256_gcm(key, nonce, unhex("530f8afbc74536b9a963b4f1c4cb738b"));
  REQUIRE(nothing.has_value());
  CHECK(nothing->empty());

  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string damaged = sealed;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    CHECK_FALSE(open_aes256_gcm(key, nonce, damaged).has_value());
  }
  std::string other = key;
  other[31] = 1;
  CHECK_FALSE(open_aes256_gcm(other, nonce, sealed).has_value());
  CHECK_FALSE(open_aes256_gcm(key, std::string(11, '\0'), sealed).has_value());
}

TEST_CASE("cipher: what cannot be a key, a nonce or a text is refused") {
  const std::string key(32, 'k'), nonce(12, 'n'), sealed(32, 's');
  CHECK_FALSE(open_aes256_gcm(std::string(16, 'k'), nonce, sealed).has_value());
  CHECK_FALSE(open_aes256_gcm("", nonce, sealed).has_value());
  CHECK_FALSE(open_aes256_gcm(key, "", sealed).has_value());
  CHECK_FALSE(open_aes256_gcm(key, std::string(129, 'n'), sealed).has_value());
  CHECK_FALSE(open_aes256_gcm(key, nonce, std::string(15, 's')).has_value());
}

TEST_CASE("cipher: what another implementation sealed with a passphrase, as Pulumi does, opens") {
  // Made with Python's hashlib and cryptography: "pulumi" under the passphrase `correct horse`.
  const SecretBytes key = pbkdf2_sha256("correct horse", unbase64("AQIDBAUGBwg="), 1'000'000, 32);
  const auto text = open_aes256_gcm(key.view(), unbase64("FBUWFxgZGhscHR4f"), unbase64("dueW8hi1TxhXmBhu4ZvxfUqv3/bOcg=="));
  REQUIRE(text.has_value());
  CHECK(text->view() == "pulumi");
}

TEST_CASE("cipher: secret bytes move, and leave nothing behind") {
  SecretBytes a(std::string(100, 'x'));
  SecretBytes b(std::move(a));
  CHECK(a.empty());  // NOLINT(bugprone-use-after-move): what is asked here
  CHECK(b.view().size() == 100);
  SecretBytes c(std::string("short"));
  c = std::move(b);
  CHECK(b.empty());  // NOLINT(bugprone-use-after-move)
  CHECK(c.view().size() == 100);
}
