// Pulumi's resource plugins as providers of libdrift: run as processes of their own, they read what exists and say what differs, as for
// `pulumi refresh`.
//
// Example:
//   PulumiOptions options;
//   options.environment = process_environment();
//   options.settings = parse_pulumi_settings(config).value();   // what drift.yaml has under providers.pulumi
//   registry.add(make_pulumi_providers(std::move(options)));
//
// Which plugins there are, and how they are configured, stands in the stack's state (pulumi:providers:*). Where they are looked for and
// what the settings mean: docs/drift.yaml.md, `providers.pulumi`.
//
// Thread rule: the settings and options are ordinary values. Ownership: they own everything they show; `log` is copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "drift/base/clock.hpp"
#include "drift/base/environment.hpp"
#include "drift/base/log.hpp"
#include "drift/provider/provider.hpp"
#include "drift/state/pulumi_stack.hpp"

namespace drift {

// Texts of `config` and `env` hold their references (${env:NAME}) as they were written, as those of ProviderSettings.
struct PulumiPluginSettings {
  std::string binary;                                    // path, relative to the project folder; empty: it is looked for
  Value config;                                          // laid over what the state has for the provider; an object, or null
  std::vector<std::pair<std::string, std::string>> env;  // for the plugin's process, after the common ones
  std::optional<std::size_t> parallel;
  std::optional<bool> logs;
};

struct PulumiSettings {
  bool dynamic_providers = false;                                    // plugins that execute code which stands in the state may be run
  bool project_plugins = false;                                      // those that Pulumi.yaml names (`plugins`) may be run
  bool logs = false;                                                 // the plugins' own logs go to the log sink
  std::vector<std::pair<std::string, std::string>> env;              // for the processes of all plugins
  std::optional<std::size_t> parallel;                               // calls at once to one provider configuration
  std::optional<Clock::Duration> start_timeout;                      // for a process to be ready: launched and configured
  std::optional<Clock::Duration> max_age;                            // a process that is older is replaced,
  std::optional<std::uint64_t> max_calls;                            // or has answered more calls,
  std::optional<std::uint64_t> max_memory;                           // or has grown beyond so many bytes
  std::optional<std::uint64_t> max_listed;                           // resources of one type that a list may have
  std::map<std::string, PulumiPluginSettings, std::less<>> plugins;  // by the plugin's name: "aws"
};

// `config` is what stands under providers.pulumi: an object, or null. Errors: E_CONFIG_INVALID and E_CONFIG_UNKNOWN_KEY with the key as
// subject, and never with a value.
Result<PulumiSettings> parse_pulumi_settings(const Value& config);

namespace pulumi_internal {
class ProcessPool;
}

// The processes of a host that scans more than once: what TerraformProcesses are for Terraform's providers. Those of one provider of a
// stack, with the same settings, folder and environment, are one.
//
// Thread rule: any.
class PulumiProcesses {
 public:
  PulumiProcesses(const PulumiProcesses&) = delete;
  PulumiProcesses& operator=(const PulumiProcesses&) = delete;
  virtual ~PulumiProcesses() = default;

 private:
  friend class pulumi_internal::ProcessPool;
  PulumiProcesses() = default;
};
[[nodiscard]] std::shared_ptr<PulumiProcesses> make_pulumi_processes();

struct PulumiOptions {
  PulumiSettings settings;
  std::string project_folder;                  // of drift.yaml; empty: there is none
  std::string working_folder;                  // where there is no project folder
  std::optional<PulumiProject> project;        // of the stack: where its plugins are (before PATH), and where they are started (else above)
  Environment environment;                     // what plugins inherit, and where PULUMI_HOME, PATH, PULUMI_DEBUG_PROVIDERS... are looked up
  LogSink log;                                 // empty: nothing is told. What a process writes goes to all who use it
  std::shared_ptr<PulumiProcesses> processes;  // none: those of these providers alone, which end with them
};

// One provider of libdrift for all resources of Pulumi stacks. It starts a plugin for a provider of the state when the first resource of it
// is read. What has no plugin, or is not in its state with all that the engine keeps (Resource::record), is an error of its resources.
[[nodiscard]] std::shared_ptr<Provider> make_pulumi_providers(PulumiOptions options);

}  // namespace drift
