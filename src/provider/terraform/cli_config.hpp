// The CLI configuration of Terraform and OpenTofu (.tofurc, .terraformrc): where providers may lie.
//
// Which files: TF_CLI_CONFIG_FILE, else TERRAFORM_CONFIG, else ~/.tofurc, else ~/.terraformrc, else $XDG_CONFIG_HOME/opentofu/tofurc;
// unless a variable names the file, also *.tfrc and *.tfrc.json of ~/.terraform.d, or of $XDG_CONFIG_HOME/opentofu where that folder is not
// there. Read are plugin_cache_dir and provider_installation. Everything else, credentials above all, is stepped over and stored nowhere.
//
// Spec: OpenTofu internal/command/cliconfig (cliconfig.go, config_unix.go, provider_installation.go),
// internal/getproviders/multi_source.go. Errors: those of parse_hcl() and read_text_file(), E_CONFIG_INVALID and E_CONFIG_UNKNOWN_KEY, with
// file, line and column. Thread rule: ordinary values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drift/provider/terraform.hpp"
#include "provider/terraform/provider_address.hpp"

namespace drift::terraform_internal {

// "hashicorp/*", "registry.terraform.io/*/*", "*/*/*"; a part is empty when it is a wildcard. The two public registries are one.
struct SourcePattern {
  std::string hostname, name_space, type;
  [[nodiscard]] bool matches(const ProviderAddress& provider) const;
};

struct InstallMethod {
  enum class Kind { filesystem_mirror, network_mirror, oci_mirror, direct };
  Kind kind = Kind::direct;
  std::string path;  // of a filesystem mirror
  std::vector<SourcePattern> include, exclude;
  // Exclusions win; without inclusions all are included.
  [[nodiscard]] bool serves(const ProviderAddress& provider) const;
};

struct DevOverride {
  ProviderAddress provider;
  std::string folder;
};

struct CliConfig {
  std::string plugin_cache_dir;   // variables expanded; TF_PLUGIN_CACHE_DIR, which wins, is not in it
  bool has_installation = false;  // a provider_installation block was there: there are no implied mirrors then
  std::vector<DevOverride> dev_overrides;
  std::vector<InstallMethod> methods;
  std::vector<std::string> files;    // that were read
  std::optional<std::string> named;  // by a variable, and not there

  [[nodiscard]] const DevOverride* override_of(const ProviderAddress& provider) const;
};

Result<CliConfig> parse_cli_config(std::string_view text, const Environment& environment);
// `working_folder`: where a relative TF_CLI_CONFIG_FILE starts.
Result<CliConfig> read_cli_config(const Environment& environment, const std::string& working_folder);

// The value of a variable; empty when it is not set.
[[nodiscard]] std::string variable(const Environment& environment, std::string_view name);

}  // namespace drift::terraform_internal
