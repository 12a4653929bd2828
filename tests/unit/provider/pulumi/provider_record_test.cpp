#include "provider/pulumi/provider_record.hpp"

#include <doctest/doctest.h>

#include "provider/pulumi/property.hpp"
#include "unit/provider/pulumi/peer.hpp"

using namespace drift;                         // NOLINT(google-build-using-namespace)
using namespace drift::pulumi_internal;        // NOLINT(google-build-using-namespace)
using namespace drift::pulumi_internal::test;  // NOLINT(google-build-using-namespace)

namespace {

EngineRecord record(std::string_view inputs, const std::string& type = "pulumi:providers:aws") {
  const std::string text =
      R"({"urn":"urn:pulumi:dev::proj::)" + type + R"(::west","type":")" + type + R"(","id":"0f","inputs":)" + std::string(inputs) + "}";
  return {json(text), nullptr};
}
ProviderRecord good(std::string_view inputs) {
  Result<ProviderRecord> r = read_provider_record(record(inputs));
  if (!r) FAIL(r.error().to_string());
  return *std::move(r);
}
Errc refusal(std::string_view inputs) {
  const Result<ProviderRecord> r = read_provider_record(record(inputs));
  REQUIRE_FALSE(r.ok());
  CHECK_FALSE(r.error().next_step().empty());
  return r.error().code();
}

}  // namespace

TEST_CASE("pulumi provider record: the plugin is the package of its type") {
  const ProviderRecord r = good(R"({"region":"eu","version":"6.1.0","__internal":{}})");
  CHECK(r.package == "aws");
  CHECK(r.plugin.name == "aws");
  CHECK(r.plugin.version == "6.1.0");
  CHECK(r.name == "west");
  CHECK(r.id == "0f");
  CHECK(r.config == json(R"({"region":"eu","version":"6.1.0"})"));
  CHECK_FALSE(r.parameterization.has_value());
}

TEST_CASE("pulumi provider record: a parameterized provider has the plugin's version apart from its own") {
  const ProviderRecord r = good(
      R"({"version":"3.7.1","__internal":{"name":"terraform-provider","version":"0.8.1","parameterization":"eyJhIjoxfQ==","pluginDownloadURL":"u",
          "envVarMappings":{"NEW":"OLD"}}})");
  CHECK(r.plugin.name == "terraform-provider");
  CHECK(r.plugin.version == "0.8.1");
  CHECK(r.plugin.download_url == "u");
  REQUIRE(r.parameterization.has_value());
  CHECK(r.parameterization->name == "aws");
  CHECK(r.parameterization->version == "3.7.1");
  CHECK(r.parameterization->value == R"({"a":1})");
  CHECK(r.env_mappings.at("NEW") == "OLD");
  CHECK(r.config == json(R"({"version":"3.7.1"})"));
}

TEST_CASE("pulumi provider record: older states keep the engine's own at the top; with __internal a key of that name is the provider's") {
  CHECK(good(R"({"version":"1.0.0","pluginDownloadURL":"u"})").plugin.download_url == "u");
  CHECK(good(R"({"name":"mine","__internal":{}})").plugin.name == "aws");
  CHECK(good(R"({"name":"other"})").plugin.name == "other");
  CHECK(good("{}").plugin.version.empty());
}

TEST_CASE("pulumi provider record: what is malformed is refused") {
  CHECK(refusal(R"({"__internal":[]})") == Errc::bad_structure);
  CHECK(refusal(R"({"version":7})") == Errc::bad_structure);
  CHECK(refusal(R"({"__internal":{"name":""}})") == Errc::bad_structure);
  CHECK(refusal(R"({"__internal":{"name":"../x"}})") == Errc::bad_structure);
  CHECK(refusal(R"({"__internal":{"name":"pulumi-python\u0000x"}})") == Errc::bad_structure);  // a path would end at the NUL
  CHECK(refusal(R"({"__internal":{"name":"x; y"}})") == Errc::bad_structure);
  CHECK(refusal(R"({"__internal":{"parameterization":"!"}})") == Errc::bad_structure);
  CHECK(refusal(R"({"__internal":{"parameterization":"eA=="}})") == Errc::bad_structure);
  CHECK(refusal(R"({"__internal":{"envVarMappings":{"A":1}}})") == Errc::bad_structure);
  CHECK(refusal(R"({"__internal":{"envVarMappings":{"HOME":"LD_PRELOAD=x"}}})") == Errc::bad_structure);
  CHECK(refusal(R"({"__internal":{"envVarMappings":{"HOME":"LD_PRELOAD=x\u0000"}}})") == Errc::bad_structure);
  CHECK(refusal(R"({"key":{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","ciphertext":"x"}})") ==
        Errc::encrypted_state);
  CHECK_FALSE(read_provider_record(record("{}", "aws:s3:Bucket")).ok());
}

TEST_CASE("pulumi provider record: equal records are one provider, and the key tells nothing") {
  CHECK(key_of(record(R"({"a":"canary"})")) == key_of(record(R"({"a":"canary"})")));
  CHECK(key_of(record(R"({"a":"canary"})")) != key_of(record(R"({"a":"other"})")));
  CHECK(key_of(record(R"({"a":"canary"})")).find("canary") == std::string::npos);
}
