// Properties as google.protobuf.Struct, and back (google/protobuf/struct.proto; pulumi sdk/go/common/resource/plugin/rpc.go).
//
// Example:
//   std::string bytes;
//   DRIFT_TRY(encode_struct(inputs, {.keep_secrets = accepts_secrets}, bytes));
//   Result<Value> outputs = decode_struct(reply.properties, "outputs");
//
// Limits: 128 levels, 4 million values. Errors name the place by its keys, never a value: E_PARSE, E_DEPTH_LIMIT, E_NODE_LIMIT,
// E_UNSUPPORTED_FEATURE (a string that is no UTF-8, for a provider that takes none).
// Thread rule: any. Ownership: encode appends; what is decoded owns its text.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "drift/base/result.hpp"
#include "drift/model/value.hpp"
#include "third/wire.hpp"

namespace drift::pulumi_internal {

// What the provider understands; the rest is sent as what it stands for.
struct EncodeOptions {
  bool keep_unknowns = false;  // else they are left out
  bool keep_secrets = false;
  bool keep_references = false;  // else their id, or urn
  bool keep_byte_strings = false;
  bool elide_assets = true;  // assets and archives by their hash alone
};

// `object`: a property that is a plain object.
Status encode_struct(const Value& object, const EncodeOptions& options, std::string& out);

// The property in the bytes of a Struct. E_PARSE for a value that is not known: no provider may answer with one. `what` is for errors,
// `known` what was recorded, as properties or as the model of them: the names in its secrets are in no error.
Result<Value> decode_struct(std::string_view bytes, std::string_view what, std::span<const Value* const> known = {});

}  // namespace drift::pulumi_internal
