// The file provider, libdrift's embedded default: files, directories and symbolic links on this machine.
//
// Types:
//   local_file, local_sensitive_file   of Terraform states (registry.terraform.io/hashicorp/local). Terraform's own provider turns a
//                                      changed content into "deleted"; this one reports the change.
//   file                               native: attributes path, kind (file | directory | symlink), sha256, size, mode, owner, group,
//                                      target; only attributes that the recorded side has are read back.
// Config: {"root": "dir"}: relative paths are taken from there (default: the current directory).
//
// What is there and what is not: ENOENT and ENOTDIR are absence. What cannot be read (permission, I/O, a directory, FIFO or device in the
// place of a local_file, a file that changes while it is read) is an error, never absence. FIFOs and devices are never opened.
// Content is compared by SHA-256 in one pass; only content that changed is read into memory.
//
// local_file and local_sensitive_file
//   A symbolic link in the file's place is followed, as Terraform's provider does: other content behind it is a change of content, the same
//   content is none. A link to nothing is an error, not absence: something is there.
//   Changed content is reported in the member that the state uses: content, content_base64 or sensitive_content. Where it uses `source`,
//   the actual text stands in content (or, when it is not UTF-8, in content_base64), which are otherwise null there.
//   Content that is not UTF-8 stands there byte for byte, as does a link's target: no other content equals it, a baseline and a recording
//   keep it (docs/snapshot-format.md), and since JSON cannot hold it, a report shows its length and hash. No state has such a `content`,
//   because JSON strings are UTF-8: a program that means such bytes says content_base64. Of content above 16 MiB the object {"bytes": n,
//   "sha256": "..."} stands in its place, so that the change is still a change. id and the content_* hashes follow from the content: the
//   schema says `derived`. Resource::id stays what was recorded. file_permission is what the program asked for *before* the umask of
//   whoever applied it, so it says which bits may be there: bits beyond it are a change; so is a bit of the owner that is missing, except
//   where file_permission is the provider's default ("0777"; "0700" for local_sensitive_file), because a file that was there before keeps
//   its mode. directory_permission cannot be read back. For local_sensitive_file content, hashes and id are secret (the hash of a short
//   secret gives it away); for local_file they are so wherever one of content, content_base64 and sensitive_content is, and
//   sensitive_content always is.
//
// file
//   The last component of the path is never followed: a link is read as a link (kind, target). `mode` is octal text ("0644"), compared as a
//   number; `owner` and `group` are names, or ids where the recorded side has digits or the system knows no name.
//   `kind` is also read back where it is not recorded but sha256, size or target imply another one than what is there.
#pragma once

#include <memory>

#include "drift/provider/provider.hpp"

namespace drift {
[[nodiscard]] std::shared_ptr<Provider> make_file_provider();
}  // namespace drift
