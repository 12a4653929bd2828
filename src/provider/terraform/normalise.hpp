// What is done to a value that a provider returns before it is compared, so that the habits of provider SDKs are no drift.
// Source: OpenTofu internal/plans/objchange/normalize_obj.go (NormalizeObjectFromLegacySDK) and configschema/empty_value.go.
//
// Thread rule: any. Ownership: what does not change is shared with the argument.
#pragma once

#include "drift/model/value.hpp"
#include "provider/terraform/schema.hpp"

namespace drift::terraform_internal {

// Nested blocks of `v`, a value of implied_type(block): a LIST or SET block that is null becomes empty, a null GROUP its empty value, and
// an unknown block one block of unknowns. Attributes, and blocks that hold anything dynamic, stay as they are. A null `v` stays null.
[[nodiscard]] Value normalise_blocks(const Value& v, const Block& block);

// Write-only attributes are null wherever they are (a provider must not return them, and a state must not hold them).
[[nodiscard]] Value drop_write_only(const Value& v, const Block& block);
[[nodiscard]] bool holds_write_only(const Value& v, const Block& block);

// `config`, an object that may name only some of the block's attributes, with everything else: attributes null, blocks as empty_value() has
// them (a provider refuses an object that is not complete). Members that the block does not have stay, for the encoder to refuse.
[[nodiscard]] Value complete(const Value& config, const Block& block);

// The value of a block of which nothing is given: attributes null, SINGLE blocks null, GROUP blocks their own empty value, others empty.
[[nodiscard]] Value empty_value(const Block& block);
[[nodiscard]] Value empty_value(const NestedBlock& block);

// All that a reply of ReadResource goes through after decode_dynamic(): both of the above. `v` is in the one form of json_value.hpp, and so
// is the result.
[[nodiscard]] Value normalise_read(const Value& v, const TypeSchema& schema);
// The same for one of UpgradeResourceState, which OpenTofu does not normalise: what it compares has no write-only values all the same.
[[nodiscard]] Value normalise_known(const Value& v, const TypeSchema& schema);

}  // namespace drift::terraform_internal
