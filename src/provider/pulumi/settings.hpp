// What stands under `providers.pulumi`, and what is in it once the references to the environment are resolved.
//
// Thread rule: any; const access.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drift/provider/pulumi.hpp"

namespace drift::pulumi_internal {

// Secrets: for the launch alone, never for a log, an error or a file.
struct ResolvedPlugin {
  Value config;  // a property that is an object; texts with something of the environment in them are secrets
  std::vector<std::pair<std::string, std::string>> env;
};

// The settings of the plugin `name` (there may be none). E_CONFIG_INVALID for a variable that is not set.
Result<ResolvedPlugin> resolve_plugin(const PulumiSettings& settings, const std::string& name, const Environment& environment);

[[nodiscard]] std::vector<std::string_view> pulumi_setting_keys();         // of `providers.pulumi`, in the documentation's order
[[nodiscard]] std::vector<std::string_view> pulumi_plugin_setting_keys();  // of an entry of its `plugins`

}  // namespace drift::pulumi_internal
