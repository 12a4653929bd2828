// From a project file to a request, with the maker of Terraform providers given in, so that tests need none.
//
// Thread rule: any.
#pragma once

#include <functional>
#include <memory>

#include "drift/engine/project.hpp"
#include "drift/engine/scan.hpp"
#include "drift/provider/pulumi.hpp"
#include "drift/provider/terraform.hpp"

namespace drift::engine_internal {

using TerraformMaker = std::function<std::shared_ptr<Provider>(TerraformOptions)>;
using PulumiMaker = std::function<std::shared_ptr<Provider>(PulumiOptions)>;

// As scan_request(). Entries of `providers:` that are of no provider in `providers` are for Terraform providers: `make` is called once with
// all of them, and what it makes is asked before the provider `file` and after all others. It is not called when there are none. The entry
// `pulumi` is for Pulumi's plugins, and `make_pulumi` is called with that; also without one where the project names a stack: who does wants
// its resources read.
Result<ScanRequest> scan_request_with(const Project& project, ProviderRegistry providers, const OpContext& context,
                                      const TerraformMaker& make, const PulumiMaker& make_pulumi = &make_pulumi_providers);

}  // namespace drift::engine_internal
