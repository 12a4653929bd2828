// JSON as a provider gets it: with its secrets, which drift/model/json.hpp never writes. For the wire alone, never for a log or a file.
//
// Thread rule: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drift/model/value.hpp"
#include "provider/terraform/cty_type.hpp"

namespace drift::terraform_internal {

// Appends `v` as JSON. What has no JSON here (an unknown, and a secret that is only known sealed) is null.
void append_bare_json(std::string& out, const Value& v);

// The texts and numbers below `v` that are marked secret; with its type also the keys of maps that are.
void collect_secrets(const Value& v, std::vector<std::string>& out, const CtyType* type = nullptr);
// The same of a value of `type`, in every form in which they may stand in a text, added to `forms`, which keep their order.
void add_secrets_of(const Value& v, const CtyType& type, std::vector<std::string>& forms);

}  // namespace drift::terraform_internal
