// The memory provider: the host hands over a snapshot (or a document that is taken as actual), and reads are answered from it.
// A resource that the snapshot does not have is absent. It handles every resource.
#pragma once

#include <memory>

#include "drift/provider/provider.hpp"

namespace drift {
// `complete`: the snapshot holds all that exists, so what it lacks is deleted. When false, what it lacks is E_READ_UNSUPPORTED.
[[nodiscard]] std::shared_ptr<Provider> make_memory_provider(Snapshot actual, bool complete = true);
}  // namespace drift
