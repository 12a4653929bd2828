// The key that seals secrets in a baseline: 64 hexadecimal digits in a file of its own (mode 0600), beside the baseline or where
// DRIFT_KEY_FILE says.
//
// Thread rule: any.
#pragma once

#include <string>

#include "drift/model/secret.hpp"

namespace drift::cli {

// "<baseline>.key", or the environment's DRIFT_KEY_FILE.
[[nodiscard]] std::string key_path(const std::string& baseline);
// An empty key when there is no such file; E_CONFIG_INVALID when it holds no key.
Result<SecretKey> read_key(const std::string& path);
// A new random key, written before it is used for the first time.
Result<SecretKey> make_key(const std::string& path);

}  // namespace drift::cli
