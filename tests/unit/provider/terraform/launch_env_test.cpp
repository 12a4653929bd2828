#include "provider/terraform/launch_env.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace drift;
using namespace drift::terraform_internal;
using drift::hosted_internal::EnvAdditions;

namespace {

bool has(const std::vector<std::string>& env, const std::string& entry) { return std::find(env.begin(), env.end(), entry) != env.end(); }
bool has_name(const std::vector<std::string>& env, const std::string& name) {
  return std::any_of(env.begin(), env.end(), [&](const std::string& e) { return e.starts_with(name + "="); });
}

}  // namespace

TEST_CASE("the host's environment is passed on without what a parent Terraform left in it") {
  const auto env = plugin_environment(
      {"HOME=/h", "AWS_REGION=x", "EMPTY=", "PLUGIN_MIN_PORT=1", "PLUGIN_MULTIPLEX_GRPC=true", "TF_REATTACH_PROVIDERS={}", "TF_LOG=trace",
       "TF_LOG_PATH=/x", "TF_PLUGIN_CACHE_DIR=/c", "TF_CLI_CONFIG_FILE=/f", "TMPDIR=/long"},
      {.folder = "/tmp/drift-1"});
  REQUIRE(env.ok());
  CHECK(*env == std::vector<std::string>{"AWS_REGION=x", "EMPTY=", "HOME=/h", "PLUGIN_PROTOCOL_VERSIONS=5,6",
                                         "PLUGIN_UNIX_SOCKET_DIR=/tmp/drift-1", "TF_CLI_CONFIG_FILE=/f", "TF_LOG_SDK=off",
                                         "TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
                                         "TMPDIR=/tmp/drift-1"});
}

TEST_CASE("what the configuration adds wins, but for what the handshake needs") {
  const auto env = plugin_environment(
      {"HOME=/h", "X=old"}, {.add = {{"X", "new"}, {"TMPDIR", "/mine"}, {"PLUGIN_PROTOCOL_VERSIONS", "4"}, {"PLUGIN_CLIENT_CERT", "c"}},
                             .folder = "/f",
                             .log_level = "debug"});
  REQUIRE(env.ok());
  CHECK(has(*env, "X=new"));
  CHECK(has(*env, "TMPDIR=/mine"));
  CHECK(has(*env, "PLUGIN_PROTOCOL_VERSIONS=5,6"));
  CHECK(has(*env, "TF_LOG=debug"));
  CHECK_FALSE(has_name(*env, "TF_LOG_SDK"));
  CHECK_FALSE(has_name(*env, "PLUGIN_CLIENT_CERT"));
  for (const EnvAdditions& bad : {EnvAdditions{{"", "x"}}, EnvAdditions{{"A=B", "x"}}, EnvAdditions{{"A", std::string("x\0y", 3)}}})
    CHECK(plugin_environment({}, {.add = bad}).error().code() == Errc::invalid_argument);
}
