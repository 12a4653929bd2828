// The first line of a report.
//
// Thread rule: any.
#pragma once

#include <string>

#include "drift/classify/report.hpp"

namespace drift::render_internal {

[[nodiscard]] std::string headline(const Report& report, bool show_elapsed, bool unicode);
// "12 ms", "8.2 s", "2 min 5 s", "1 h 2 min".
[[nodiscard]] std::string elapsed_text(Clock::Duration elapsed);

}  // namespace drift::render_internal
