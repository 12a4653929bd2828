// The file provider, libdrift's embedded default: files, directories and symbolic links on this machine.
//
// Types:
//   local_file, local_sensitive_file   of Terraform states (registry.terraform.io/hashicorp/local). Terraform's own provider turns a changed
//                                      content into "deleted"; this one reports the change.
//   file                               native: attributes path, kind (file | directory | symlink), sha256, size, mode, owner, group, target;
//                                      only attributes that the recorded side has are read back.
// Nothing is followed: a symbolic link is read as a link. Unreadable (permission, I/O) is an error, never absence; ENOENT and ENOTDIR are absence.
// Config: {"root": "dir"}: relative paths are taken from there (default: the current directory).
#pragma once

#include <memory>

#include "drift/provider/provider.hpp"

namespace drift {
[[nodiscard]] std::shared_ptr<Provider> make_file_provider();
}  // namespace drift
