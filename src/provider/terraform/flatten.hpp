// Attributes back in the flat form that Terraform before 0.12 wrote, for the provider to upgrade: {"tags.%": "1", "tags.Name": "x"}.
//
// The state reader nests what is flat (state/flatmap.hpp); which object was a map and which a block, the type says. Elements of sets get
// the numbers of their order: providers take any number for one.
//
// Thread rule: any.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "drift/model/value.hpp"
#include "provider/terraform/cty_type.hpp"

namespace drift::terraform_internal {

// Sorted by key. Nulls are left out, as they were.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> flatten(const Value& attributes, const CtyType& type);

}  // namespace drift::terraform_internal
