// The plugins of a host that scans more than once; see hosted_internal::InstancePool.
//
// The same is: the provider's record in the state, the settings, the plugin that is found for them (its file as it is now), the folder in
// which it is started, and the environment.
//
// Thread rule: any. Ownership: as hosted_internal::InstancePool.
#pragma once

#include <memory>
#include <string>

#include "drift/provider/pulumi.hpp"
#include "provider/hosted/instance_pool.hpp"
#include "provider/pulumi/instance.hpp"

namespace drift::pulumi_internal {

class ProcessPool final : public PulumiProcesses {
 public:
  using Limits = hosted_internal::InstancePool::Limits;
  explicit ProcessPool(Limits limits) : pool_(limits) {}

  // Nothing is started. `key` is key_of() of the record.
  [[nodiscard]] std::shared_ptr<Instance> take(const std::string& key, const ProviderRecord& record,
                                               const std::shared_ptr<const PulumiOptions>& options);
  [[nodiscard]] std::size_t size() const { return pool_.size(); }

 private:
  hosted_internal::InstancePool pool_;
};

}  // namespace drift::pulumi_internal
