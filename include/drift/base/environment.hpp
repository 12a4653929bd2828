// The environment variables that something is to see, as a value: what reads them is told them, so that a host and a test can say what
// they are.
//
// Thread rule: an ordinary value.
#pragma once

#include <functional>
#include <map>
#include <string>

namespace drift {

using Environment = std::map<std::string, std::string, std::less<>>;

// The variables of this process as they are now; HOME from the user database where it is not set. Not while another thread changes the
// environment.
[[nodiscard]] Environment process_environment();

}  // namespace drift
