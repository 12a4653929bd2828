#include "third/digest.hpp"

#include <doctest/doctest.h>

#include <random>

using drift::third::Hasher;
namespace third = drift::third;

namespace {
std::string hex_of(Hasher::Algo algo, std::string_view bytes) { return third::hex(third::digest(algo, bytes)); }
}  // namespace

TEST_CASE("digests: the published vectors (RFC 1321, FIPS 180-4)") {
  CHECK(hex_of(Hasher::md5, "") == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(hex_of(Hasher::md5, "message digest") == "f96b697d7cb7938d525a2f31aaf161d0");
  CHECK(hex_of(Hasher::sha1, "abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(hex_of(Hasher::sha256, "") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex_of(Hasher::sha256, "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex_of(Hasher::sha256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(hex_of(Hasher::sha256, std::string(1000000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  CHECK(hex_of(Hasher::sha512, "abc") ==
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST_CASE("HMAC-SHA-256: the vectors of RFC 4231") {
  const auto mac = [](std::string_view key, std::string_view data) { return third::hex(third::hmac_sha256(key, data)); };
  CHECK(mac(std::string(20, '\x0b'), "Hi There") == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(mac("Jefe", "what do ya want for nothing?") == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(mac(std::string(20, '\xaa'), std::string(50, '\xdd')) == "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  CHECK(mac(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First") ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  CHECK(mac(std::string(131, '\xaa'),
            "This is a test using a larger than block-size key and a larger than block-size data. "
            "The key needs to be hashed before being used by the HMAC algorithm.") ==
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
  CHECK(mac("", "") == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("a hasher fed in pieces gives what one piece gives, and starts anew after finish()") {
  const std::string text(100000, 'x');
  Hasher h(Hasher::sha256);
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < text.size(); i += 777) h.update(std::string_view(text).substr(i, 777));
    h.update("");
    CHECK(h.finish() == third::digest(Hasher::sha256, text));
  }
  Hasher moved = std::move(h);
  CHECK(third::hex(moved.finish()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("base64: the vectors of RFC 4648, both ways") {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"},
                                                         {"\xfb\xff", "+/8="}};
  for (const auto& [plain, coded] : vectors) {
    CHECK(third::base64(plain) == coded);
    std::string back;
    CHECK(third::base64_decode(coded, back));
    CHECK(back == plain);
  }
  std::string out = "old";
  for (const char* bad : {"Z", "Zg", "Zg=", "Zg===", "=", "====", "Zm9v\n", "Zm 9v", "Zh==", "Zm9=", "Zm9_", "Zg==Zg==", "Z=g="}) {
    CHECK_FALSE_MESSAGE(third::base64_decode(bad, out), std::string(bad));
    CHECK(out.empty());
  }
}

TEST_CASE("base64 brings any bytes back") {
  std::mt19937_64 random(2);
  for (std::size_t size = 0; size < 200; ++size) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    std::string back;
    REQUIRE(third::base64_decode(third::base64(bytes), back));
    REQUIRE(back == bytes);
  }
}

TEST_CASE("random bytes have the length asked for and differ; a wiped string is empty") {
  std::string a, b;
  CHECK(third::random_bytes(a, 32));
  CHECK(third::random_bytes(b, 32));
  CHECK(a.size() == 32);
  CHECK(a != b);
  const char* where = a.data();  // its 32 bytes lie on the heap and stay there
  third::wipe(a);
  CHECK(a.empty());
  CHECK(a.data() == where);
  CHECK(std::string(a.data(), 1) == std::string(1, '\0'));
}
