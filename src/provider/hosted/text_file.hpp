// Small files, read whole: lock files, CLI configurations, a plugin's description.
//
// Thread rule: any. Errors: E_PERMISSION, E_IO, E_BYTE_LIMIT, with the path as subject.
#pragma once

#include <optional>
#include <string>

#include "drift/base/result.hpp"

namespace drift::hosted_internal {

// None when there is no file of that name. A folder, a FIFO or a device is an error, and is not waited for.
Result<std::optional<std::string>> read_text_file(const std::string& path);

[[nodiscard]] bool is_folder(const std::string& path);
[[nodiscard]] bool is_file(const std::string& path);
// `path` as it is, or in `folder` when it is relative.
[[nodiscard]] std::string inside(const std::string& folder, const std::string& path);

}  // namespace drift::hosted_internal
