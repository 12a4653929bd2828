// The msgpack form of a DynamicValue: what go-cty's cty/msgpack writes and reads for a value of a known type.
//
// Written: objects complete, with sorted keys, a missing attribute as nil; compact integers; float64 for a fraction that is exactly one;
// decimal text for every other number; an unknown as d4 00 00; a dynamic value as [bin: type JSON, value]; sets without duplicates, in
// order; strings and map keys in NFC. Read: the same, and what go-cty takes besides: any integer and float width, any string or bin width,
// refined unknowns (the refinement is dropped). Values come out as json_value.hpp's conform() gives them, so that both can be compared:
// numbers as go-cty has them after a JSON round trip, sets in order, strings in NFC. Bytes behind the value are ignored, as go-cty does.
//
// How a drift::Value shows what it has no kind for: a set is a list; a dynamic value is what Terraform's state has, {"type":T,"value":V},
// or null. Secret marks do not take part; a ciphertext or digest cannot be written (the text is not the value).
//
// Errors name the attribute's path (Error::subject), and the byte when reading; never a value.
// Thread rule: any. Ownership: keeps nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "drift/base/result.hpp"
#include "drift/model/value.hpp"
#include "provider/terraform/cty_type.hpp"

namespace drift::terraform_internal {

struct DecodeLimits {
  std::uint32_t max_depth = 128;
  std::uint64_t max_nodes = 5'000'000;  // values in one message
};

// Appends to `out`, which after an error holds an unusable end. E_BAD_STRUCTURE when `v` is not of type `t`.
Status encode_msgpack(const Value& v, const CtyType& t, std::string& out);
// E_TRUNCATED, E_PARSE, E_BAD_STRUCTURE, E_DEPTH_LIMIT, E_NODE_LIMIT.
Result<Value> decode_msgpack(std::string_view bytes, const CtyType& t, const DecodeLimits& limits = {});

}  // namespace drift::terraform_internal
