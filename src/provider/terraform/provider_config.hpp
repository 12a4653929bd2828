// The entries of `providers:` in drift.yaml that are for Terraform providers: which is for which configuration, and what is in it once the
// references to the environment are resolved.
//
// A reference is ${env:NAME}, a whole text or a part of one; $${ is the characters ${. docs/drift.yaml.md has the keys.
//
// Thread rule: any; const access.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drift/provider/terraform.hpp"
#include "provider/terraform/provider_address.hpp"

namespace drift::terraform_internal {

// The settings of the provider configuration that a resource names: those that name it most exactly (with host name, with namespace, by
// type). nullptr: the provider has no entry at all. E_CONFIG_INVALID when it has some, or an alias, and none is for this configuration:
// reading with another account or region would show what is not there as deleted.
Result<const ProviderSettings*> choose_settings(const std::vector<ProviderSettings>& all, const ProviderAddress& provider);

// Secrets: for the launch alone, never for a log, an error or a file.
struct ResolvedSettings {
  Value config;  // an object or null; texts with something of the environment in them are marked Secret::plain
  std::vector<std::pair<std::string, std::string>> env;
};

// E_CONFIG_INVALID for a variable that is not set, with its name and the place that needs it.
Result<ResolvedSettings> resolve_settings(const ProviderSettings& settings, const Environment& environment);

// The keys of an entry, in the order of the documentation.
[[nodiscard]] std::vector<std::string_view> provider_setting_keys();

}  // namespace drift::terraform_internal
