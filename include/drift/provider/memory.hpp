// The memory provider: the host hands over a snapshot (or a document that is taken as actual), and reads are answered from it.
// It handles every resource. What its snapshot says is pending replacement does not exist.
//
// Thread rule: any.
#pragma once

#include <memory>

#include "drift/provider/provider.hpp"

namespace drift {
// `complete`: the snapshot holds all that exists, so what it lacks is deleted, and list() gives the rest. When false, what it lacks is
// E_READ_UNSUPPORTED, and there is no list().
[[nodiscard]] std::shared_ptr<Provider> make_memory_provider(Snapshot actual, bool complete = true);
}  // namespace drift
