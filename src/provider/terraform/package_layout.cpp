#include "provider/terraform/package_layout.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "provider/hosted/text_file.hpp"
#include "provider/hosted/version.hpp"

namespace drift::terraform_internal {
namespace {

using hosted_internal::compare_versions;
using hosted_internal::inside;
using hosted_internal::is_file;
using hosted_internal::is_folder;
using hosted_internal::is_prerelease;
using hosted_internal::is_version;

// Names in a folder, sorted; none when it cannot be read.
std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> out;
  std::error_code code;
  for (std::filesystem::directory_iterator at(folder, code); !code && at != std::filesystem::directory_iterator(); at.increment(code))
    out.push_back(at->path().filename().string());
  std::sort(out.begin(), out.end());
  return out;
}

bool newer(const PackageVersion& a, const PackageVersion& b) {
  if (is_prerelease(a.version) != is_prerelease(b.version)) return !is_prerelease(a.version);
  return compare_versions(a.version, b.version) > 0;
}

void add_platform(Packages& out, std::string name) {
  if (std::find(out.platforms.begin(), out.platforms.end(), name) == out.platforms.end()) out.platforms.push_back(std::move(name));
}

// "1.2.3_linux_amd64": false when it is something else.
bool split_packed(std::string_view middle, std::string& version, std::string& platform) {
  const std::size_t first = middle.find('_');
  if (first == std::string_view::npos || middle.find('_', first + 1) == std::string_view::npos) return false;
  version = middle.substr(0, first);
  platform = middle.substr(first + 1);
  return is_version(version);
}

}  // namespace

Packages packages_of(const std::string& base, const ProviderAddress& provider, std::string_view platform) {
  Packages out;
  const std::string folder = inside(base, provider.source()), prefix = "terraform-provider-" + provider.type + '_', suffix = ".zip";
  for (const std::string& name : names_in(folder)) {
    const std::string path = inside(folder, name);
    if (is_version(name)) {
      for (const std::string& other : names_in(path)) {
        if (!is_folder(inside(path, other))) continue;
        if (other == platform)
          out.unpacked.push_back({name, inside(path, other)});
        else
          add_platform(out, other);
      }
    } else if (name.size() > prefix.size() + suffix.size() && name.starts_with(prefix) && name.ends_with(suffix)) {
      std::string version, other;
      if (!split_packed(std::string_view(name).substr(prefix.size(), name.size() - prefix.size() - suffix.size()), version, other))
        continue;
      if (other == platform)
        out.packed.push_back({version, path});
      else
        add_platform(out, other);
    }
  }
  std::sort(out.unpacked.begin(), out.unpacked.end(), newer);
  std::sort(out.packed.begin(), out.packed.end(), newer);
  return out;
}

Status check_executable(const std::string& path) {
  if (!is_file(path)) return Error(Errc::not_found, "the binary of the provider is not there").at(path).next("check the path");
  if (::access(path.c_str(), X_OK) != 0)
    return Error(Errc::permission, "the binary of the provider may not be run").at(path).next("make it executable: chmod +x");
  return {};
}

Result<std::string> executable_in(const std::string& folder, std::string_view type) {
  const std::string prefix = "terraform-provider-" + std::string(type);
  std::string first;
  for (const std::string& name : names_in(folder)) {
    // terraform-provider-aws_v1.2.3_x5 and terraform-provider-aws.exe, but not terraform-provider-awscc.
    if (!name.starts_with(prefix) || (name.size() > prefix.size() && name[prefix.size()] != '_' && name[prefix.size()] != '.')) continue;
    std::string path = inside(folder, name);
    if (!is_file(path)) continue;
    if (check_executable(path).ok()) return path;
    if (first.empty()) first = std::move(path);
  }
  if (!first.empty()) return Error(check_executable(first).error());
  return Error(Errc::not_found, "the folder has no executable " + prefix + " or " + prefix + "_...")
      .at(folder)
      .next("build or install the provider there");
}

}  // namespace drift::terraform_internal
