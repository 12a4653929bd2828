// One provider of a stack: its plugin found, launched and configured; replaced when it crashed, grew or is old.
//
// A plugin's process takes one configuration, so each provider of a state has a process of its own.
//
// Thread rule: any. Ownership: shares the process with the reads that go on in it; the last of them ends it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "drift/provider/pulumi.hpp"
#include "plugin/grpc_server.hpp"
#include "provider/pulumi/accepts.hpp"
#include "provider/pulumi/launch.hpp"
#include "provider/pulumi/plugin_log.hpp"
#include "provider/pulumi/provider_record.hpp"
#include "provider/pulumi/settings.hpp"
#include "provider/terraform/gate.hpp"
#include "provider/terraform/secret_set.hpp"

namespace drift::pulumi_internal {

using terraform_internal::Gate;
using terraform_internal::SecretSet;

// A process that is configured.
struct Session {
  std::shared_ptr<PluginProcess> process;
  Accepts accepts;
};

class Instance {
 public:
  Instance(ProviderRecord record, std::shared_ptr<const PulumiOptions> options);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  // Launches and configures where that is needed; who comes meanwhile waits. A failure holds for a while, so that 10,000 resources do not
  // look for one plugin 10,000 times.
  [[nodiscard]] Result<Session> session(const OpContext& ctx);
  [[nodiscard]] std::optional<Session> present() const;
  // `process` has crashed: the next session() is another one.
  void crashed(const PluginProcess& process, const OpContext& ctx);

  // One of the calls that may go on at once.
  class Permit {
   public:
    explicit Permit(Instance& of) : of_(&of) {}
    Permit(Permit&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    Permit& operator=(Permit&&) = delete;
    ~Permit() {
      if (of_ != nullptr) of_->give_back();
    }

   private:
    Instance* of_;
  };
  [[nodiscard]] Result<Permit> permit(const OpContext& ctx);

  // Reads hold it shared; who looks for the resource that crashes the plugin holds it alone.
  [[nodiscard]] Gate& gate() noexcept { return gate_; }
  [[nodiscard]] PluginLog& log() noexcept { return *log_; }
  // What must not be shown, and a text without it.
  [[nodiscard]] SecretSet& secrets() noexcept { return *secrets_; }
  [[nodiscard]] const ProviderRecord& record() const noexcept { return record_; }
  [[nodiscard]] std::string display() const { return "provider " + record_.plugin.name + " (" + record_.name + ")"; }
  // Types of which resources were read: those that are asked for when somebody looks for more.
  void seen(std::string_view type);
  [[nodiscard]] std::vector<std::string> types() const;
  void end();  // shuts the process down

 private:
  [[nodiscard]] Result<Session> start(const OpContext& ctx);
  [[nodiscard]] Result<std::shared_ptr<PluginProcess>> launch(const FoundPlugin& found, const ResolvedPlugin& resolved,
                                                              const OpContext& ctx);
  [[nodiscard]] Status parameterize(PluginProcess& process, const OpContext& ctx);
  [[nodiscard]] Result<Accepts> configure(PluginProcess& process, const Value& config, const OpContext& ctx);
  [[nodiscard]] Result<std::string> engine_address();
  [[nodiscard]] bool worn_out(const Session& s, const OpContext& ctx) const;
  [[nodiscard]] plugin::Redactor redactor() const;
  void give_back();

  const ProviderRecord record_;
  const std::shared_ptr<const PulumiOptions> options_;
  const PulumiPluginSettings settings_;
  const std::size_t parallel_;
  // Shared with what the process says, which is masked as it comes.
  const std::shared_ptr<SecretSet> secrets_ = std::make_shared<SecretSet>();
  const std::shared_ptr<PluginLog> log_;
  Gate gate_;

  std::timed_mutex starting_;
  std::unique_ptr<plugin::GrpcServer> engine_;  // of starting_
  mutable std::mutex mutex_;                    // of what follows; never held during a call
  std::optional<Session> session_;
  Clock::Duration started_at_{};
  std::optional<Error> failed_;
  Clock::Duration failed_at_{};
  std::size_t crashes_ = 0;  // since the first of them
  Clock::Duration first_crash_{};
  std::set<std::string, std::less<>> types_;
  std::size_t in_use_ = 0;
  std::condition_variable given_back_;
};

}  // namespace drift::pulumi_internal
