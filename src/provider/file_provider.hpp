// The file provider over a file system of the caller's choice: for tests. Programs use drift/provider/file.hpp.
// Thread rule and ownership: as a Provider; borrows `fs`.
#pragma once

#include <memory>

#include "drift/provider/provider.hpp"
#include "provider/file_system.hpp"

namespace drift::provider_internal {

[[nodiscard]] std::shared_ptr<Provider> make_file_provider_on(const FileSystem& fs);

}  // namespace drift::provider_internal
