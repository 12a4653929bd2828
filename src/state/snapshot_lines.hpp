// What the writer and the reader of libdrift-snapshot-v1 share: where values carry marks that plain JSON cannot show.
//
// A line's value sections hold ordinary JSON; beside them stand lists of places:
//   "secrets": [["attributes", "/password", "digest"], ...]   the text there is a digest or a ciphertext
//   "unknown": [["attributes", "/arn"], ...]                   null is written there
//   "bytes":   [["attributes", "/blob"], ...]                  base64 is written there, because the string is not UTF-8
// A place is a section ("attributes", "inputs", "identity") and a JSON Pointer (RFC 6901).
//
// Thread rule: any.
#pragma once

#include <cstdint>
#include <string_view>

#include "drift/base/result.hpp"
#include "drift/model/resource.hpp"

namespace drift::state_internal {

inline constexpr std::string_view kSnapshotFormat = "libdrift-snapshot-v1";
inline constexpr std::string_view kSectionAttributes = "attributes";
inline constexpr std::string_view kSectionInputs = "inputs";
inline constexpr std::string_view kSectionIdentity = "identity";

// A resource line as a tree, back to the resource. Errors carry no position.
Result<Resource> resource_from_line(const Value& line);

}  // namespace drift::state_internal
