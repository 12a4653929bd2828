// Resources that exist, as a provider lists them (ListResource): the way to what nobody manages.
//
// Thread rule: any. Source: tfplugin5.proto and tfplugin6.proto, ListResource.
#pragma once

#include <string>
#include <vector>

#include "drift/provider/provider.hpp"
#include "provider/terraform/instance.hpp"

namespace drift::terraform_internal {

// All of `types` (empty: of every type that the provider lists) to `sink`, as resources with the attributes that the provider gave, the
// provider's configuration as `provider`, and an address made of type and identity. An error of one type ends the list with that error,
// after what was listed before.
Status list_resources(Instance& instance, const Session& session, const std::vector<std::string>& types, const ListSink& sink,
                      const OpContext& ctx);

}  // namespace drift::terraform_internal
