// One configuration of one provider: its binary found, its schema known, its process configured.
//
// A provider process takes one configuration (Configure is called once), so aliases are instances of their own.
//
// Thread rule: any. Ownership: shares the process with the reads that go on in it; the last of them ends it.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "drift/provider/terraform.hpp"
#include "provider/hosted/lifecycle.hpp"
#include "provider/hosted/secret_set.hpp"
#include "provider/terraform/find.hpp"
#include "provider/terraform/launch.hpp"
#include "provider/terraform/provider_address.hpp"
#include "provider/terraform/schema.hpp"

namespace drift::terraform_internal {

using hosted_internal::Gate;
using hosted_internal::SecretSet;

// Calls at once, as Terraform and OpenTofu: per run, where nothing else is said.
inline constexpr std::size_t default_parallel = 10;

using IdentitySchemas = std::unordered_map<std::string, IdentitySchema>;

// Where Terraform would have started the provider: relative paths in configurations mean that.
[[nodiscard]] std::string start_folder(const TerraformOptions& options);
[[nodiscard]] FindOptions find_options(const TerraformOptions& options, const std::string& binary);

// A process that is configured, and what it knows.
struct Session {
  std::shared_ptr<PluginProcess> process;
  std::shared_ptr<const ProviderSchema> schema;
  std::shared_ptr<const IdentitySchemas> identities;
  Clock::Duration started_at{};  // of the system's clock: a host's own, which a scan may have, says nothing about processes
};

class Instance final : public hosted_internal::Lifecycle<Session> {
 public:
  // `settings`: nullptr when nothing is configured: then the provider takes all from its environment.
  Instance(ProviderAddress address, const ProviderSettings* settings, std::shared_ptr<const TerraformOptions> options);

  // Somebody took it. From now on these options, which differ from those before in the state and the log alone.
  void use(std::shared_ptr<const TerraformOptions> options);
  // Launches and configures where that is needed, in a time of its own (`start_timeout`); see Lifecycle::session().
  [[nodiscard]] Result<Session> session(const OpContext& ctx);
  // The schema, of a session or of the disk's cache; none where a process would have to be asked.
  [[nodiscard]] std::shared_ptr<const ProviderSchema> known_schema();

  // What must not be shown: values of the configuration and of the environment.
  [[nodiscard]] std::vector<std::string> secrets() const { return secrets_->all(); }
  // Of one type, in one scan.
  [[nodiscard]] std::size_t max_listed() const noexcept;
  // Whether somebody wants to see what the process logs: then what is secret in a read has to be held while that goes on.
  [[nodiscard]] bool shows_logs() const noexcept { return settings_.logs; }
  [[nodiscard]] SecretSet::Hold hold(const std::vector<std::string>& secrets) { return secrets_->hold(secrets); }
  [[nodiscard]] const ProviderAddress& address() const noexcept { return address_; }
  [[nodiscard]] std::string display() const { return "provider " + address_.display(); }

 private:
  [[nodiscard]] Result<Session> start(const OpContext& ctx);
  [[nodiscard]] Status make_ready(Session& s, const FoundProvider& found, const OpContext& ctx);
  [[nodiscard]] Result<FoundProvider> find(const OpContext& ctx) const;
  [[nodiscard]] std::shared_ptr<const ProviderSchema> look_in_cache() const;
  [[nodiscard]] Result<std::shared_ptr<PluginProcess>> launch(const FoundProvider& found, const OpContext& ctx);
  [[nodiscard]] Result<std::shared_ptr<const ProviderSchema>> schema_of(PluginProcess& process, const FoundProvider& found,
                                                                        const OpContext& ctx);
  [[nodiscard]] Result<std::shared_ptr<const IdentitySchemas>> identities_of(PluginProcess& process, const OpContext& ctx);
  [[nodiscard]] Status configure(PluginProcess& process, const ProviderSchema& schema, const OpContext& ctx);
  [[nodiscard]] Error failure(const plugin::GrpcReply& reply, PluginProcess& process, std::string_view method) const;
  [[nodiscard]] std::shared_ptr<const TerraformOptions> options() const;
  void warn(std::span<const Diagnostic> diagnostics, const OpContext& ctx) const;

  const ProviderAddress address_;
  const ProviderSettings settings_;
  const Clock::Duration start_timeout_;
  // Shared with what the process says, which is masked as it comes.
  const std::shared_ptr<SecretSet> secrets_ = std::make_shared<SecretSet>();

  std::mutex looking_;  // one at a time looks into the cache
  bool looked_in_cache_ = false;

  mutable std::mutex mutex_;  // of what follows; never held during a call, or while files are read
  std::shared_ptr<const TerraformOptions> options_;
  std::shared_ptr<const ProviderSchema> cached_;
};

}  // namespace drift::terraform_internal
