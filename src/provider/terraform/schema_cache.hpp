// Schemas of providers, kept on disk by the digest of the binary: a schema of 15 MB takes a provider seconds to make and to send, and never
// changes for one binary.
//
// A file is written for the user alone, to a temporary name first; one that is not whole is not there. Nothing in a schema is a secret.
// What cannot be written is not: the cache only saves time. XXH3-128 tells binaries apart; who can write into the user's cache folder could
// as well write the provider's binary.
//
// Thread rule: any.
#pragma once

#include <optional>
#include <string>

#include "drift/provider/terraform.hpp"

namespace drift::terraform_internal {

// The digest of a file in 32 hex digits; none when it cannot be read.
[[nodiscard]] std::optional<std::string> file_digest(const std::string& path);

// A folder of `environment`: $XDG_CACHE_HOME/libdrift/schemas, else ~/.cache/libdrift/schemas; empty when there is no home.
[[nodiscard]] std::string schema_cache_folder(const Environment& environment);

// The bytes of a whole GetProviderSchema reply.
[[nodiscard]] std::optional<std::string> cached_schema(const std::string& folder, const std::string& digest, int protocol);
void keep_schema(const std::string& folder, const std::string& digest, int protocol, std::string_view reply);

}  // namespace drift::terraform_internal
