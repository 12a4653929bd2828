// The secrets of a value whose type is known: the keys of its maps are among them.
//
// Thread rule: any.
#pragma once

#include <string>
#include <vector>

#include "drift/model/value.hpp"
#include "provider/terraform/cty_type.hpp"

namespace drift::terraform_internal {

// The texts and numbers below `v` that are marked secret, and the keys of maps that are.
void collect_secrets(const Value& v, const CtyType& type, std::vector<std::string>& out);
// The same in every form in which they may stand in a text, added to `forms`, which keep their order.
void add_secrets_of(const Value& v, const CtyType& type, std::vector<std::string>& forms);

}  // namespace drift::terraform_internal
