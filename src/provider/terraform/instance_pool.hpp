// The instances of a host that scans more than once: who asks for the same configuration gets the same process, whatever its state.
//
// The same is: address and settings, the binary that is found for them (its file as it is now), the folder in which it is started, and the
// environment. With another environment (other credentials) there is another instance, and the one before it goes as soon as nobody uses
// it; so do those that nobody used for a while, and the longest unused ones beyond a number. What was in the environment is not kept for
// this.
//
// Thread rule: any. Ownership: an instance that was taken is kept by who took it, also when the pool is gone. In a child of fork() it does
// nothing.
#pragma once

#include <cstddef>
#include <memory>

#include "drift/provider/terraform.hpp"
#include "provider/hosted/instance_pool.hpp"
#include "provider/terraform/instance.hpp"

namespace drift::terraform_internal {

class InstancePool final : public TerraformProcesses {
 public:
  using Limits = hosted_internal::InstancePool::Limits;
  explicit InstancePool(Limits limits) : pool_(limits) {}

  // Nothing is started. Until the result is let go, what the process writes goes to `options->log` too.
  [[nodiscard]] std::shared_ptr<Instance> take(const ProviderAddress& address, const ProviderSettings* settings,
                                               const std::shared_ptr<const TerraformOptions>& options);
  [[nodiscard]] std::size_t size() const { return pool_.size(); }

 private:
  hosted_internal::InstancePool pool_;
};

}  // namespace drift::terraform_internal
