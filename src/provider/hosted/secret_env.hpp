// What of a process's environment must not be shown.
//
// Pure. Thread rule: any.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace drift::hosted_internal {

using EnvAdditions = std::vector<std::pair<std::string, std::string>>;

// All values that were added, and those of 6 bytes or more that are inherited ("NAME=value") under a name like that of a secret.
[[nodiscard]] std::vector<std::string> secret_values(const std::vector<std::string>& inherited, const EnvAdditions& add);

}  // namespace drift::hosted_internal
