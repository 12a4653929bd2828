// Pulumi's tagged values: objects with the signature key stand for what JSON cannot say (secrets, assets, references, unknowns).
//
// Pure. Thread rule: any.
#pragma once

#include <string>
#include <string_view>

#include "drift/base/result.hpp"
#include "drift/model/value.hpp"

namespace drift::state_internal {

// The key whose presence makes an object a tagged value, the one whose value is a secret's, and the text that stands for a value not known
// yet.
inline constexpr std::string_view kPulumiSignature = "4dabf18193072939515e22adb298388d";
inline constexpr std::string_view kPulumiSecret = "1b47061264138c4ac30d75fd1eb44270";
inline constexpr std::string_view kPulumiUnknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

// `v` with every tagged value replaced by what it means:
//   secret        its ciphertext marked ciphertext, or its parsed plaintext marked plain
//   asset         with a hash: {signature, hash}, so that only content counts; else as it is
//   reference     {"urn", "id"}
//   output        its value (unknown when it has none), marked plain when secret
//   byte string   a string of those bytes
//   float         as it is (NaN and the infinities are no JSON numbers)
// E_UNSUPPORTED_FEATURE with the path for a signature that is not known; E_BAD_STRUCTURE for a tagged value that is malformed.
// `where` begins the path in errors ("outputs").
Result<Value> untag_pulumi(const Value& v, std::string_view where);

// "urn:pulumi:" and at least three "::" behind it.
[[nodiscard]] bool is_pulumi_urn(std::string_view urn);

}  // namespace drift::state_internal
