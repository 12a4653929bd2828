#include "provider/terraform/provider_config.hpp"

#include <doctest/doctest.h>

#include "drift/model/json.hpp"

using namespace drift;                      // NOLINT(google-build-using-namespace)
using namespace drift::terraform_internal;  // NOLINT(google-build-using-namespace)

namespace {

ProviderSettings settings(const std::string& name, std::string_view json = "{}") {
  return parse_provider_settings(name, parse_json(json).value()).value();
}

// "E_CONFIG_INVALID binary": code and subject.
std::string fault(std::string_view json, const std::string& name = "aws") {
  const Result<ProviderSettings> s = parse_provider_settings(name, parse_json(json).value());
  if (s.ok()) return "none";
  CHECK_FALSE(s.error().next_step().empty());
  CHECK((s.error().to_string() + s.error().next_step()).find("hunter2") == std::string::npos);
  return std::string(s.error().name()) + ' ' + s.error().subject();
}

std::string chosen(const std::vector<ProviderSettings>& all, std::string_view address) {
  const Result<const ProviderSettings*> s = choose_settings(all, parse_provider_address(address).value());
  if (!s) return std::string(s.error().name());
  return *s == nullptr ? "none" : (*s)->name;
}

}  // namespace

TEST_CASE("provider config: every key") {
  const ProviderSettings s =
      settings("aws.west", R"({"config": {"region": "eu-1", "n": 5}, "binary": "bin/x", "env": {"A": "${env:B}", "N": 4},
    "logs": true, "parallel": 20, "start_timeout": "90s", "mutual_tls": true, "max_age": "1h", "max_calls": 10000, "max_memory": "512MiB",
    "max_listed": 5000})");
  CHECK(s.name == "aws.west");
  CHECK(s.source == "aws");
  CHECK(s.alias == "west");
  CHECK(to_json(s.config) == R"({"n":5,"region":"eu-1"})");
  CHECK(s.binary == "bin/x");
  CHECK(s.env == std::vector<std::pair<std::string, std::string>>{{"A", "${env:B}"}, {"N", "4"}});
  CHECK(s.logs);
  CHECK(s.parallel == 20);
  CHECK(s.start_timeout == std::chrono::seconds(90));
  CHECK(s.mutual_tls);
  CHECK(s.max_age == std::chrono::hours(1));
  CHECK(s.max_calls == 10000);
  CHECK(s.max_listed == 5000);
  CHECK(s.max_memory == std::uint64_t{512} << 20);
  for (const char* nothing : {"null", "{}", R"({"config": null})"}) {
    const ProviderSettings none = settings("aws", nothing);
    CHECK(none.config.is_null());
    CHECK(none.binary.empty());
    CHECK_FALSE(none.logs);
    CHECK_FALSE(none.parallel.has_value());
    CHECK_FALSE(none.start_timeout.has_value());
    CHECK_FALSE(none.mutual_tls);
    CHECK_FALSE(none.max_age.has_value());
  }
  CHECK(settings("aws", R"({"max_memory": "2GiB"})").max_memory == std::uint64_t{2} << 30);
}

TEST_CASE("provider config: what is wrong is named by its key, never by its value") {
  CHECK(fault(R"({"confg": {}})") == "E_CONFIG_UNKNOWN_KEY confg");
  CHECK(parse_provider_settings("aws", parse_json(R"({"confg": {}})").value()).error().next_step().find("`config`") != std::string::npos);
  CHECK(fault(R"({"region": "hunter2"})") == "E_CONFIG_UNKNOWN_KEY region");
  CHECK(fault(R"("hunter2")") == "E_CONFIG_INVALID ");
  CHECK(fault(R"({"config": "hunter2"})") == "E_CONFIG_INVALID config");
  CHECK(fault(R"({"config": {"a": [{"b": "${hunter2}"}]}})") == "E_CONFIG_INVALID config");
  CHECK(parse_provider_settings("aws", parse_json(R"({"config": {"a": [{"b": "${"}], "c": ""}})").value())
            .error()
            .message()
            .find("`a[0].b`") != std::string::npos);
  CHECK(fault(R"({"config": {"hunter2 hunter2": "${"}})") == "E_CONFIG_INVALID config");
  for (const char* bad : {R"("")", "1", "[]", "null", R"("a\u0000")"})
    CHECK_MESSAGE(fault("{\"binary\": " + std::string(bad) + "}") == "E_CONFIG_INVALID binary", bad);
  for (const char* bad : {"[]", R"({"A B": "x"})", R"({"A": null})", R"({"A": true})", R"({"A": ["hunter2"]})", R"({"A": "${hunter2}"})",
                          R"({"A": "x\u0000"})", "null"})
    CHECK_MESSAGE(fault("{\"env\": " + std::string(bad) + "}") == "E_CONFIG_INVALID env", bad);
  for (const char* bad : {"1", R"("true")", "null"}) {
    CHECK_MESSAGE(fault("{\"logs\": " + std::string(bad) + "}") == "E_CONFIG_INVALID logs", bad);
    CHECK_MESSAGE(fault("{\"mutual_tls\": " + std::string(bad) + "}") == "E_CONFIG_INVALID mutual_tls", bad);
  }
  for (const char* bad : {"0", "257", "1.5", R"("8")", "-1"})
    CHECK_MESSAGE(fault("{\"parallel\": " + std::string(bad) + "}") == "E_CONFIG_INVALID parallel", bad);
  for (const char* bad : {"60", R"("60")", R"("1d")"}) {
    CHECK_MESSAGE(fault("{\"max_age\": " + std::string(bad) + "}") == "E_CONFIG_INVALID max_age", bad);
    CHECK_MESSAGE(fault("{\"start_timeout\": " + std::string(bad) + "}") == "E_CONFIG_INVALID start_timeout", bad);
  }
  for (const char* bad : {"0", R"("1")"})
    CHECK_MESSAGE(fault("{\"max_calls\": " + std::string(bad) + "}") == "E_CONFIG_INVALID max_calls", bad);
  for (const char* bad :
       {"1", R"("1")", R"("0MiB")", R"("1MB")", R"("99999999999999GiB")", R"("-1MiB")", R"("MiB")", R"("99999999999999999999MiB")"})
    CHECK_MESSAGE(fault("{\"max_memory\": " + std::string(bad) + "}") == "E_CONFIG_INVALID max_memory", bad);
}

TEST_CASE("provider config: names") {
  const auto parts = [](const std::string& name) {
    const ProviderSettings s = settings(name);
    return s.source + " " + s.alias;
  };
  CHECK(parts("aws") == "aws ");
  CHECK(parts("hashicorp/aws.west") == "hashicorp/aws west");
  CHECK(parts("registry.terraform.io/hashicorp/aws") == "registry.terraform.io/hashicorp/aws ");
  CHECK(parts("registry.terraform.io/hashicorp/aws.west") == "registry.terraform.io/hashicorp/aws west");
  CHECK(parts("aws.by[\"a/b.c\"]") == "aws by[\"a/b.c\"]");
  for (const char* bad : {"", "a b", "aws.", "aws.a b", "aws.a.b", "aws[\"x\"]", "aws.x[", "aws.x[]", "a/b/c/d", "../x", "example.com/x/"})
    CHECK_MESSAGE(fault("{}", bad).starts_with("E_CONFIG_INVALID"), bad);
}

TEST_CASE("provider config: the entry that names a configuration most exactly is taken") {
  const std::vector<ProviderSettings> all{
      settings("aws"),    settings("aws.west"), settings("hashicorp/aws"), settings("registry.opentofu.org/hashicorp/aws"),
      settings("acme/x"), settings("y.only"),   settings("aws.by[\"eu\"]")};
  CHECK(chosen(all, "provider[\"registry.terraform.io/hashicorp/aws\"]") == "registry.opentofu.org/hashicorp/aws");
  CHECK(chosen(all, "provider[\"example.com/hashicorp/aws\"]") == "aws");
  CHECK(chosen(all, "provider[\"registry.terraform.io/acme/aws\"]") == "aws");
  CHECK(chosen(all, "provider[\"registry.terraform.io/hashicorp/aws\"].west") == "aws.west");
  CHECK(chosen(all, "module.m.provider[\"registry.terraform.io/hashicorp/aws\"].west") == "aws.west");
  CHECK(chosen(all, "provider[\"registry.opentofu.org/hashicorp/aws\"].by[\"eu\"]") == "aws.by[\"eu\"]");
  CHECK(chosen(all, "provider.aws") == "registry.opentofu.org/hashicorp/aws");
  CHECK(chosen(all, "registry.opentofu.org/acme/x") == "acme/x");
  CHECK(chosen(all, "example.com/acme/x") == "none");
  CHECK(chosen(all, "hashicorp/z") == "none");
  CHECK(chosen({}, "provider[\"registry.terraform.io/hashicorp/aws\"].west") == "none");
}

TEST_CASE("provider config: an alias without an entry is not read with another one's account") {
  const std::vector<ProviderSettings> all{settings("aws"), settings("y.only")};
  CHECK(chosen(all, "provider[\"registry.terraform.io/hashicorp/aws\"].west") == "E_CONFIG_INVALID");
  CHECK(chosen(all, "hashicorp/y") == "E_CONFIG_INVALID");
  const Error e = choose_settings(all, parse_provider_address("provider[\"registry.terraform.io/hashicorp/aws\"].west").value()).error();
  CHECK(e.message().find("`west`") != std::string::npos);
  CHECK(e.next_step().find("`aws.west`") != std::string::npos);
}

TEST_CASE("provider config: a document that does not tell the alias is no reason to ask the default configuration") {
  CHECK(chosen({settings("aws"), settings("y.only")}, "registry.terraform.io/hashicorp/aws") == "aws");
  const std::vector<ProviderSettings> all{settings("aws"), settings("hashicorp/aws.west")};
  CHECK(chosen(all, "registry.terraform.io/hashicorp/aws") == "E_CONFIG_INVALID");
  CHECK(chosen(all, "registry.terraform.io/-/aws") == "E_CONFIG_INVALID");
  CHECK(chosen(all, "provider[\"registry.terraform.io/hashicorp/aws\"]") == "aws");
}

TEST_CASE("provider config: references are resolved into secrets, and what is missing is named with its place") {
  const ProviderSettings s = settings(
      "kubernetes", R"({"config": {"host": "https://x", "token": "${env:TOKEN}", "exec": [{"args": ["-t", "a-${env:TOKEN}"]}], "n": 1},
    "env": {"KEY": "${env:TOKEN}", "PLAIN": "p$${"}})");
  const ResolvedSettings r = resolve_settings(s, {{"TOKEN", "hunter2"}}).value();
  CHECK(*r.config.find("token") == Value("hunter2").mark(Secret::plain));
  CHECK(r.config.find("exec")->as_list()[0].find("args")->as_list()[1] == Value("a-hunter2").mark(Secret::plain));
  CHECK_FALSE(r.config.find("host")->is_secret());
  CHECK_FALSE(r.config.find("exec")->as_list()[0].find("args")->as_list()[0].is_secret());
  CHECK(r.env == std::vector<std::pair<std::string, std::string>>{{"KEY", "hunter2"}, {"PLAIN", "p${"}});
  CHECK(to_json(r.config).find("hunter2") == std::string::npos);
  CHECK(to_json(s.config).find("hunter2") == std::string::npos);  // the settings are as they were written

  const Result<ResolvedSettings> missing = resolve_settings(s, {});
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().code() == Errc::config_invalid);
  CHECK(missing.error().subject() == "providers.kubernetes.config");
  CHECK(missing.error().message() == "the text `exec[0].args[1]` needs the environment variable TOKEN, which is not set");
  CHECK(missing.error().next_step().find("TOKEN") != std::string::npos);
  const Error in_env = resolve_settings(settings("aws.west", R"({"env": {"KEY": "${env:NONE}"}})"), {}).error();
  CHECK(in_env.subject() == "providers.aws.west.env");
  CHECK(in_env.message().find("`KEY` needs the environment variable NONE") != std::string::npos);
  CHECK(resolve_settings(settings("aws"), {}).value().config.is_null());
}
