// One type's Schema message (version and block) as a TypeSchema.
//
// Thread rule: any. Ownership: the result owns what it shows.
#pragma once

#include <string_view>

#include "provider/terraform/schema.hpp"

namespace drift::terraform_internal {

// E_PARSE, E_BAD_STRUCTURE (also for a nesting mode that is not known, whose values nobody could read), E_DEPTH_LIMIT.
Result<TypeSchema> read_type_schema(std::string_view bytes, Protocol protocol);

}  // namespace drift::terraform_internal
