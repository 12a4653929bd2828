// What a provider makes of the id that `terraform import` takes, or of an identity (ImportResourceState): the states with which a read
// begins. Source: tfplugin5.proto and tfplugin6.proto, ImportResourceState; OpenTofu internal/tofu/node_resource_import.go.
//
// Thread rule: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drift/provider/provider.hpp"
#include "provider/terraform/instance.hpp"

namespace drift::terraform_internal {

// Mostly one; an id may stand for several, also of other types. Each as a state would have it, still to be read, with the provider's
// configuration as `provider` and an address made of type and id. E_UNSUPPORTED_FEATURE when the provider has no such type or cannot
// import; E_INVALID_ARGUMENT for an identity that is none of the type's. `redact` masks in a panic or status what else is secret.
Result<std::vector<Resource>> import_states(Instance& instance, const Session& session, const ImportRequest& request,
                                            const plugin::Redactor& redact, const OpContext& ctx);

// For what no engine has an address for, the same in every scan: "TYPE (ID)", else with the identity, else with `otherwise`. Where that is
// one of the secrets that are marked in `r`, "TYPE (#DIGEST)": of SHA-256, without a key, so that who guesses the secret can test it.
[[nodiscard]] std::string address_of_found(const Resource& r, std::string_view otherwise);
// What a state has as `provider` of resources that this instance reads.
[[nodiscard]] std::string provider_text(const Instance& instance);

}  // namespace drift::terraform_internal
