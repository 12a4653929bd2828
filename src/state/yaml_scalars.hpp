// A few scalars of a YAML file that somebody else owns: what else is in it is not looked at.
//
// Thread rule: any.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "drift/base/result.hpp"

namespace drift::state_internal {

// The scalars of the maps in `text` down to the second level, by "key" and "key.key"; of lists and what is deeper nothing. JSON is YAML.
// Errors as third::YamlEvents: they name the place, and never the text. (Aliases and tags are refused there, too.)
[[nodiscard]] Result<std::map<std::string, std::string, std::less<>>> yaml_scalars(std::string_view text);

}  // namespace drift::state_internal
