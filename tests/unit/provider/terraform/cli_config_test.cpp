#include "provider/terraform/cli_config.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "unit/provider/fakes.hpp"

using namespace drift;                      // NOLINT(google-build-using-namespace)
using namespace drift::terraform_internal;  // NOLINT(google-build-using-namespace)

namespace {

constexpr std::string_view written = R"(
plugin_cache_dir   = "$HOME/.cache/${SUB}/x"
disable_checkpoint = true

credentials "app.terraform.io" {
  token = "hunter2"
}

provider_installation {
  dev_overrides {
    "hashicorp/kubernetes" = "/dev/k8s"
    "example.com/acme/x"   = "bin"
  }
  filesystem_mirror {
    path    = "/usr/share/terraform/providers"
    include = ["example.com/*/*", "acme/*"]
    exclude = ["acme/secret"]
  }
  network_mirror {
    url = "https://example.com/"
  }
  direct {
    exclude = ["example.com/*/*"]
  }
}
)";

ProviderAddress address(std::string_view text) { return parse_provider_address(text).value(); }

std::string fault(std::string_view text) {
  const Result<CliConfig> c = parse_cli_config(text, {});
  if (c.ok()) return "none";
  CHECK_FALSE(c.error().next_step().empty());
  CHECK(c.error().to_string().find("hunter2") == std::string::npos);
  const TextPosition at = c.error().where().value();
  return std::string(c.error().name()) + ' ' + std::to_string(at.line) + ':' + std::to_string(at.column);
}

}  // namespace

TEST_CASE("cli config: the settings that say where providers are") {
  const CliConfig c = parse_cli_config(written, {{"HOME", "/h/me"}, {"SUB", "s"}}).value();
  CHECK(c.plugin_cache_dir == "/h/me/.cache/s/x");
  CHECK(c.has_installation);
  REQUIRE(c.dev_overrides.size() == 2);
  CHECK(c.override_of(address("hashicorp/kubernetes"))->folder == "/dev/k8s");
  CHECK(c.override_of(address("registry.opentofu.org/hashicorp/kubernetes"))->folder == "/dev/k8s");
  CHECK(c.override_of(address("example.com/acme/x"))->folder == "bin");
  CHECK(c.override_of(address("acme/x")) == nullptr);
  REQUIRE(c.methods.size() == 3);
  CHECK(c.methods[0].kind == InstallMethod::Kind::filesystem_mirror);
  CHECK(c.methods[0].path == "/usr/share/terraform/providers");
  CHECK(c.methods[1].kind == InstallMethod::Kind::network_mirror);
  CHECK(c.methods[2].kind == InstallMethod::Kind::direct);
}

TEST_CASE("cli config: inclusions and exclusions") {
  const InstallMethod m = parse_cli_config(written, {}).value().methods[0];
  CHECK(m.serves(address("example.com/any/thing")));
  CHECK(m.serves(address("acme/x")));
  CHECK(m.serves(address("registry.opentofu.org/acme/x")));
  CHECK_FALSE(m.serves(address("acme/secret")));
  CHECK_FALSE(m.serves(address("hashicorp/aws")));
  CHECK_FALSE(m.serves(address("other.com/acme/x")));
  const auto serves = [](std::string_view include, std::string_view provider) {
    const std::string text = "provider_installation {\n direct {\n include = [\"" + std::string(include) + "\"]\n }\n}\n";
    return parse_cli_config(text, {}).value().methods.at(0).serves(address(provider));
  };
  CHECK(serves("*/*/*", "example.com/acme/x"));
  CHECK(serves("*/*", "acme/x"));
  CHECK_FALSE(serves("*/*", "example.com/acme/x"));
  CHECK(serves("registry.terraform.io/hashicorp/aws", "provider[\"registry.opentofu.org/hashicorp/aws\"].west"));
  CHECK_FALSE(serves("hashicorp/aws", "hashicorp/awscc"));
  CHECK(InstallMethod().serves(address("acme/x")));
}

TEST_CASE("cli config: as JSON") {
  const CliConfig c = parse_cli_config(R"({"plugin_cache_dir": "/c", "credentials": {"h": {"token": "hunter2"}}, "provider_installation": {
    "dev_overrides": {"hashicorp/aws": "/d"}, "filesystem_mirror": [{"path": "/1"}, {"path": "/2", "include": ["a/*"]}], "direct": {}}})",
                                       {})
                          .value();
  CHECK(c.plugin_cache_dir == "/c");
  CHECK(c.override_of(address("hashicorp/aws"))->folder == "/d");
  REQUIRE(c.methods.size() == 3);
  CHECK(c.methods[0].path == "/1");
  CHECK(c.methods[1].path == "/2");
  CHECK(c.methods[1].include.size() == 1);
}

TEST_CASE("cli config: what is wrong has its place, and nothing else of the file is told") {
  CHECK(fault("credentials \"x\" { token = \"hunter2\n\" }") == "E_PARSE 1:35");
  CHECK(fault("provider_installation = {}") == "E_CONFIG_INVALID 1:1");
  CHECK(fault("provider_installation {}\nprovider_installation {}\n") == "E_CONFIG_INVALID 2:1");
  CHECK(fault("provider_installation {\n  filesystem_miror {}\n}") == "E_CONFIG_UNKNOWN_KEY 2:3");
  CHECK(parse_cli_config("provider_installation {\n filesystem_miror {}\n}", {}).error().next_step().find("filesystem_mirror") !=
        std::string::npos);
  CHECK(fault("provider_installation {\n  filesystem_mirror {}\n}") == "E_CONFIG_INVALID 2:3");
  CHECK(fault("provider_installation {\n  x = 1\n}") == "E_CONFIG_INVALID 2:3");
  CHECK(fault("provider_installation {\n  dev_overrides {\n    \"a//b\" = \"/x\"\n  }\n}") == "E_CONFIG_INVALID 3:5");
  CHECK(fault("provider_installation {\n  dev_overrides {\n    \"a/b\" = 1\n  }\n}") == "E_CONFIG_INVALID 3:13");
  for (const char* bad : {"a", "*/b", "*/a/b", "a/*/b", "a/b/c/d", "a//b", "", "../*"})
    CHECK_MESSAGE(
        fault("provider_installation {\n  direct {\n    include = [\"" + std::string(bad) + "\"]\n  }\n}") == "E_CONFIG_INVALID 3:16", bad);
  CHECK(fault("plugin_cache_dir = 1") == "E_CONFIG_INVALID 1:20");
  CHECK(fault("plugin_cache_dir {}") == "E_CONFIG_INVALID 1:1");
}

TEST_CASE("cli config: which files are read, and in which order") {
  const test::TempDir dir;
  for (const char* folder : {"home", "home/.terraform.d", "xdg", "xdg/opentofu"}) std::filesystem::create_directory(dir / folder);
  Environment e{{"HOME", dir / "home"}, {"XDG_CONFIG_HOME", dir / "xdg"}};
  const auto cache = [&] { return read_cli_config(e, dir.path()).value().plugin_cache_dir; };
  CHECK(read_cli_config({}, {}).value().files.empty());
  CHECK(cache() == "");
  dir.write("xdg/opentofu/tofurc", "plugin_cache_dir = \"xdg\"");
  CHECK(cache() == "xdg");
  dir.write("home/.terraformrc", "plugin_cache_dir = \"terraform\"");
  CHECK(cache() == "terraform");
  dir.write("home/.tofurc", "plugin_cache_dir = \"tofu\"");
  CHECK(cache() == "tofu");

  dir.write("home/.terraform.d/a.tfrc", "plugin_cache_dir = \"ignored\"\nprovider_installation {\n direct {}\n}\n");
  dir.write("home/.terraform.d/b.tfrc.json", R"({"credentials": {}})");
  dir.write("home/.terraform.d/c.hcl", "no hcl at all");
  dir.write("xdg/opentofu/d.tfrc", "no hcl at all");
  const CliConfig c = read_cli_config(e, dir.path()).value();
  CHECK(c.plugin_cache_dir == "tofu");
  CHECK(c.methods.size() == 1);
  CHECK(c.files == std::vector<std::string>{dir / "home/.tofurc", dir / "home/.terraform.d/a.tfrc", dir / "home/.terraform.d/b.tfrc.json"});

  dir.write("other", "plugin_cache_dir = \"other\"");
  e["TERRAFORM_CONFIG"] = dir / "other";
  CHECK(cache() == "other");
  CHECK(read_cli_config(e, dir.path()).value().methods.empty());
  e["TF_CLI_CONFIG_FILE"] = "named.tfrc";
  CHECK(read_cli_config(e, dir.path()).value().named == dir / "named.tfrc");
  dir.write("named.tfrc", "plugin_cache_dir = \"named\"");
  CHECK(cache() == "named");
  CHECK_FALSE(read_cli_config(e, dir.path()).value().named.has_value());
}

TEST_CASE("cli config: a file that cannot be read is an error that names it") {
  const test::TempDir dir;
  const std::string bad = dir.write("bad", "\nprovider_installation {\n");
  const Result<CliConfig> c = read_cli_config({{"TF_CLI_CONFIG_FILE", bad}}, {});
  REQUIRE_FALSE(c.ok());
  CHECK(c.error().subject() == bad);
  CHECK(c.error().where()->line == 3);
  CHECK(read_cli_config({{"TF_CLI_CONFIG_FILE", dir.path()}}, {}).error().code() == Errc::io);
}
