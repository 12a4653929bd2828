// A short folder of the library's own for the socket of a plugin: /tmp/drift-XXXXXX (TMPDIR), mode 0700, gone when its object goes.
//
// A host that is killed cannot remove its folders; a plugin's watcher does (watcher.hpp), where there is one. For those that are left, each
// holds a locked file, and who makes a folder removes those of this user whose lock nobody holds any more.
// Thread rule: one thread at a time. Ownership: owns the folder and all in it; a child of fork() owns nothing of it.
#pragma once

#include <sys/types.h>

#include <string>

#include "drift/base/result.hpp"
#include "plugin/fd.hpp"

namespace drift::plugin {

class PrivateFolder {
 public:
  // In the first of $TMPDIR, /tmp, /var/tmp and /dev/shm that takes one and whose name leaves room for a socket's in sun_path.
  [[nodiscard]] static Result<PrivateFolder> make();
  [[nodiscard]] static Result<PrivateFolder> make_in(const std::string& base);
  PrivateFolder(PrivateFolder&&) noexcept = default;
  PrivateFolder& operator=(PrivateFolder&&) = delete;
  ~PrivateFolder();

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  void remove();

  // Removes what killed hosts left in `base`; the number of folders.
  static int sweep(const std::string& base);

 private:
  PrivateFolder(std::string path, Fd lock);
  std::string path_;
  Fd lock_;
  pid_t pid_;
};

}  // namespace drift::plugin
