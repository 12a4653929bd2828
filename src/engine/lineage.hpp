// Lineage: which state a document belongs to, so that what was accepted for one is not held against another.
//
// Thread rule: any.
#pragma once

#include <string>
#include <string_view>

#include "drift/base/result.hpp"
#include "drift/model/snapshot.hpp"

namespace drift::engine_internal {

// Terraform's lineage, or stack and project as a Pulumi state's URNs begin with them ("urn:pulumi:prod::shop"); "" when the document does
// not say (a plan, `show -json`, a baseline of before).
[[nodiscard]] std::string lineage_of(const Snapshot& s);
// E_CONFIG_INVALID, about the baseline `name`, when both are known and differ.
Status check_lineage(std::string_view of_baseline, std::string_view of_state, const std::string& name);

}  // namespace drift::engine_internal
