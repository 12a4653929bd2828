// Terraform and OpenTofu providers as providers of libdrift: their own binaries, run as processes of their own, read what exists.
//
// Example:
//   TerraformOptions options;
//   options.state_path = "prod/terraform.tfstate";
//   options.environment = process_environment();
//   options.providers.push_back(parse_provider_settings("aws", config).value());   // what drift.yaml has under providers.aws
//   registry.add(make_terraform_providers(std::move(options)));
//
// Where a binary is looked for, what the settings mean, and how environment references are written: docs/drift.yaml.md, `providers`.
//
// Thread rule: the settings and options are ordinary values. Ownership: they own everything they show; `log` is copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "drift/base/clock.hpp"
#include "drift/base/environment.hpp"
#include "drift/base/log.hpp"
#include "drift/provider/provider.hpp"

namespace drift {

// One entry of `providers:`. Texts in `config` and `env` hold their references (${env:NAME}) as they were written: they are resolved when
// the provider is launched, and what comes of them is kept nowhere.
struct ProviderSettings {
  std::string name;    // as written: "aws", "aws.west", "hashicorp/aws", "registry.terraform.io/hashicorp/aws.west"
  std::string source;  // of `name`, without the alias: "aws", "hashicorp/aws", ...
  std::string alias;   // of `name`: "west", `west["eu"]`; mostly empty
  Value config;        // an object, or null: everything from the environment
  std::string binary;  // path, relative to the project folder; empty: it is looked for
  std::vector<std::pair<std::string, std::string>> env;  // for the provider's process, on top of the environment
  bool logs = false;                                     // the provider's own logs go to the log sink
  std::optional<std::size_t> parallel;                   // calls at once
  std::optional<Clock::Duration> start_timeout;          // for a process to be ready: launched, its schemas known, configured
  bool mutual_tls = false;                               // between libdrift and the provider, which most do not need: the socket is private
  std::optional<Clock::Duration> max_age;                // a process that is older is replaced,
  std::optional<std::uint64_t> max_calls;                // or has answered more,
  std::optional<std::uint64_t> max_memory;               // or has grown beyond so many bytes
  std::optional<std::uint64_t> max_listed;               // resources of one type that a list may have
};

// `config` is what stands under the name: an object, or null. Errors: E_CONFIG_INVALID and E_CONFIG_UNKNOWN_KEY with the key as subject,
// and never with a value.
Result<ProviderSettings> parse_provider_settings(const std::string& name, const Value& config);

namespace terraform_internal {
class InstancePool;
}

// The processes of a host that scans more than once. Providers that are made with the same one share a process for each configuration,
// whatever their state: the same settings, binary, folder and environment. With another environment (other credentials) the process is
// another one. One that nobody used for some minutes is ended, and the longest unused ones beyond sixteen; all of them with this object.
//
// Thread rule: any.
class TerraformProcesses {
 public:
  TerraformProcesses(const TerraformProcesses&) = delete;
  TerraformProcesses& operator=(const TerraformProcesses&) = delete;
  virtual ~TerraformProcesses() = default;

 private:
  friend class terraform_internal::InstancePool;
  TerraformProcesses() = default;
};
[[nodiscard]] std::shared_ptr<TerraformProcesses> make_terraform_processes();

struct TerraformOptions {
  std::vector<ProviderSettings> providers;
  std::string project_folder;  // of drift.yaml; empty: there is none
  std::string state_path;      // empty: not a file
  std::string working_folder;  // relative paths of the environment and of CLI configurations start there; empty: the current folder
  Environment environment;     // what providers inherit, and where HOME, TF_CLI_CONFIG_FILE, TF_PLUGIN_CACHE_DIR... are looked up
  LogSink log;                 // empty: nothing is told. What a process writes goes to all who use it
  std::shared_ptr<TerraformProcesses> processes;  // none: those of these providers alone, which end with them
};

// One provider of libdrift for all Terraform providers: it handles every resource whose `provider` is an address of one, and launches a
// binary for a configuration when the first resource of it is read. What has no binary, or no configuration, is an error of its resources.
[[nodiscard]] std::shared_ptr<Provider> make_terraform_providers(TerraformOptions options);

}  // namespace drift
