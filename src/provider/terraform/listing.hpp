// Resources that exist, as a provider lists them (ListResource): the way to what nobody manages.
//
// Thread rule: any. Source: tfplugin5.proto and tfplugin6.proto, ListResource.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "drift/provider/provider.hpp"
#include "provider/hosted/secret_set.hpp"
#include "provider/terraform/instance.hpp"

namespace drift::terraform_internal {

// What is secret in what has been listed: what the provider says after that may tell it.
//
// Thread rule: the thread that lists.
class ListedSecrets {
 public:
  void add(Instance& instance, const std::vector<std::string>& secrets) {
    if (secrets.empty()) return;
    holds_.push_back(all_.hold(secrets));
    if (instance.shows_logs()) holds_.push_back(instance.hold(secrets));
  }
  [[nodiscard]] std::string mask(std::string_view text) const { return all_.mask(text); }

 private:
  SecretSet all_;
  std::vector<SecretSet::Hold> holds_;
};

// Where what was listed goes. All are called by the thread that lists.
struct Listed {
  ListSink whole;                  // with the attributes that the provider gave
  ListSink named;                  // with its identity alone: the provider has to be asked for the rest
  std::function<void(Error)> cut;  // of a type that has more than may be listed: it has been listed up to there
  ListedSecrets& secrets;
};

// All of `types` (empty: of every type that the provider lists), as resources with the provider's configuration as `provider`, and an
// address made of type and id. Of one type no more than Instance::max_listed(), and 256 MiB: a provider may list for ever. What is wrong
// with one type, or one resource of it, is a warning of the context's (provider_warning), and the next type follows; so it does when
// nothing came for five minutes, or the list took half an hour, unless two in a row did: see hosted_internal::list_each(), as for the
// errors. `of`: what the provider can list.
Status list_resources(Instance& instance, const ProviderSchema& of, const std::vector<std::string>& types, const Listed& to,
                      const OpContext& ctx);

}  // namespace drift::terraform_internal
