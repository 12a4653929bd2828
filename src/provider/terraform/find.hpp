// Finds the binary of a provider, where Terraform and OpenTofu put it. Nothing is downloaded, unpacked, written or run.
//
// The order; the first that has the provider ends the search:
//   1. TF_REATTACH_PROVIDERS: a process that runs already
//   2. `binary` of the settings
//   3. dev_overrides of the CLI configuration
//   4. .terraform/providers beside the project, the state and in the working folder (TF_DATA_DIR in place of .terraform)
//   5. the plugin cache: TF_PLUGIN_CACHE_DIR, plugin_cache_dir
//   6. filesystem mirrors: those of provider_installation; without that block the implied ones
// From 4 on the version is the one that .terraform.lock.hcl selects, and the package has to fit its hashes; without a lock it is the
// newest.
//
// Spec: OpenTofu internal/command/meta_providers.go (1, 3, 4), internal/providercache (4, names of executables),
// cmd/tofu/provider_source.go (6), internal/getproviders/filesystem_search.go (layouts). 5 and 6 are where `init` would take it from.
//
// Pure but for the file system: the environment is given in. Thread rule: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drift/base/cancel.hpp"
#include "drift/provider/terraform.hpp"
#include "provider/terraform/provider_address.hpp"
#include "provider/terraform/reattach.hpp"

namespace drift::terraform_internal {

// "linux_amd64" of what uname(2) says ("Linux", "x86_64").
[[nodiscard]] std::string platform_name(std::string_view system, std::string_view machine);
[[nodiscard]] std::string host_platform();

struct FindOptions {
  Environment environment;
  std::string project_folder;  // of drift.yaml; may be empty
  std::string state_path;      // may be empty
  std::string working_folder;  // may be empty: relative paths are left as they are
  std::string binary;          // of the settings; relative to the project folder; `~/` is HOME; a folder has the binary in it
  std::string platform = host_platform();
  bool check_hashes = true;  // of a package that a lock file selects, which means to read all of it
};

struct FoundProvider {
  std::string binary;                // empty when `reattach` is there
  std::string version;               // empty when nothing says it
  std::string origin;                // in words: "the plugin cache FOLDER"
  std::optional<Reattach> reattach;  // connect to this instead
  bool hash_checked = false;
  std::vector<std::string> notes;  // what a person should know: "no lock file selects a version, so the newest is taken"
};

// Errors: E_READ_UNSUPPORTED when it is nowhere, with all places that were looked at; E_NOT_FOUND and E_PERMISSION for a binary that was
// named; E_BAD_STRUCTURE for a package that does not fit its lock; those of the files that are read on the way. `next` says how to get it.
Result<FoundProvider> find_provider(const ProviderAddress& provider, const FindOptions& options, const OpContext& ctx = {});

}  // namespace drift::terraform_internal
