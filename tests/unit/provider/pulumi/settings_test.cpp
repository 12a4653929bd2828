#include "provider/pulumi/settings.hpp"

#include <doctest/doctest.h>

#include "provider/pulumi/property.hpp"
#include "unit/provider/pulumi/peer.hpp"

using namespace drift;                         // NOLINT(google-build-using-namespace)
using namespace drift::pulumi_internal;        // NOLINT(google-build-using-namespace)
using namespace drift::pulumi_internal::test;  // NOLINT(google-build-using-namespace)

namespace {

PulumiSettings good(std::string_view text) {
  Result<PulumiSettings> s = parse_pulumi_settings(json(text));
  if (!s) FAIL(s.error().to_string());
  return *std::move(s);
}
Error refusal(std::string_view text) {
  const Result<PulumiSettings> s = parse_pulumi_settings(json(text));
  REQUIRE_FALSE(s.ok());
  CHECK_FALSE(s.error().next_step().empty());
  CHECK(s.error().to_string().find("canary") == std::string::npos);
  return s.error();
}

}  // namespace

TEST_CASE("pulumi settings: nothing is enough, and nothing executes code of the state") {
  const PulumiSettings s = good("null");
  CHECK_FALSE(s.dynamic_providers);
  CHECK_FALSE(s.project_plugins);
  CHECK_FALSE(s.logs);
  CHECK(s.plugins.empty());
}

TEST_CASE("pulumi settings: every key") {
  const PulumiSettings s =
      good(R"({"dynamic_providers":true,"project_plugins":true,"logs":true,"env":{"A":"1","B":2},"parallel":4,"max_age":"5m","max_calls":10,
      "max_memory":"2GiB","max_listed":5000,"plugins":{"aws":{"binary":"b","config":{"region":"eu"},"env":{"C":"3"},"parallel":2,"logs":false},"random":null}})");
  CHECK(s.dynamic_providers);
  CHECK(s.project_plugins);
  CHECK(s.logs);
  CHECK(s.env == std::vector<std::pair<std::string, std::string>>{{"A", "1"}, {"B", "2"}});
  CHECK(s.parallel == 4U);
  CHECK(s.max_age == std::chrono::minutes(5));
  CHECK(s.max_calls == 10U);
  CHECK(s.max_memory == std::uint64_t{2} << 30);
  CHECK(s.max_listed == 5000U);
  const PulumiPluginSettings& aws = s.plugins.at("aws");
  CHECK(aws.binary == "b");
  CHECK(aws.config == json(R"({"region":"eu"})"));
  CHECK(aws.parallel == 2U);
  CHECK(aws.logs == false);
  CHECK(s.plugins.count("random") == 1);
}

TEST_CASE("pulumi settings: what is wrong is named, with the nearest key") {
  const Error unknown = refusal(R"({"dynamic_provider":true})");
  CHECK(unknown.code() == Errc::config_unknown_key);
  CHECK(unknown.subject() == "dynamic_provider");
  CHECK(unknown.next_step().find("`dynamic_providers`") != std::string::npos);
  CHECK(refusal(R"({"dynamic_providers":"canary"})").code() == Errc::config_invalid);
  CHECK(refusal(R"({"parallel":0})").subject() == "parallel");
  CHECK(refusal(R"({"env":{"A=":"canary"}})").subject() == "env");
  CHECK(refusal(R"({"env":{"A":"canary ${x}"}})").subject() == "env");
  CHECK(refusal(R"({"max_age":"soon"})").subject() == "max_age");
  CHECK(refusal(R"({"max_memory":"12"})").subject() == "max_memory");
  CHECK(refusal(R"({"plugins":{"a b":{}}})").subject() == "plugins");
  CHECK(refusal(R"({"plugins":{"aws":{"binery":"canary"}}})").message().find("`aws.binery`") != std::string::npos);
  CHECK(refusal(R"({"plugins":{"aws":{"config":{"a":["${env:}canary"]}}}})").code() == Errc::config_invalid);
  CHECK(refusal("[]").code() == Errc::config_invalid);
  CHECK(refusal(R"({"logs":null})").subject() == "logs");
}

TEST_CASE("pulumi settings: references are resolved late, and what comes of them is secret") {
  const PulumiSettings s =
      good(R"({"env":{"A":"${env:X}"},"plugins":{"aws":{"config":{"key":"pre-${env:X}","plain":"p","n":[1]},"env":{"B":"b"}}}})");
  const Environment environment{{"X", "value"}};
  const Result<ResolvedPlugin> r = resolve_plugin(s, "aws", environment);
  REQUIRE(r.ok());
  CHECK(r->env == std::vector<std::pair<std::string, std::string>>{{"A", "value"}, {"B", "b"}});
  CHECK(tag_of(*r->config.find("key")) == Tag::secret);
  CHECK(*r->config.find("key")->find("value") == Value("pre-value"));
  CHECK(*r->config.find("plain") == Value("p"));
  const Result<ResolvedPlugin> other = resolve_plugin(s, "gcp", environment);
  REQUIRE(other.ok());
  CHECK(other->config == Value(Object()));
  const Result<ResolvedPlugin> missing = resolve_plugin(s, "aws", {});
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().code() == Errc::config_invalid);
  CHECK(missing.error().to_string().find("X") != std::string::npos);
}
