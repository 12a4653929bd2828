#include "drift/model/secret.hpp"

#include <doctest/doctest.h>

#include "drift/model/json.hpp"

using drift::compare_secrets;
using drift::Object;
using drift::Secret;
using drift::SecretCompare;
using drift::SecretKey;
using drift::Value;

namespace {
const SecretKey key(std::string(32, 'k'));
const SecretKey other_key(std::string(32, 'o'));
Value plain(Value v) { return v.mark(Secret::plain); }
Value cipher(Value v) { return v.mark(Secret::ciphertext); }
Value sealed(const Value& v, const SecretKey& k = key) { return drift::seal_secrets(plain(v), k); }
}  // namespace

TEST_CASE("a digest names its key and nothing of the secret") {
  const std::string d = key.digest("hunter2");
  // HMAC-SHA-256 of the canonical bytes "s7:hunter2" under the key, computed with another tool.
  CHECK(d == "hmac-sha256:" + key.id() + ":8fea463121bf0476c357a2cd40286e1f0b82df1bdb19a8df8c836ebdc4e3fa24");
  CHECK(key.id() == "f10a992e");
  CHECK(d.find("hunter2") == std::string::npos);
  CHECK(key.digest("hunter2") == d);
  CHECK(key.digest("hunter3") != d);
  CHECK(other_key.digest("hunter2") != d);
  CHECK(other_key.id() != key.id());
  CHECK(key.digest(*drift::parse_json("[1.0]")) == key.digest(*drift::parse_json("[ 1 ]")));  // the value counts, not its spelling
}

TEST_CASE("random keys differ; an empty key digests nothing") {
  const auto a = SecretKey::random(), b = SecretKey::random();
  REQUIRE(a.ok());
  REQUIRE(b.ok());
  CHECK(a->bytes().size() == 32);
  CHECK(a->bytes() != b->bytes());
  CHECK(SecretKey().empty());
  CHECK(SecretKey().id().empty());
  CHECK(SecretKey().digest("x") == "unavailable");
}

TEST_CASE("keys copy and move like values") {
  SecretKey a = key;
  SecretKey b;
  b = a;
  CHECK(b.bytes() == key.bytes());
  SecretKey c;
  c = std::move(b);
  CHECK(c.bytes() == key.bytes());
  SecretKey& self = a;
  a = self;
  CHECK(a.bytes() == key.bytes());
}

TEST_CASE("sealing replaces plain secrets and nothing else") {
  const Value v = Object({{"name", "n"},
                          {"password", plain("hunter2")},
                          {"stored", cipher("v1:abc")},
                          {"list", Value::List{1, plain(Value::List{"hunter2", plain("inner")})}}});
  const Value s = drift::seal_secrets(v, key);
  CHECK(*s.find("name") == Value("n"));
  CHECK(s.find("password")->as_string() == key.digest("hunter2"));
  CHECK(s.find("password")->secret() == Secret::digest);
  CHECK(*s.find("stored") == *v.find("stored"));
  CHECK(s.find("list")->as_list()[1].secret() == Secret::digest);
  CHECK(v.find("password")->as_string() == "hunter2");  // the original is as it was
  const Value clean = Object({{"a", 1}});
  CHECK(&drift::seal_secrets(clean, key).as_object() == &clean.as_object());
  CHECK(drift::seal_secrets(plain("x"), SecretKey()).as_string() == "unavailable");
}

TEST_CASE("sealed values hold no secret text anywhere") {
  Object inner;
  inner.set("c4n4ry", "c4n4ry");
  const Value s = drift::seal_secrets(Object({{"a", plain("c4n4ry")}, {"b", Value::List{plain(inner)}}}), key);
  CHECK(s.find("a")->as_string().find("c4n4ry") == std::string::npos);
  CHECK(s.find("b")->as_list()[0].as_string().find("c4n4ry") == std::string::npos);
}

TEST_CASE("secrets compare where that can be told") {
  CHECK(compare_secrets(plain("a"), plain("a"), key) == SecretCompare::equal);
  CHECK(compare_secrets(plain("a"), plain("b"), key) == SecretCompare::different);
  CHECK(compare_secrets(plain("a"), Value("a"), key) == SecretCompare::equal);  // marked on one side only
  CHECK(compare_secrets(plain("a"), sealed("a"), key) == SecretCompare::equal);
  CHECK(compare_secrets(sealed("a"), plain("b"), key) == SecretCompare::different);
  CHECK(compare_secrets(Value("a"), sealed("a"), key) == SecretCompare::equal);
  CHECK(compare_secrets(sealed("a"), sealed("a"), SecretKey()) == SecretCompare::equal);
  CHECK(compare_secrets(sealed("a"), sealed("b"), SecretKey()) == SecretCompare::different);
  CHECK(compare_secrets(cipher("v1:x"), cipher("v1:x"), key) == SecretCompare::equal);
  CHECK(compare_secrets(cipher("v1:x"), cipher("v1:y"), key) == SecretCompare::different);
}

TEST_CASE("what cannot be told is said to be so") {
  CHECK(compare_secrets(sealed("a"), sealed("a", other_key), key) == SecretCompare::cannot_tell);
  CHECK(compare_secrets(plain("a"), sealed("a", other_key), key) == SecretCompare::cannot_tell);
  CHECK(compare_secrets(plain("a"), sealed("a"), SecretKey()) == SecretCompare::cannot_tell);
  CHECK(compare_secrets(sealed("a", SecretKey()), sealed("a", SecretKey()), key) == SecretCompare::cannot_tell);  // "unavailable"
  CHECK(compare_secrets(plain("a"), sealed("a", SecretKey()), SecretKey()) == SecretCompare::cannot_tell);
  CHECK(compare_secrets(cipher("v1:x"), plain("a"), key) == SecretCompare::cannot_tell);
  CHECK(compare_secrets(cipher("v1:x"), sealed("a"), key) == SecretCompare::cannot_tell);
  CHECK(compare_secrets(Value::unknown().mark(Secret::plain), Value::unknown().mark(Secret::plain), key) == SecretCompare::cannot_tell);
}

TEST_CASE("a sealed secret that says nothing is found wherever it is") {
  CHECK(holds_unavailable(sealed("a", SecretKey())));
  CHECK(holds_unavailable(Value::List{1, Object({{"p", sealed("a", SecretKey())}})}));
  CHECK(!holds_unavailable(Value::List{sealed("a"), cipher("unavailable"), plain("unavailable"), Value("unavailable")}));
}
