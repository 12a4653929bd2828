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

// "NAME=value". Options of the project's runtime (PULUMI_RUNTIME_NAME) win over what is inherited, variables of the settings over both, and
// envVarMappings of the record over all, as for the engine. `project`: borrowed; may be none.
[[nodiscard]] std::vector<std::string> plugin_environment(const Environment& inherited, const ProviderRecord& record,
                                                          const PulumiProject* project,
                                                          const std::vector<std::pair<std::string, std::string>>& add);

}  // namespace drift::pulumi_internal
