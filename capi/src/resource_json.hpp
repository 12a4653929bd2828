// Resources as JSON, from a host and for it.
//
// Thread rule: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drift/model/resource.hpp"
#include "drift/provider/provider.hpp"

namespace drift::capi {

// {"address","type","id"?,"attributes","sensitive"?:[paths]}.
Result<Resource> resource_from_json(std::string_view json);
// {"resources":[as above]}.
Result<std::vector<Resource>> resources_from_json(std::string_view json);
// {"results":[{"found":{..}}|{"absent":true}|{"error":{..}}]}: as many as `asked`, which give what an answer leaves out.
Result<std::vector<ReadOutcome>> outcomes_from_json(std::string_view json, const std::vector<Resource>& asked);

// Secrets are "(sensitive)".
[[nodiscard]] Value resource_to_value(const Resource& r);

}  // namespace drift::capi
