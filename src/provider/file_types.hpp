// The resource types that the file provider reads, one function each. Internal to the file provider.
//
// Thread rule: any; FileReads belongs to one thread.
#pragma once

#include <string>
#include <string_view>

#include "drift/base/cancel.hpp"
#include "drift/model/schema.hpp"
#include "drift/provider/provider.hpp"
#include "provider/file_read.hpp"

namespace drift::provider_internal {

// What reading files in one batch needs.
struct FileReads {
  const FileSystem& fs;
  const std::string& root;  // relative paths start here; empty: the current directory
  const OpContext& ctx;
  ReadBuffers buffers{};
};

[[nodiscard]] Schema local_file_schema(bool sensitive);
[[nodiscard]] ReadOutcome read_local_file(FileReads& in, const Resource& known, const Schema& schema);

[[nodiscard]] Schema native_file_schema();
[[nodiscard]] ReadOutcome read_native_file(FileReads& in, const Resource& known);

// The text of attribute `member`: a string that is there in the clear; nullptr for anything else (null, a digest, unknown).
[[nodiscard]] const std::string* clear_text(const Value& attributes, std::string_view member);
// The path that `member` names, seen from the root.
Result<std::string> path_of(const FileReads& in, const Resource& known, std::string_view member);
// Octal text of three to five digits; false for anything else.
[[nodiscard]] bool parse_mode(std::string_view text, std::uint32_t& mode);
[[nodiscard]] std::string mode_text(std::uint32_t mode);  // "0644"

}  // namespace drift::provider_internal
