#include "provider/terraform/provider_address.hpp"

#include <doctest/doctest.h>

using namespace drift;                      // NOLINT(google-build-using-namespace)
using namespace drift::terraform_internal;  // NOLINT(google-build-using-namespace)

namespace {

std::string said(std::string_view text) {
  const Result<ProviderAddress> a = parse_provider_address(text);
  if (!a) return "error: " + a.error().message();
  return a->source() + " alias=" + a->configuration() + " module=" + a->module;
}

ProviderAddress address(std::string_view text) { return parse_provider_address(text).value(); }

}  // namespace

TEST_CASE("provider address: every form that states have") {
  CHECK(said(R"(provider["registry.terraform.io/hashicorp/kubernetes"])") == "registry.terraform.io/hashicorp/kubernetes alias= module=");
  CHECK(said(R"(provider["registry.terraform.io/hashicorp/aws"].west)") == "registry.terraform.io/hashicorp/aws alias=west module=");
  CHECK(said(R"(module.a.provider["registry.opentofu.org/acme/x"].b)") == "registry.opentofu.org/acme/x alias=b module=module.a");
  CHECK(said(R"(module.a.module.b.provider["example.com:8443/acme/x"])") == "example.com:8443/acme/x alias= module=module.a.module.b");
  CHECK(said(R"(provider["registry.opentofu.org/hashicorp/aws"].by["eu.1"])") ==
        R"(registry.opentofu.org/hashicorp/aws alias=by["eu.1"] module=)");
  CHECK(said(R"(provider["registry.opentofu.org/hashicorp/aws"].by[0])") == "registry.opentofu.org/hashicorp/aws alias=by[0] module=");
  CHECK(said(R"(module.a["k]"].provider["registry.opentofu.org/hashicorp/aws"])") ==
        R"(registry.opentofu.org/hashicorp/aws alias= module=module.a["k]"])");
}

TEST_CASE("provider address: what 0.12 and 0.11 wrote has no namespace") {
  CHECK(said("provider.aws") == "registry.terraform.io/-/aws alias= module=");
  CHECK(said("provider.aws.west") == "registry.terraform.io/-/aws alias=west module=");
  CHECK(said("module.a.provider.aws") == "registry.terraform.io/-/aws alias= module=module.a");
  CHECK(said("registry.terraform.io/-/aws") == "registry.terraform.io/-/aws alias= module=");
  CHECK(said(R"(provider["registry.terraform.io/-/aws"])") == "registry.terraform.io/-/aws alias= module=");
  CHECK(address("provider.aws").is_legacy());
  CHECK(address("provider.aws").display() == "aws");
}

TEST_CASE("provider address: plain sources") {
  CHECK(said("aws") == "registry.terraform.io/hashicorp/aws alias= module=");
  CHECK(said("Integrations/GitHub") == "registry.terraform.io/integrations/github alias= module=");
  CHECK(said("registry.opentofu.org/hashicorp/x") == "registry.opentofu.org/hashicorp/x alias= module=");
  CHECK(said("acme/provider-of-things") == "registry.terraform.io/acme/provider-of-things alias= module=");
  CHECK(address("terraform.io/builtin/terraform").is_builtin());
  CHECK_FALSE(address("hashicorp/aws").is_builtin());
  CHECK(address("example.com/acme/x").display() == "example.com/acme/x");
  CHECK(address("registry.opentofu.org/acme/x").display() == "acme/x");
}

TEST_CASE("provider address: nothing that could leave a folder, and nothing half") {
  for (const std::string_view bad : {"",
                                     "/",
                                     "a/b/c/d",
                                     "a//c",
                                     "../../etc",
                                     "registry.terraform.io/../x",
                                     "registry.terraform.io/a/..",
                                     "..//a",
                                     "../a/b",
                                     ".hidden/a/b",
                                     "a/b/c d",
                                     "a/-b-/c",
                                     "provider",
                                     "provider.",
                                     "provider[",
                                     "provider[\"",
                                     "provider[\"a",
                                     "provider[\"a\"",
                                     "provider[\"a/../b\"]",
                                     "provider[0]",
                                     "provider[\"a\"]x",
                                     "provider[\"a\"].",
                                     "provider[\"a\"].b.c",
                                     "provider[\"a\"].b[",
                                     "provider[\"a\"].b[]",
                                     "provider.a.b.c",
                                     "module.provider.x",
                                     "module.a",
                                     "module.a.provider",
                                     "module.a[0.provider.x",
                                     "resource.provider.x",
                                     "example.com/-/x",
                                     "a/b\n/c",
                                     "a/\x01"})
    CHECK_MESSAGE(said(bad).starts_with("error: "), bad);
  CHECK(said(std::string(300, 'a')).starts_with("error: "));
  CHECK_FALSE(parse_provider_address("a//b").error().next_step().empty());
}

TEST_CASE("provider address: the entry of a project file for it, and no Pulumi provider taken for one") {
  CHECK(address("provider[\"registry.opentofu.org/hashicorp/aws\"].west").settings_name() == "aws.west");
  CHECK(address("provider.aws").settings_name() == "aws");
  CHECK(address("acme/x").settings_name() == "acme/x");
  CHECK(address("provider[\"example.com/acme/x\"].by[\"eu\"]").settings_name() == "example.com/acme/x.by[\"eu\"]");
  CHECK(said("urn:pulumi:dev::p::pulumi:providers:aws::default_6_0_0::0-1-2").starts_with("error: "));
  CHECK(said("urn:pulumi:a/b/c::p::pulumi:providers:aws::default::id").starts_with("error: "));
}

TEST_CASE("provider address: the two registries are one, and a legacy address is any provider of its type") {
  const ProviderAddress tf = address("registry.terraform.io/hashicorp/aws"), tofu = address("registry.opentofu.org/hashicorp/aws");
  CHECK(same_provider(tf, tofu));
  CHECK(same_provider(address("provider.aws"), tofu));
  CHECK(same_provider(address(R"(provider["registry.terraform.io/hashicorp/aws"].west)"), tf));
  CHECK_FALSE(same_provider(tf, address("registry.terraform.io/acme/aws")));
  CHECK_FALSE(same_provider(tf, address("example.com/hashicorp/aws")));
  CHECK_FALSE(same_provider(address("provider.aws"), address("example.com/hashicorp/aws")));
  CHECK_FALSE(same_provider(tf, address("registry.terraform.io/hashicorp/awscc")));

  std::vector<std::string> all;
  for (const ProviderAddress& a : same_providers(address("provider.aws"))) all.push_back(a.source());
  CHECK(all == std::vector<std::string>{"registry.terraform.io/-/aws", "registry.terraform.io/hashicorp/aws", "registry.opentofu.org/-/aws",
                                        "registry.opentofu.org/hashicorp/aws"});
  CHECK(same_providers(tofu).size() == 2);
  CHECK(same_providers(address("example.com/acme/x")).size() == 1);
}
