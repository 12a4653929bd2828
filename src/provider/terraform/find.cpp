#include "provider/terraform/find.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "provider/hosted/text_file.hpp"
#include "provider/terraform/cli_config.hpp"
#include "provider/terraform/lock_file.hpp"
#include "provider/terraform/package_layout.hpp"

namespace drift::terraform_internal {
namespace {

using hosted_internal::inside;
using hosted_internal::is_folder;

// A folder in which `init` may have been run.
struct Root {
  std::string folder;
  std::optional<LockFile> locks;
};

// A folder with packages in it.
struct Place {
  std::string base;
  std::string words;  // "the plugin cache"
  const ProviderLock* lock = nullptr;
};

std::string joined(const std::vector<std::string>& texts, std::string_view between) {
  std::string out;
  for (const std::string& t : texts) out += (out.empty() ? "" : std::string(between)) + t;
  return out;
}

class Finder {
 public:
  Finder(const ProviderAddress& provider, const FindOptions& options, const OpContext& ctx)
      : provider_(provider), options_(options), ctx_(ctx), home_(variable(options.environment, "HOME")) {}

  Result<FoundProvider> find() {
    if (provider_.is_builtin())
      return Error(Errc::read_unsupported, "the provider is a part of Terraform and OpenTofu themselves, without a binary of its own")
          .next("leave its resources out (`exclude`): nothing outside the state could drift");
    using Step = Result<bool> (Finder::*)();
    for (const Step step : std::array<Step, 6>{&Finder::reattached, &Finder::named, &Finder::overridden, &Finder::installed,
                                               &Finder::cached, &Finder::mirrored}) {
      Result<bool> found = (this->*step)();
      if (!found) return std::move(found).error();
      if (*found) return std::move(out_);
    }
    return nowhere();
  }

 private:
  [[nodiscard]] std::string from_here(const std::string& path) const { return inside(options_.working_folder, path); }
  void looked(std::string words) {
    if (std::find(looked_.begin(), looked_.end(), words) == looked_.end()) looked_.push_back(std::move(words));
  }

  Result<bool> reattached() {
    Result<Reattachments> all = parse_reattach(variable(options_.environment, "TF_REATTACH_PROVIDERS"));
    if (!all) return std::move(all).error();
    const Reattach* r = find_reattach(*all, provider_);
    if (r == nullptr) return false;
    out_.reattach = *r;
    out_.origin = "TF_REATTACH_PROVIDERS";
    return true;
  }

  Result<bool> named() {
    if (options_.binary.empty()) return false;
    const bool at_home = options_.binary.starts_with("~/") && !home_.empty();
    const std::string path = at_home ? inside(home_, options_.binary.substr(2)) : inside(options_.project_folder, options_.binary);
    return take_binary(path, "`binary` of its settings");
  }

  Result<bool> overridden() {
    Result<CliConfig> config = read_cli_config(options_.environment, options_.working_folder);
    if (!config) return std::move(config).error();
    config_ = *std::move(config);
    if (config_.named) looked(*config_.named + " (the CLI configuration that the environment names is not there)");
    const DevOverride* o = config_.override_of(provider_);
    if (o == nullptr) return false;
    return take_binary(from_here(o->folder), "dev_overrides of the CLI configuration " + joined(config_.files, ", "));
  }

  // What a person named has to be there: another binary in its place would be a surprise.
  Result<bool> take_binary(const std::string& path, std::string origin) {
    if (is_folder(path)) {
      Result<std::string> binary = executable_in(path, provider_.type);
      if (!binary) return std::move(binary).error().in("while taking the provider " + provider_.display() + " from " + origin);
      out_.binary = *std::move(binary);
    } else {
      if (Status s = check_executable(path); !s.ok())
        return std::move(s).error().in("while taking the provider " + provider_.display() + " from " + origin);
      out_.binary = path;
    }
    out_.origin = std::move(origin);
    return true;
  }

  Status read_roots() {
    std::vector<std::string> folders;
    if (!options_.project_folder.empty()) folders.push_back(options_.project_folder);
    if (!options_.state_path.empty()) {
      const std::filesystem::path state = std::filesystem::path(options_.state_path).parent_path();
      folders.push_back(state.string());
      // terraform.tfstate.d/<workspace>/terraform.tfstate
      if (state.parent_path().filename() == "terraform.tfstate.d") folders.push_back(state.parent_path().parent_path().string());
    }
    folders.emplace_back();
    for (const std::string& given : folders) {
      const std::string folder = from_here(given.empty() ? "." : given);
      if (std::any_of(roots_.begin(), roots_.end(), [&](const Root& r) { return r.folder == folder; })) continue;
      Result<std::optional<LockFile>> locks = read_lock_file(inside(folder, ".terraform.lock.hcl"));
      if (!locks) return std::move(locks).error().in("while looking for the provider " + provider_.display());
      roots_.push_back({folder, *std::move(locks)});
    }
    for (const Root& r : roots_)
      if (lock_ == nullptr && r.locks) lock_ = r.locks->find(provider_);
    return {};
  }

  Result<bool> installed() {
    DRIFT_TRY(read_roots());
    const std::string data = variable(options_.environment, "TF_DATA_DIR");
    for (const Root& root : roots_) {
      const ProviderLock* own = root.locks ? root.locks->find(provider_) : nullptr;
      // 0.13 called it plugins.
      for (const char* name : {"providers", "plugins"}) {
        const std::string base = inside(inside(root.folder, data.empty() ? ".terraform" : data), name);
        if (name == std::string_view("plugins") && !is_folder(base)) continue;
        Result<bool> found = take_package({base, "what init installed in", own != nullptr ? own : lock_});
        if (!found || *found) return found;
      }
    }
    return false;
  }

  Result<bool> cached() {
    std::string folder = variable(options_.environment, "TF_PLUGIN_CACHE_DIR");
    if (folder.empty()) folder = config_.plugin_cache_dir;
    if (folder.empty()) return false;
    return take_package({from_here(folder), "the plugin cache", lock_});
  }

  Result<bool> mirrored() {
    if (!config_.has_installation) {
      for (const std::string& base : implied_mirrors()) {
        Result<bool> found = take_package({base, "the mirror", lock_});
        if (!found || *found) return found;
      }
      return false;
    }
    for (const InstallMethod& method : config_.methods) {
      if (method.kind != InstallMethod::Kind::filesystem_mirror) continue;
      const std::vector<ProviderAddress> names = same_providers(provider_);
      const std::string base = from_here(method.path);
      if (std::none_of(names.begin(), names.end(), [&](const ProviderAddress& a) { return method.serves(a); })) {
        looked(base + " (a mirror that is not for this provider)");
        continue;
      }
      Result<bool> found = take_package({base, "the mirror", lock_});
      if (!found || *found) return found;
    }
    return false;
  }

  [[nodiscard]] std::vector<std::string> implied_mirrors() const {
    std::vector<std::string> out{from_here("terraform.d/plugins")};
    if (!home_.empty()) out.push_back(inside(home_, ".terraform.d/plugins"));
    std::string data_home = variable(options_.environment, "XDG_DATA_HOME"), data_dirs = variable(options_.environment, "XDG_DATA_DIRS");
    if (!data_home.empty()) out.push_back(inside(data_home, "opentofu/plugins"));
    if (options_.platform.starts_with("darwin")) {
      if (!home_.empty()) out.push_back(inside(home_, "Library/Application Support/io.terraform/plugins"));
      out.emplace_back("/Library/Application Support/io.terraform/plugins");
      return out;
    }
    if (data_home.empty() && !home_.empty()) data_home = inside(home_, ".local/share");
    if (!data_home.empty()) out.push_back(inside(data_home, "terraform/plugins"));
    if (data_dirs.empty()) data_dirs = "/usr/local/share:/usr/share";
    for (std::string_view rest = data_dirs; !rest.empty();) {
      const std::string_view folder = rest.substr(0, rest.find(':'));
      rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
      if (folder.starts_with('/')) out.push_back(inside(std::string(folder), "terraform/plugins"));
    }
    return out;
  }

  // The addresses under which the package may lie; what a lock selects comes first, and says the namespace of a legacy address.
  [[nodiscard]] std::vector<ProviderAddress> names(const ProviderLock* lock) const {
    std::vector<ProviderAddress> out;
    if (lock != nullptr) out = same_providers(lock->provider);
    for (ProviderAddress& a : same_providers(provider_))
      if (std::none_of(out.begin(), out.end(), [&](const ProviderAddress& o) { return o.source() == a.source(); }))
        out.push_back(std::move(a));
    return out;
  }

  Result<bool> take_package(const Place& place) {
    if (!is_folder(place.base)) {
      looked(place.base + " (not there)");
      return false;
    }
    std::vector<std::string> versions, packed, platforms;
    for (const ProviderAddress& name : names(place.lock)) {
      const Packages all = packages_of(place.base, name, options_.platform);
      for (const PackageVersion& p : all.unpacked) {
        if (place.lock == nullptr || p.version == place.lock->version) return use(place, p, all.unpacked.size() > 1);
        versions.push_back(p.version);
      }
      for (const PackageVersion& p : all.packed)
        if (place.lock == nullptr || p.version == place.lock->version) packed.push_back(p.path);
      platforms.insert(platforms.end(), all.platforms.begin(), all.platforms.end());
    }
    if (!packed.empty())
      looked(packed.front() + " (packed: unpack it, or run init)");
    else if (!versions.empty())
      looked(place.base + " (has " + joined(versions, ", ") + ", and the lock file selects " + place.lock->version + ")");
    else if (!platforms.empty())
      looked(place.base + " (only for " + joined(platforms, ", ") + ")");
    else
      looked(place.base + " (does not have it)");
    return false;
  }

  Result<bool> use(const Place& place, const PackageVersion& package, bool choice) {
    Result<std::string> binary = executable_in(package.path, provider_.type);
    if (!binary) return std::move(binary).error().in("while taking the provider " + provider_.display() + " from " + place.base);
    out_.binary = *std::move(binary);
    out_.version = package.version;
    out_.origin = place.words + ' ' + place.base;
    if (place.lock == nullptr) {
      out_.notes.push_back(choice ? "no lock file selects a version, so the newest is taken; its hash is not checked"
                                  : "no lock file has the provider, so its hash is not checked");
      return true;
    }
    if (!options_.check_hashes) return true;
    Result<PackageCheck> check = check_package(*place.lock, package.path, ctx_);
    if (!check) return std::move(check).error();
    out_.hash_checked = *check == PackageCheck::matched;
    if (!out_.hash_checked) out_.notes.emplace_back("the lock file has no hash of an unpacked package (h1:), so none is checked");
    return true;
  }

  Error nowhere() const {
    std::string what = "the provider " + provider_.display();
    if (lock_ != nullptr) what += ' ' + lock_->version;
    return Error(Errc::read_unsupported, what + " was not found for " + options_.platform + "; looked at " + joined(looked_, "; "))
        .at(provider_.source())
        .next("run `tofu init` or `terraform init` where the configuration is, or name the binary in the project file: `providers: {" +
              provider_.settings_name() + ": {binary: PATH}}`");
  }

  const ProviderAddress& provider_;
  const FindOptions& options_;
  const OpContext& ctx_;
  const std::string home_;
  CliConfig config_;
  std::vector<Root> roots_;
  const ProviderLock* lock_ = nullptr;
  std::vector<std::string> looked_;
  FoundProvider out_;
};

}  // namespace

std::string platform_name(std::string_view system, std::string_view machine) {
  std::string os(system);
  for (char& c : os)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> go_names{{
      {"x86_64", "amd64"},
      {"amd64", "amd64"},
      {"aarch64", "arm64"},
      {"arm64", "arm64"},
      {"i386", "386"},
      {"i486", "386"},
      {"i586", "386"},
      {"i686", "386"},
      {"armv5tel", "arm"},
      {"armv6l", "arm"},
      {"armv7l", "arm"},
      {"armv8l", "arm"},
      {"loongarch64", "loong64"},
      {"s390x", "s390x"},
  }};
  for (const auto& [theirs, go] : go_names)
    if (machine == theirs) return os + '_' + std::string(go);
  return os + '_' + std::string(machine);  // ppc64le, riscv64...
}

std::string host_platform() {
  utsname u{};
  if (::uname(&u) != 0) return "unknown_unknown";
  return platform_name(u.sysname, u.machine);
}

Result<FoundProvider> find_provider(const ProviderAddress& provider, const FindOptions& options, const OpContext& ctx) {
  return Finder(provider, options, ctx).find();
}

}  // namespace drift::terraform_internal
