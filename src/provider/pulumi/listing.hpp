// Resources that a plugin lists, for those that no state manages (pulumirpc List, of which few plugins have any).
//
// Thread rule: any. Ownership: borrows all that it is given.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "drift/provider/provider.hpp"
#include "provider/pulumi/instance.hpp"

namespace drift::pulumi_internal {

// Where what was listed goes. Both are called by the thread that lists.
struct Listed {
  const ListSink& found;
  std::function<void(Error)> cut;  // of a type that has more than may be listed: it has been listed up to there
};

// Resources of those of `types` that the plugin lists; false when it lists none of them. Of one type no more than Instance::max_listed(),
// and 256 MiB: a plugin may list for ever. What it fails in for one type is a warning, and the next type follows; so it does when nothing
// came for five minutes, or the list took half an hour, unless two in a row did: see hosted_internal::list_each(), as for the errors.
Result<bool> list_resources(Instance& instance, const std::vector<std::string>& types, const Listed& to, const OpContext& ctx);

}  // namespace drift::pulumi_internal
