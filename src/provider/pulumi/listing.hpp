// Resources that a plugin lists, for those that no state manages (pulumirpc List, of which few plugins have any).
//
// Thread rule: any. Ownership: borrows all that it is given.
#pragma once

#include <string>
#include <vector>

#include "drift/provider/provider.hpp"
#include "provider/pulumi/instance.hpp"

namespace drift::pulumi_internal {

// Resources of those of `types` that the plugin lists; false when it lists none of them. What it fails in for one type is a
// warning; an error is the process's end, or the context's.
Result<bool> list_resources(Instance& instance, const Session& session, const std::vector<std::string>& types, const ListSink& sink,
                            const OpContext& ctx);

}  // namespace drift::pulumi_internal
