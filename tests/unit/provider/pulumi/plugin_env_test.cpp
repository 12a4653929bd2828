#include "provider/pulumi/plugin_env.hpp"

#include <doctest/doctest.h>

using namespace drift;                   // NOLINT(google-build-using-namespace)
using namespace drift::pulumi_internal;  // NOLINT(google-build-using-namespace)

TEST_CASE("pulumi env: what is inherited, the project's runtime options, the settings, the state's mappings, each over what is before it") {
  ProviderRecord record;
  record.urn = "urn:pulumi:dev::proj::pulumi:providers:acme::default";
  record.plugin.name = "acme";
  record.env_mappings = {{"MINE", "THEIRS"}, {"NONE", "OTHER"}};
  PulumiProject project;
  project.runtime_options = {{"virtualenv", "venv"}, {"typescript", "true"}, {"not one", "x"}, {"nul", std::string("a\0b", 3)}};
  const Environment inherited{{"HOME", "/h"}, {"PULUMI_RUNTIME_VIRTUALENV", "old"}, {"PULUMI_RUNTIME_TYPESCRIPT", "false"}};
  CHECK(plugin_environment(inherited, record, &project, {{"MINE", "m"}, {"PULUMI_RUNTIME_TYPESCRIPT", "no"}}) ==
        std::vector<std::string>{"HOME=/h", "MINE=m", "PULUMI_PROJECT=proj", "PULUMI_RUNTIME_TYPESCRIPT=no",
                                 "PULUMI_RUNTIME_VIRTUALENV=venv", "THEIRS=m"});
  record.plugin.name = "pulumi-nodejs";
  CHECK(plugin_environment({}, record, nullptr, {}) == std::vector<std::string>{"PULUMI_NODEJS_PROJECT=proj", "PULUMI_PROJECT=proj"});
}
