// The baseline as the file that `accept` reads, adds to and writes again.
//
// Thread rule: an ordinary value. Between processes: hold a FolderLock from read_baseline_file() to write_baseline_file(), or what another
// process accepted in between is lost.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "drift/engine/scan.hpp"

namespace drift::engine_internal {

struct BaselineFile {
  std::string path;                                        // the file itself, where a symbolic link was given
  std::string lineage;                                     // of the state that it was accepted for; "" when it does not say
  std::map<std::string, Resource, std::less<>> resources;  // by address
};

// The file that `path` leads to, which need not be there. E_IO when links lead in a circle.
Result<std::string> without_links(const std::string& path);
// Empty when there is no such file; what cannot be opened for another reason is an error.
Result<BaselineFile> read_baseline_file(const std::string& path, const JsonLimits& limits, const OpContext& context);
// Digests name the key that they were made with: E_CONFIG_INVALID when one of them was made with another than `key`. Two keys in one file
// could not be told apart when it is read.
Status check_keys(const BaselineFile& baseline, const SecretKey& key);
// Replaces the file in one step.
Status write_baseline_file(const BaselineFile& baseline, const SecretKey& key, const Clock& clock);

// True when sealing would change something: a value is marked plain.
[[nodiscard]] bool holds_plain_secret(const Resource& r);

// Keeps other processes that do the same out of a file's folder, until it is destroyed. The lock is on the folder, so that no file has to
// be left behind and the baseline can be replaced as a whole. Where folders cannot be locked (some network file systems) it does nothing.
class FolderLock {
 public:
  // Waits for others; E_CANCELLED or E_DEADLINE when the context ends first.
  static Result<FolderLock> of(const std::string& file, const OpContext& context);
  FolderLock(FolderLock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  FolderLock& operator=(FolderLock&&) = delete;
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace drift::engine_internal
