// Calls into providers, which are foreign code: what they throw, leave out or say twice ends here as an ordinary outcome.
//
// This is the one place of the library where exceptions are caught in order to be reported.
// Thread rule: any.
#pragma once

#include <string>
#include <vector>

#include "drift/provider/provider.hpp"

namespace drift::provider_internal {

// One attempt at reading `batch`: one outcome per resource, in order. The provider is given the sooner of `timeout` from now and ctx's own
// deadline. What it did not answer is E_READ_FAILED, what it gave up because of `timeout` is E_READ_TIMEOUT (retryable), and what it threw
// is E_INTERNAL. Of two answers for one resource the first counts.
[[nodiscard]] std::vector<ReadOutcome> call_read(Provider& provider, const std::vector<const Resource*>& batch, const OpContext& ctx,
                                                 Clock::Duration timeout);

[[nodiscard]] Result<std::string> call_lane(const Provider& provider, const Resource& resource);
[[nodiscard]] Result<ProviderCapabilities> call_capabilities(const Provider& provider);

}  // namespace drift::provider_internal
