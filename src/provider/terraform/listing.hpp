// Resources that exist, as a provider lists them (ListResource): the way to what nobody manages.
//
// Thread rule: any. Source: tfplugin5.proto and tfplugin6.proto, ListResource.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "drift/provider/provider.hpp"
#include "provider/terraform/instance.hpp"

namespace drift::terraform_internal {

// Where what was listed goes. Both are called by the thread that lists.
struct Listed {
  ListSink whole;  // with the attributes that the provider gave
  ListSink named;  // with its identity alone: the provider has to be asked for the rest
};

// All of `types` (empty: of every type that the provider lists), as resources with the provider's configuration as `provider`, and an
// address made of type and id. What is wrong with one type, or one resource of it, is a warning of the context's (provider_warning), and
// the next type follows. Errors: the context's end, and the process lost.
Status list_resources(Instance& instance, const Session& session, const std::vector<std::string>& types, const Listed& to,
                      const OpContext& ctx);

}  // namespace drift::terraform_internal
