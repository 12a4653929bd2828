// The key that seals secrets in a baseline, in a file of its own: 64 hexadecimal digits and a newline, mode 0600.
//
// Thread rule: any.
#pragma once

#include <string>

#include "drift/model/secret.hpp"

namespace drift {

// An empty key when there is no such file; E_CONFIG_INVALID when it holds no key, E_PERMISSION when it cannot be opened.
Result<SecretKey> read_key_file(const std::string& path);
// A new random key, written before it is used for the first time.
Result<SecretKey> make_key_file(const std::string& path);

}  // namespace drift
