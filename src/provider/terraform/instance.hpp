// One configuration of one provider: its binary found, its schema known, its process configured; replaced when it crashed, grew or is old.
//
// A provider process takes one configuration (Configure is called once), so aliases are instances of their own.
//
// Thread rule: any. Ownership: shares the process with the reads that go on in it; the last of them ends it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "drift/provider/terraform.hpp"
#include "provider/terraform/crash_count.hpp"
#include "provider/terraform/find.hpp"
#include "provider/terraform/gate.hpp"
#include "provider/terraform/launch.hpp"
#include "provider/terraform/log_hub.hpp"
#include "provider/terraform/provider_address.hpp"
#include "provider/terraform/schema.hpp"
#include "provider/terraform/secret_set.hpp"

namespace drift::terraform_internal {

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

class Instance {
 public:
  // `settings`: nullptr when nothing is configured: then the provider takes all from its environment.
  Instance(ProviderAddress address, const ProviderSettings* settings, std::shared_ptr<const TerraformOptions> options);

  // Somebody took it. From now on these options, which differ from those before in the state and the log alone. `alone`: nobody else has
  // it, so that a failed start is tried once more: what was wrong may have been mended.
  void use(std::shared_ptr<const TerraformOptions> options, bool alone);
  // Of those who use it now.
  [[nodiscard]] LogHub& logs() noexcept { return *logs_; }

  // Launches and configures where that is needed, in a time of its own (`start_timeout`); who comes meanwhile waits. A failure holds for a
  // while, so that 10,000 resources do not look for one binary 10,000 times. That the caller's own context ended is no failure of the
  // provider's: the next who waits starts it.
  [[nodiscard]] Result<Session> session(const OpContext& ctx);
  // The session that there is, without launching one.
  [[nodiscard]] std::optional<Session> present() const;
  // The schema, of a session or of the disk's cache; none where a process would have to be asked.
  [[nodiscard]] std::shared_ptr<const ProviderSchema> known_schema();
  // `process` has crashed: the next session() is another one.
  void crashed(const PluginProcess& process);
  // It was a read of a resource of `type`, alone. When such reads did it too often, refusal_of() says why no more of them are made for a
  // while.
  void crashed_by(const std::string& type);
  [[nodiscard]] std::optional<Error> refusal_of(const std::string& type) const;
  // As crashed(), without a crash: `process` ends when the reads that it has are done.
  void replace(const PluginProcess& process);
  // A read of `process` was answered, or ran out of its own time. After eight in a row without any answer the next session() is another
  // process, and when two in a row were so, there is none for a while. One that let the last of its reads run out is none for the next who
  // takes the instance. It ends when the reads that it has are done.
  void answered(const PluginProcess& process);
  void ran_out(const PluginProcess& process);

  // Of the calls that may go on at once, over all reads, one; or none.
  class Permit {
   public:
    Permit() = default;
    explicit Permit(Instance& of) : of_(&of) {}
    Permit(Permit&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    Permit& operator=(Permit&& other) noexcept {
      std::swap(of_, other.of_);
      return *this;
    }
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    ~Permit() {
      if (of_ != nullptr) of_->give_back();
    }
    [[nodiscard]] explicit operator bool() const noexcept { return of_ != nullptr; }

   private:
    Instance* of_ = nullptr;
  };
  [[nodiscard]] Permit try_permit();
  [[nodiscard]] Result<Permit> permit(const OpContext& ctx);  // waits for one

  // Reads hold it shared; who looks for the resource that crashes the provider holds it alone.
  [[nodiscard]] Gate& gate() noexcept { return gate_; }
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
  [[nodiscard]] bool worn_out(const Session& s) const;
  [[nodiscard]] std::shared_ptr<const TerraformOptions> options() const;
  void warn(std::span<const Diagnostic> diagnostics, const OpContext& ctx) const;
  void give_back();
  [[nodiscard]] std::optional<Session> give_up();

  const ProviderAddress address_;
  const ProviderSettings settings_;
  const std::size_t parallel_;
  const Clock::Duration start_timeout_;
  // Shared with what the process says, which is masked as it comes.
  const std::shared_ptr<SecretSet> secrets_ = std::make_shared<SecretSet>();
  const std::shared_ptr<LogHub> logs_ = std::make_shared<LogHub>();
  Gate gate_;

  Gate starting_;       // one at a time
  std::mutex looking_;  // one at a time looks into the cache
  bool looked_in_cache_ = false;

  mutable std::mutex mutex_;  // of what follows; never held during a call, or while files are read
  std::shared_ptr<const TerraformOptions> options_;
  std::optional<Session> session_;
  std::optional<Error> failed_;
  Clock::Duration failed_at_{};
  CrashCount crashes_;
  std::unordered_map<std::string, CrashCount> crashes_by_;  // by type
  std::size_t silent_ = 0;                                  // reads of the session that ran out of time since the last answer
  std::size_t hung_ = 0;                                    // processes before it that let too many run out, one after the other
  std::shared_ptr<const ProviderSchema> cached_;
  std::size_t in_use_ = 0;
  std::condition_variable given_back_;
};

}  // namespace drift::terraform_internal
