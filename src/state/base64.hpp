// Base64 (RFC 4648 section 4, with padding), for bytes that JSON cannot hold.
//
// Pure. Thread rule: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace drift::state_internal {

[[nodiscard]] std::string base64_encode(std::string_view bytes);
// None when `text` is not base64; padding may be missing, bits behind the last byte must be zero.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace drift::state_internal
