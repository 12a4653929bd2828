// The environment of a plugin's process: the host's, what the engine adds, what the settings say.
//
// Pure. Thread rule: any.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "drift/provider/pulumi.hpp"
#include "provider/pulumi/provider_record.hpp"

namespace drift::pulumi_internal {

// "NAME=value". Variables of the settings win over what is inherited, and envVarMappings of the record over both, as for the engine.
[[nodiscard]] std::vector<std::string> plugin_environment(const Environment& inherited, const ProviderRecord& record,
                                                          const std::vector<std::pair<std::string, std::string>>& add);

}  // namespace drift::pulumi_internal
