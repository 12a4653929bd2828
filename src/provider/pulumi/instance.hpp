// One provider of a stack: its plugin found, launched and configured.
//
// A plugin's process takes one configuration, so each provider of a state has a process of its own.
//
// Thread rule: any. Ownership: shares the process with the reads that go on in it; the last of them ends it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "drift/provider/pulumi.hpp"
#include "plugin/grpc_server.hpp"
#include "provider/hosted/lifecycle.hpp"
#include "provider/hosted/secret_set.hpp"
#include "provider/pulumi/accepts.hpp"
#include "provider/pulumi/find.hpp"
#include "provider/pulumi/launch.hpp"
#include "provider/pulumi/plugin_log.hpp"
#include "provider/pulumi/provider_record.hpp"
#include "provider/pulumi/settings.hpp"

namespace drift::pulumi_internal {

using hosted_internal::Gate;
using hosted_internal::SecretSet;

// Calls at once, as the engine's --parallel by default.
inline constexpr std::size_t default_parallel = 16;

[[nodiscard]] PulumiPluginSettings settings_of(const PulumiOptions& options, const std::string& plugin);
// Where plugins are started: where the stack's program runs, else the folder of drift.yaml.
[[nodiscard]] std::string start_folder(const PulumiOptions& options);
// Where they are looked for; borrows `options`. `binary`: of the settings.
[[nodiscard]] PluginPlaces places_of(const PulumiOptions& options, const std::string& binary);

// A process that is configured.
struct Session {
  std::shared_ptr<PluginProcess> process;
  Accepts accepts;
  Clock::Duration started_at{};
};

class Instance final : public hosted_internal::Lifecycle<Session> {
 public:
  Instance(ProviderRecord record, std::shared_ptr<const PulumiOptions> options);
  ~Instance() override { end(); }  // while there is somebody who hears what it says
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  // Launches and configures where that is needed, in a time of its own (`start_timeout`); see Lifecycle::session().
  [[nodiscard]] Result<Session> session(const OpContext& ctx);

  [[nodiscard]] PluginLog& log() noexcept { return *log_; }
  // What must not be shown, and a text without it.
  [[nodiscard]] SecretSet& secrets() noexcept { return *secrets_; }
  [[nodiscard]] const ProviderRecord& record() const noexcept { return record_; }
  [[nodiscard]] std::size_t parallel() const noexcept { return parallel_; }
  [[nodiscard]] std::size_t max_listed() const noexcept { return max_listed_; }  // resources of one type
  [[nodiscard]] std::string display() const { return "provider " + record_.plugin.name + " (" + record_.name + ")"; }

 private:
  [[nodiscard]] Result<Session> start(const OpContext& ctx);
  [[nodiscard]] Status may_be_run() const;
  [[nodiscard]] Status make_ready(Session& s, const ResolvedPlugin& resolved, const OpContext& ctx);
  [[nodiscard]] Result<std::shared_ptr<PluginProcess>> launch(const FoundPlugin& found, const ResolvedPlugin& resolved,
                                                              const OpContext& ctx);
  [[nodiscard]] Status parameterize(PluginProcess& process, const OpContext& ctx);
  [[nodiscard]] Result<Accepts> configure(PluginProcess& process, const Value& config, const OpContext& ctx);
  [[nodiscard]] Result<std::string> engine_address();
  [[nodiscard]] plugin::Redactor redactor() const;

  const ProviderRecord record_;
  const std::shared_ptr<const PulumiOptions> options_;
  const PulumiPluginSettings settings_;
  const std::size_t parallel_;
  const Clock::Duration start_timeout_;
  const std::size_t max_listed_;
  // Shared with what the process says, which is masked as it comes.
  const std::shared_ptr<SecretSet> secrets_ = std::make_shared<SecretSet>();
  const std::shared_ptr<PluginLog> log_;
  std::unique_ptr<plugin::GrpcServer> engine_;  // of who starts the process
};

}  // namespace drift::pulumi_internal
