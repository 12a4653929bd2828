// Durations as people write them, in project files and options.
//
// Thread rule: any.
#pragma once

#include <string_view>

#include "drift/base/clock.hpp"
#include "drift/base/result.hpp"

namespace drift {

// "500ms", "30s", "5m", "1h"; E_INVALID_ARGUMENT for anything else.
Result<Clock::Duration> parse_duration(std::string_view text);

}  // namespace drift
