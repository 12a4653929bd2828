// The configuration of an engine: a project (drift.yaml, or the same keys in place) and what only a host can say.
//
// Thread rule: ordinary values.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drift/engine/project.hpp"
#include "drift/model/schema.hpp"
#include "drift/provider/pulumi.hpp"
#include "drift/provider/terraform.hpp"
#include "drift/state/pulumi_secrets.hpp"

namespace drift::capi {

// Resource types whose reads the host answers.
struct HostProviderSpec {
  std::string name;
  std::vector<std::string> types;  // globs
  std::size_t max_batch = 64;
  std::size_t max_concurrency = 8;
  bool can_list = false;
  std::map<std::string, Schema, std::less<>> schemas;
};

struct Config {
  Project project;
  std::vector<HostProviderSpec> providers;
  bool file_provider = true;
  std::optional<std::string> record, replay, key_file;
  std::optional<std::size_t> attempts;
  bool find_unmanaged = false;
  bool decrypt = false;  // the host is asked for secrets of Pulumi stacks
};

// JSON or YAML; empty text: the defaults. Errors carry the position.
Result<Config> parse_config(std::string_view text);
// Every key as JSON: [{"key","type","default","meaning"}].
[[nodiscard]] std::string describe_config();

// One engine. Immutable but for what it hosts; runs share it.
struct EngineBody {
  Config config;
  int pid = 0;  // of the process that made it: threads do not come through fork()
  const std::shared_ptr<TerraformProcesses> processes = make_terraform_processes();  // of all its scans
  const std::shared_ptr<PulumiProcesses> plugins = make_pulumi_processes();          // of all its scans
  const std::shared_ptr<PulumiKeys> keys = make_pulumi_keys();                       // derived from passphrases, for all its runs
};

}  // namespace drift::capi
