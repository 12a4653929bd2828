// The layout in which packages of providers lie in folders: .terraform/providers, plugin caches and filesystem mirrors have the same one.
//
//   unpacked  <host>/<namespace>/<type>/<version>/<os>_<arch>/terraform-provider-<type>...
//   packed    <host>/<namespace>/<type>/terraform-provider-<type>_<version>_<os>_<arch>.zip
//
// Spec: OpenTofu internal/getproviders/filesystem_search.go, internal/providercache/cached_provider.go.
// Thread rule: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "provider/terraform/provider_address.hpp"

namespace drift::terraform_internal {

struct PackageVersion {
  std::string version;
  std::string path;  // of the folder, or of the zip file
};

struct Packages {
  std::vector<PackageVersion> unpacked, packed;  // for the platform, newest first; releases before what comes before a release
  std::vector<std::string> platforms;            // others that there are packages for
};

// What `base` has of the very provider (not of its twins).
[[nodiscard]] Packages packages_of(const std::string& base, const ProviderAddress& provider, std::string_view platform);

// The executable in a package's folder. Errors: E_NOT_FOUND, E_PERMISSION with the path.
Result<std::string> executable_in(const std::string& folder, std::string_view type);
// `path` is a file that may be run. Errors: the same.
Status check_executable(const std::string& path);

}  // namespace drift::terraform_internal
