// The library's version.
#pragma once

#define DRIFT_VERSION_MAJOR 0
#define DRIFT_VERSION_MINOR 1
#define DRIFT_VERSION_PATCH 0

namespace drift {
// "0.1.0"; of the library that runs, which may differ from the headers' macros.
[[nodiscard]] const char* version() noexcept;
}  // namespace drift
