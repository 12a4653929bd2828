// .terraform.lock.hcl: which version of each provider `init` selected, and the hashes of its packages.
//
// Spec: OpenTofu internal/depsfile/locks_file.go; developer.hashicorp.com/terraform/language/files/dependency-lock.
// Errors: those of parse_hcl(), E_BAD_STRUCTURE and E_CONFIG_UNKNOWN_KEY with line and column.
// Thread rule: ordinary values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drift/base/cancel.hpp"
#include "provider/terraform/provider_address.hpp"

namespace drift::terraform_internal {

struct ProviderLock {
  ProviderAddress provider;
  std::string version;
  std::string constraints;          // may be empty
  std::vector<std::string> hashes;  // "h1:..." of unpacked packages, "zh:..." of zip files; other schemes may come
  TextPosition where;
};

struct LockFile {
  std::vector<ProviderLock> providers;

  // The lock of the very provider, else of one that is the same (same_provider()); nullptr when there is none.
  [[nodiscard]] const ProviderLock* find(const ProviderAddress& provider) const;
};

Result<LockFile> parse_lock_file(std::string_view text);
// None when the file is not there. Errors carry the path.
Result<std::optional<LockFile>> read_lock_file(const std::string& path);

enum class PackageCheck {
  matched,
  no_hash,  // the lock has none that an unpacked package could be checked against: only of zip files, or none at all
};
// Compares an unpacked package with the hashes of its lock. One that fits none is an error, E_BAD_STRUCTURE: it must not be launched.
Result<PackageCheck> check_package(const ProviderLock& lock, const std::string& folder, const OpContext& ctx = {});

}  // namespace drift::terraform_internal
