// Text formatting: the one place that includes fmt (std::format is not in GCC 12).
#pragma once

#include <fmt/format.h>

namespace drift::third {
using fmt::format;
using fmt::format_to;
}  // namespace drift::third
