#include "drift/version.hpp"

#define DRIFT_TEXT_(x) #x
#define DRIFT_TEXT(x) DRIFT_TEXT_(x)

namespace drift {
const char* version() noexcept {
  return DRIFT_TEXT(DRIFT_VERSION_MAJOR) "." DRIFT_TEXT(DRIFT_VERSION_MINOR) "." DRIFT_TEXT(DRIFT_VERSION_PATCH);
}
}  // namespace drift
