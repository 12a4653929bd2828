#include "provider/terraform/lock_file.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "drift/base/nearest.hpp"
#include "provider/hosted/text_file.hpp"
#include "provider/hosted/version.hpp"
#include "provider/terraform/dirhash.hpp"
#include "provider/terraform/hcl.hpp"

namespace drift::terraform_internal {
namespace {

using hosted_internal::is_version;
using hosted_internal::read_text_file;

constexpr std::string_view init_anew = "let `tofu init` or `terraform init` write the lock file anew";

Error malformed(const TextPosition& where, std::string what) {
  return Error(Errc::bad_structure, std::move(what)).position(where).next(std::string(init_anew));
}

Error unknown(const TextPosition& where, std::string_view name, const std::vector<std::string_view>& known) {
  return Error(Errc::config_unknown_key, "a name is not known in lock files")
      .position(where)
      .next("did you mean `" + std::string(nearest(name, known)) + "`?");
}

Status take_string(const HclValue& v, std::string& out) {
  if (!v.is_string()) return malformed(v.where, "something else stood where a text belongs");
  out = v.text;
  return {};
}

Status take_hashes(const HclValue& v, std::vector<std::string>& out) {
  if (v.kind != HclValue::Kind::list) return malformed(v.where, "something else stood where a list of hashes belongs");
  for (const HclValue& item : v.items) {
    DRIFT_TRY(take_string(item, out.emplace_back()));
    const std::size_t colon = out.back().find(':');
    if (colon == std::string::npos || colon == 0) return malformed(item.where, "a hash did not name its scheme");
  }
  return {};
}

Status take_provider(const HclBlock& block, ProviderLock& out) {
  out.where = block.where;
  if (block.labels.size() != 1) return malformed(block.where, "a lock did not name its provider");
  Result<ProviderAddress> address = parse_provider_source(block.labels.front());
  if (!address || address->source() != block.labels.front() || address->is_legacy() || address->is_builtin())
    return malformed(block.where, "a lock did not name its provider as host name, namespace and type, in lower case");
  out.provider = *std::move(address);
  if (!block.body.blocks.empty()) return unknown(block.body.blocks.front().where, block.body.blocks.front().type, {"hashes"});
  for (const HclAttribute& a : block.body.attributes) {
    if (a.name == "version")
      DRIFT_TRY(take_string(a.value, out.version));
    else if (a.name == "constraints")
      DRIFT_TRY(take_string(a.value, out.constraints));
    else if (a.name == "hashes")
      DRIFT_TRY(take_hashes(a.value, out.hashes));
    else
      return unknown(a.where, a.name, {"version", "constraints", "hashes"});
  }
  if (out.version.empty()) return malformed(block.where, "a lock did not say which version it selects");
  // It becomes a part of a path.
  if (!is_version(out.version)) return malformed(block.where, "a lock selected something that is no version");
  return {};
}

}  // namespace

const ProviderLock* LockFile::find(const ProviderAddress& provider) const {
  const ProviderLock* found = nullptr;
  for (const ProviderLock& lock : providers) {
    if (lock.provider.source() == provider.source()) return &lock;
    if (found == nullptr && same_provider(lock.provider, provider)) found = &lock;
  }
  return found;
}

Result<LockFile> parse_lock_file(std::string_view text) {
  Result<HclBody> body = parse_hcl(text, HclDialect::strict);
  if (!body) return body.error().next_step().empty() ? std::move(body).error().next(std::string(init_anew)) : std::move(body).error();
  if (!body->attributes.empty()) return unknown(body->attributes.front().where, body->attributes.front().name, {"provider"});
  LockFile out;
  for (const HclBlock& block : body->blocks) {
    if (block.type == "module") continue;  // kept free for later versions
    if (block.type != "provider") return unknown(block.where, block.type, {"provider"});
    ProviderLock lock;
    DRIFT_TRY(take_provider(block, lock));
    for (const ProviderLock& other : out.providers)
      if (other.provider == lock.provider)
        return Error(Errc::duplicate_key, "a provider was locked twice").position(block.where).next("keep one");
    out.providers.push_back(std::move(lock));
  }
  return out;
}

Result<std::optional<LockFile>> read_lock_file(const std::string& path) {
  Result<std::optional<std::string>> text = read_text_file(path);
  if (!text) return std::move(text).error();
  if (!*text) return std::optional<LockFile>();
  Result<LockFile> parsed = parse_lock_file(**text);
  if (!parsed) return std::move(parsed).error().at(path);
  return std::optional<LockFile>(*std::move(parsed));
}

Result<PackageCheck> check_package(const ProviderLock& lock, const std::string& folder, const OpContext& ctx) {
  const bool checkable = std::any_of(lock.hashes.begin(), lock.hashes.end(), [](const std::string& h) { return h.starts_with("h1:"); });
  if (!checkable) return PackageCheck::no_hash;
  Result<std::string> hash = hash_folder(folder, ctx);
  if (!hash) return std::move(hash).error();
  if (std::find(lock.hashes.begin(), lock.hashes.end(), *hash) != lock.hashes.end()) return PackageCheck::matched;
  return Error(Errc::bad_structure, "the package of " + lock.provider.display() + ' ' + lock.version +
                                        " has none of the hashes that the lock file has for it, so it is not launched")
      .at(folder)
      .next("run `tofu init` or `terraform init`: it installs the package anew, or adds the hash of this platform to the lock file");
}

}  // namespace drift::terraform_internal
