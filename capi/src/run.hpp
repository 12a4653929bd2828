// Runs, from their handles.
//
// Thread rule: any.
#pragma once

#include <memory>

#include "fence.hpp"
#include "run_state.hpp"

namespace drift::capi {

// The run behind a handle, kept alive while the caller holds it, whoever frees the handle meanwhile. E_HANDLE, or E_FORKED.
Result<std::shared_ptr<RunState>> lock_run(const drift_run* run);

}  // namespace drift::capi
