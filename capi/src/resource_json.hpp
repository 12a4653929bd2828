// Resources as JSON, from a host and for it.
//
// Thread rule: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "drift/model/resource.hpp"
#include "drift/provider/provider.hpp"

namespace drift::capi {

// {"address","type","id"?,"attributes","sensitive"?:[paths]}.
Result<Resource> resource_from_json(std::string_view json);
// What an answer gives, or the failure {"error":{..}} in its place.
template <class T>
using Answered = std::variant<std::vector<T>, Error>;
// {"resources":[as above]}.
Result<Answered<Resource>> resources_from_json(std::string_view json);
// {"plaintexts":["base64"]}: their bytes.
Result<Answered<std::string>> plaintexts_from_json(std::string_view json);
// Nothing, or a failure.
Result<std::optional<Error>> failure_from_json(std::string_view json);
// {"results":[{"found":{..}}|{"absent":true}|{"error":{..}}]}: as many as `asked`, which give what an answer leaves out.
Result<Answered<ReadOutcome>> outcomes_from_json(std::string_view json, const std::vector<Resource>& asked);

// Secrets are "(sensitive)".
[[nodiscard]] Value resource_to_value(const Resource& r);

}  // namespace drift::capi
