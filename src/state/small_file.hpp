// Small files that other programs wrote, read whole: settings, not documents.
//
// Thread rule: any. Errors: E_PERMISSION, E_IO, E_BYTE_LIMIT (4 MiB), with the path as subject and never a byte of the file.
#pragma once

#include <optional>
#include <string>

#include "drift/base/result.hpp"

namespace drift::state_internal {

// None when there is no file of that name. A folder, a FIFO or a device is an error, and is not waited for.
Result<std::optional<std::string>> read_small_file(const std::string& path);

// `path` as it is, or in `folder` when it is relative and there is a folder.
[[nodiscard]] std::string inside_folder(const std::string& folder, const std::string& path);

}  // namespace drift::state_internal
