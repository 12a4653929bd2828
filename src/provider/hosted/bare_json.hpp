// JSON as a provider gets it: with its secrets, which drift/model/json.hpp never writes. For the wire alone, never for a log or a file.
//
// Thread rule: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drift/model/value.hpp"

namespace drift::hosted_internal {

// Appends `v` as JSON. What has no JSON here (an unknown, and a secret that is only known sealed) is null.
void append_bare_json(std::string& out, const Value& v);

// The texts and numbers below `v` that are marked secret.
void collect_secrets(const Value& v, std::vector<std::string>& out);

}  // namespace drift::hosted_internal
