// A few scalars of a YAML file that somebody else owns: what else is in it is not looked at.
//
// Thread rule: any.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "drift/base/result.hpp"

namespace drift::state_internal {

// The scalars of the maps in `text` down to the third level, by "key", "key.key"...; of lists and what is deeper nothing. JSON is YAML.
// Errors as third::YamlEvents: they name the place, and never the text. (Aliases and tags are refused there, too.)
[[nodiscard]] Result<std::map<std::string, std::string, std::less<>>> yaml_scalars(std::string_view text);

// Of the list at `outer`.`inner` the scalars of each element that is a map. Errors as above.
[[nodiscard]] Result<std::vector<std::map<std::string, std::string, std::less<>>>> yaml_maps(std::string_view text, std::string_view outer,
                                                                                             std::string_view inner);

}  // namespace drift::state_internal
