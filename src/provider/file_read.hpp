// Reading one regular file so that what is reported is one state of it: its hashes, and its bytes where they are wanted.
//
// Thread rule: free functions from any thread; a ReadBuffers belongs to one thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drift/base/cancel.hpp"
#include "provider/file_system.hpp"
#include "third/digest.hpp"

namespace drift::provider_internal {

// Kept from file to file.
struct ReadBuffers {
  std::vector<char> chunk = std::vector<char>(std::size_t{256} << 10);
  third::Hasher sha256{third::Hasher::sha256};
};

struct FileContent {
  FileStat stat;
  std::string sha256;                // raw digests
  std::string md5, sha1, sha512;     // when all hashes were asked for
  std::optional<std::string> bytes;  // none when there are more than `most_bytes`
};

struct ContentRequest {
  bool follow = false;         // a link in the last component
  bool all_hashes = false;     // not SHA-256 alone
  std::size_t most_bytes = 0;  // 0: the bytes are not wanted
};

// No value: there is no such file (any more). A file that is written to while it is read is read again, twice; then it is
// E_CHANGED_WHILE_READING (retryable). What is no regular file is refused without opening it.
Result<std::optional<FileContent>> read_content(const FileSystem& fs, const std::string& path, const ContentRequest& want,
                                                ReadBuffers& buffers, const OpContext& ctx);

// ENOENT and ENOTDIR: there is no such thing.
[[nodiscard]] bool means_absent(int error) noexcept;
// "the file could not be `verb`", with what the system says and what to do.
[[nodiscard]] Error system_error(int error, std::string_view verb);
// What stands where a file should be.
[[nodiscard]] Error not_a_file(FileStat::Kind kind);

}  // namespace drift::provider_internal
