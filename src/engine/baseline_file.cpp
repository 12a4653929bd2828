#include "engine/baseline_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "drift/state/snapshot_file.hpp"
#include "engine/inputs.hpp"
#include "engine/lineage.hpp"

namespace drift::engine_internal {
namespace {

// Calls `fn` for `v` and every value in it.
template <class Fn>
void each_value(const Value& v, Fn&& fn) {
  fn(v);
  if (v.is_list())
    for (const Value& e : v.as_list()) each_value(e, fn);
  if (v.is_object())
    for (const auto& member : v.as_object()) each_value(member.second, fn);
}

template <class Fn>
void each_value(const Resource& r, Fn&& fn) {
  each_value(r.attributes, fn);
  if (r.inputs) each_value(*r.inputs, fn);
  if (r.identity) each_value(*r.identity, fn);
}

}  // namespace

Result<std::string> without_links(const std::string& path) {
  constexpr int most = 40;  // as the operating system
  std::filesystem::path file(path);
  for (int i = 0; i < most; ++i) {
    std::error_code error;
    const std::filesystem::path target = std::filesystem::read_symlink(file, error);
    if (error) return file.string();     // no link; or opening it will say what is wrong
    file = file.parent_path() / target;  // an absolute target replaces the folder
  }
  return Error(Errc::io, "symbolic links led in a circle").at(path).next("repair the links, or give another file");
}

Result<BaselineFile> read_baseline_file(const std::string& path, const JsonLimits& limits, const OpContext& context) {
  BaselineFile out;
  out.path = path;
  Result<Snapshot> baseline = open_baseline(ByteSource::file(path), limits, context);
  if (!baseline && baseline.error().code() == Errc::not_found) return out;
  if (!baseline) return std::move(baseline).error();
  out.lineage = lineage_of(*baseline);
  for (std::size_t i = 0; i < baseline->size(); ++i) {
    Result<Resource> r = baseline->load(i);
    if (!r) return std::move(r).error();
    std::string address = r->address;
    out.resources.emplace(std::move(address), *std::move(r));
  }
  return out;
}

Status check_keys(const BaselineFile& baseline, const SecretKey& key) {
  const std::string prefix = "hmac-sha256:" + key.id() + ":";
  bool other = false;
  for (const auto& [address, r] : baseline.resources)
    each_value(r, [&](const Value& v) { other |= v.secret() == Secret::digest && v.is_string() && !v.as_string().starts_with(prefix); });
  if (!other) return {};
  return Error(Errc::config_invalid, key.empty() ? "the baseline has sealed secrets and no key was given"
                                                 : "the baseline has secrets that were sealed with another key")
      .at(baseline.path)
      .next(
          "give the key that belongs to the baseline (the file beside it, or `key_file`; DRIFT_KEY_FILE for the command line), or remove "
          "both and accept again");
}

Status write_baseline_file(const BaselineFile& baseline, const SecretKey& key, const Clock& clock) {
  std::vector<Resource> lines;
  lines.reserve(baseline.resources.size());
  for (const auto& [address, r] : baseline.resources) lines.push_back(r);
  const SnapshotFileHeader header{.side = Side::baseline, .created = format_rfc3339(clock.wall()), .lineage = baseline.lineage};
  return write_file_atomically(baseline.path, format_snapshot(header, lines, key));
}

bool holds_plain_secret(const Resource& r) {
  bool found = false;
  each_value(r, [&](const Value& v) { found |= v.secret() == Secret::plain; });
  return found;
}

Result<FolderLock> FolderLock::of(const std::string& file, const OpContext& context) {
  const std::string folder = std::filesystem::path(file).parent_path().string();
  FolderLock lock(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (lock.fd_ < 0) return lock;  // where it matters, writing the file says what is wrong with its folder
  while (::flock(lock.fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) break;
    DRIFT_TRY(context.check());
    context.clock->sleep(std::chrono::milliseconds(10));
  }
  return lock;
}

FolderLock::~FolderLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace drift::engine_internal
