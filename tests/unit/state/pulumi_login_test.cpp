#include "state/pulumi_login.hpp"

#include <doctest/doctest.h>

#include "drift/state/pulumi_stack.hpp"
#include "unit/state/stacks.hpp"

using namespace drift;
using namespace drift::state_internal;

TEST_CASE("pulumi login: where one is logged in, with which token, as whom") {
  const stacks::TempDir dir;
  dir.file("credentials.json",
           R"({"current":"https://api.acme.example","accessTokens":{"https://api.acme.example":"t1","https://api.pulumi.com":"t2"},
    "accounts":{"https://api.acme.example":{"accessToken":"t1","username":"ann","lastValidatedAt":"2026-01-01T00:00:00Z"}}})");
  dir.file("config.json", R"({"backends":{"https://api.acme.example":{"defaultOrg":"team"}}})");
  for (const Environment& e : {Environment{{"PULUMI_HOME", dir.path.string()}},
                               Environment{{"PULUMI_CREDENTIALS_PATH", dir.path.string()}, {"PULUMI_HOME", "/nowhere"}}}) {
    const auto login = PulumiLogin::read(e);
    REQUIRE(login.ok());
    CHECK(login->current() == "https://api.acme.example");
    CHECK(login->token("https://api.acme.example") == "t1");
    CHECK(login->token("https://api.pulumi.com") == "t2");
    CHECK(login->token("https://elsewhere.example").empty());
    CHECK(login->user("https://api.acme.example") == "ann");
    CHECK(login->default_organisation("https://api.acme.example") == "team");
  }
}

TEST_CASE("pulumi login: the folder is PULUMI_HOME, else .pulumi at home") {
  CHECK(pulumi_home({{"PULUMI_HOME", "/p"}, {"HOME", "/h"}}) == "/p");
  CHECK(pulumi_home({{"HOME", "/h"}}) == "/h/.pulumi");
  CHECK(pulumi_home({}).empty());
  const stacks::TempDir dir;
  dir.file(".pulumi/credentials.json", R"({"current":"file://~"})");
  CHECK(PulumiLogin::read({{"HOME", dir.path.string()}})->current() == "file://~");
}

TEST_CASE("pulumi login: nothing there is nobody logged in; what is not so is an error without its text") {
  const stacks::TempDir dir;
  const Environment e{{"PULUMI_HOME", dir.path.string()}};
  CHECK(PulumiLogin::read(e)->current().empty());
  CHECK(PulumiLogin::read({})->current().empty());
  for (const char* text : {"{\"accessTokens\":{\"u\":\"token-canary\"", "[]", "token-canary"}) {
    dir.file("credentials.json", text);
    const auto login = PulumiLogin::read(e);
    REQUIRE_FALSE(login.ok());
    CHECK(login.error().code() == Errc::bad_structure);
    CHECK(login.error().to_string().find("canary") == std::string::npos);
    CHECK(login.error().next_step().find("pulumi login") != std::string::npos);
  }
}

TEST_CASE("pulumi login: URLs that mean one place are one") {
  CHECK(canonical_cloud_url("https://api.pulumi.com/") == "https://api.pulumi.com");
  CHECK(canonical_cloud_url("https://app.pulumi.com/acme") == "https://api.pulumi.com");
  CHECK(canonical_cloud_url("https://pulumi.acme.example//") == "https://pulumi.acme.example");
  CHECK(is_cloud_url("http://127.0.0.1:1"));
  CHECK_FALSE(is_cloud_url("file:///x"));
}

TEST_CASE("pulumi login: the token of the environment goes to the back end alone") {
  const stacks::TempDir dir;
  dir.file("credentials.json", R"({"accessTokens":{"https://stored.example/":"t1"}})");
  const Environment e{{"PULUMI_HOME", dir.path.string()}, {"PULUMI_ACCESS_TOKEN", "env"}};
  const auto login = PulumiLogin::read(e);
  REQUIRE(login.ok());
  CHECK(access_token(*login, e, "https://api.pulumi.com/", "https://api.pulumi.com") == "env");
  CHECK(access_token(*login, e, "https://stored.example", "https://api.pulumi.com") == "t1");
  CHECK(access_token(*login, e, "https://evil.example", "https://api.pulumi.com").empty());
  CHECK(access_token(*login, {}, "https://api.pulumi.com", "https://api.pulumi.com").empty());
}
