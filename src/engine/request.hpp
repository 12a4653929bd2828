// From a project file to a request, with the maker of Terraform providers given in, so that tests need none.
//
// Thread rule: any.
#pragma once

#include <functional>
#include <memory>

#include "drift/engine/project.hpp"
#include "drift/engine/scan.hpp"
#include "drift/provider/terraform.hpp"

namespace drift::engine_internal {

using TerraformMaker = std::function<std::shared_ptr<Provider>(TerraformOptions)>;

// As scan_request(). Entries of `providers:` that are of no provider in `providers` are for Terraform providers: `make` is called once with
// all of them, and what it makes is asked before the provider `file` and after all others. It is not called when there are none.
Result<ScanRequest> scan_request_with(const Project& project, ProviderRegistry providers, const OpContext& context,
                                      const TerraformMaker& make);

}  // namespace drift::engine_internal
