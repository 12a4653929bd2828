// Ctrl-C: the first SIGINT or SIGTERM cancels the operation, which ends with what it has so far; the second ends the process.
//
// Thread rule: install once, from the main thread, before other threads are there.
#pragma once

#include "drift/base/cancel.hpp"

namespace drift::cli {
void cancel_on_signal();
// The token that a signal cancels.
[[nodiscard]] const CancelToken& interrupt_token();
}  // namespace drift::cli
