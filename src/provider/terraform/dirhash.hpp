// The "h1:" hash of an unpacked package: SHA-256 over a line "<hex of SHA-256>  <path>\n" for each file, by path, in base64.
//
// It covers names and contents, not permissions. A link to a file counts as that file; a link to a folder is an error, as in Go.
// Spec: Go's golang.org/x/mod/sumdb/dirhash (Hash1, HashDir with an empty prefix), as OpenTofu internal/getproviders/hash.go uses it.
//
// Thread rule: any. Errors: E_IO, E_PERMISSION, E_NOT_FOUND with the path; E_CANCELLED, E_DEADLINE.
#pragma once

#include <string>

#include "drift/base/cancel.hpp"

namespace drift::terraform_internal {

// "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=". `folder` itself may be a link.
Result<std::string> hash_folder(const std::string& folder, const OpContext& ctx = {});

}  // namespace drift::terraform_internal
