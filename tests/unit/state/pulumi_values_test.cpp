#include "state/pulumi_values.hpp"

#include <doctest/doctest.h>

#include <string>

#include "drift/model/json.hpp"
#include "drift/model/path.hpp"

using namespace drift;
using namespace drift::state_internal;

namespace {

// "SIG" stands for the signature key, to keep the cases readable.
Result<Value> untag(std::string text) {
  for (std::size_t at = 0; (at = text.find("SIG", at)) != std::string::npos;) text.replace(at, 3, kPulumiSignature);
  auto v = parse_json(text);
  REQUIRE(v.ok());
  return untag_pulumi(*v, "outputs");
}

Value good(const std::string& text) {
  auto v = untag(text);
  if (!v) FAIL(v.error().to_string());
  return *std::move(v);
}

const std::string kSecretTag = R"("SIG":"1b47061264138c4ac30d75fd1eb44270")";

}  // namespace

TEST_CASE("pulumi values: a secret's ciphertext is kept as ciphertext") {
  const Value v = good("{\"p\":{" + kSecretTag + R"(,"ciphertext":"v1:abc"}})");
  CHECK(v.find("p")->secret() == Secret::ciphertext);
  CHECK(v.find("p")->as_string() == "v1:abc");
}

TEST_CASE("pulumi values: a secret's plaintext is the value it spells, marked plain") {
  const Value text = good("{" + kSecretTag + R"(,"plaintext":"\"hunter2\""})");
  CHECK(text.secret() == Secret::plain);
  CHECK(text.as_string() == "hunter2");
  const Value object = good("{" + kSecretTag + R"(,"plaintext":"{\"n\":18446744073709551617}"})");
  CHECK(object.secret() == Secret::plain);
  CHECK(object.find("n")->as_number().text() == "18446744073709551617");
  const Value unknown = good("{" + kSecretTag + R"(,"plaintext":"\"04da6b54-80e4-46f7-96ec-b56ff0331ba9\""})");
  CHECK(unknown.is_unknown());
}

TEST_CASE("pulumi values: assets and archives are reduced to their hash where they have one") {
  CHECK(good(R"({"SIG":"c44067f5952c0a294b673a41bacd8c17","hash":"h","text":"content"})") ==
        good(R"({"SIG":"c44067f5952c0a294b673a41bacd8c17","hash":"h","path":"elsewhere"})"));
  CHECK(good(R"({"SIG":"c44067f5952c0a294b673a41bacd8c17","hash":"h"})") !=
        good(R"({"SIG":"0def7320c3a5731c473e5ecbe6d01bc7","hash":"h"})"));
  CHECK(good(R"({"SIG":"c44067f5952c0a294b673a41bacd8c17","text":"content"})").string_or("text") == "content");
  const Value archive = good(R"({"SIG":"0def7320c3a5731c473e5ecbe6d01bc7",
      "assets":{"a":{"SIG":"c44067f5952c0a294b673a41bacd8c17","hash":"h","path":"p"}}})");
  CHECK(archive.find("assets")->find("a")->find("path") == nullptr);
}

TEST_CASE("pulumi values: a resource reference is its urn and id") {
  CHECK(to_json(good(R"({"SIG":"5cf8f73096256a8f31e491e813e4eb8e","urn":"u","id":"i","packageVersion":"1"})")) ==
        R"({"id":"i","urn":"u"})");
  CHECK(to_json(good(R"({"SIG":"5cf8f73096256a8f31e491e813e4eb8e","urn":"u"})")) == R"({"urn":"u"})");
}

TEST_CASE("pulumi values: an output is its value, unknown when it has none") {
  CHECK(good(R"({"SIG":"d0e6a833031e9bbcd3f4e8bde6ca49a4","value":[1],"dependencies":["u"]})") == good("[1]"));
  CHECK(good(R"({"SIG":"d0e6a833031e9bbcd3f4e8bde6ca49a4"})").is_unknown());
  CHECK(good(R"({"SIG":"d0e6a833031e9bbcd3f4e8bde6ca49a4","value":"x","secret":true})").secret() == Secret::plain);
  CHECK(good(R"({"SIG":"d0e6a833031e9bbcd3f4e8bde6ca49a4","value":"x","secret":false})").secret() == Secret::none);
}

TEST_CASE("pulumi values: byte strings are bytes, floats stay tagged, the placeholder is unknown") {
  CHECK(good(R"({"SIG":"803fd3297a5875dc03ca845dda5d2a98","value":"/wD+"})").as_string() == std::string("\xff\x00\xfe", 3));
  CHECK(good(R"({"SIG":"8ad145fe-0d11-4827-bfd7-1abcbf086f5c","value":"7ff8000000000001"})").string_or("value") == "7ff8000000000001");
  const Value v = good(R"({"a":["04da6b54-80e4-46f7-96ec-b56ff0331ba9"],"b":"04da6b54"})");
  CHECK(v.find("a")->as_list()[0].is_unknown());
  CHECK(v.find("b")->is_string());
}

TEST_CASE("pulumi values: what is not known or malformed is refused with its path, never its content") {
  struct Case {
    std::string text;
    Errc code;
  };
  const Case cases[] = {
      {R"({"a":[{"SIG":"ffff061264138c4ac30d75fd1eb44270","canary":"canary"}]})", Errc::unsupported_feature},
      {R"({"a":[{"SIG":17}]})", Errc::unsupported_feature},
      {"{\"a\":[{" + kSecretTag + "}]}", Errc::bad_structure},
      {"{\"a\":[{" + kSecretTag + R"(,"ciphertext":"canary","plaintext":"canary"}]})", Errc::bad_structure},
      {"{\"a\":[{" + kSecretTag + R"(,"plaintext":"canary, no JSON"}]})", Errc::bad_structure},
      {R"({"a":[{"SIG":"803fd3297a5875dc03ca845dda5d2a98","value":"canary!"}]})", Errc::bad_structure},
      {R"({"a":[{"SIG":"5cf8f73096256a8f31e491e813e4eb8e","id":"canary"}]})", Errc::bad_structure},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    auto v = untag(c.text);
    REQUIRE_FALSE(v.ok());
    CHECK(v.error().name() == errc_name(c.code));
    CHECK(v.error().to_string().find("outputs.a[0]") != std::string::npos);
    CHECK(v.error().to_string().find("canary") == std::string::npos);
    CHECK_FALSE(v.error().next_step().empty());
  }
}

TEST_CASE("pulumi values: an error inside a secret tells nothing of it, not even its keys") {
  auto v = untag("{\"a\":{" + kSecretTag + R"(,"plaintext":"{\"canary\":{\"4dabf18193072939515e22adb298388d\":\"x\"}}"}})");
  REQUIRE_FALSE(v.ok());
  CHECK(v.error().to_string().find("canary") == std::string::npos);
}

TEST_CASE("pulumi values: secrets inside secrets end somewhere") {
  std::string text = "\"x\"";
  for (int i = 0; i < 8; ++i) {
    std::string quoted;
    append_json_string(quoted, text);
    text = "{\"" + std::string(kPulumiSignature) + "\":\"1b47061264138c4ac30d75fd1eb44270\",\"plaintext\":" + quoted + "}";
  }
  CHECK_FALSE(untag(text).ok());
}

TEST_CASE("pulumi urns") {
  CHECK(is_pulumi_urn("urn:pulumi:s::p::t::n"));
  CHECK(is_pulumi_urn("urn:pulumi:s::p::a$b::n::with::more"));
  CHECK(is_pulumi_urn("urn:pulumi:::::::"));
  CHECK_FALSE(is_pulumi_urn("urn:pulumi:s::p::t"));
  CHECK_FALSE(is_pulumi_urn("urn:other:s::p::t::n"));
  CHECK_FALSE(is_pulumi_urn(""));
}
