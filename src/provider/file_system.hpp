// What the file provider asks of the operating system; nothing here changes anything. Tests put failures in its place.
//
// Calls return 0 or an errno. Thread rule: const access from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace drift::provider_internal {

struct FileStat {
  enum class Kind : std::uint8_t { regular, directory, symlink, other };
  Kind kind = Kind::other;
  std::uint32_t mode = 0;  // permission bits, with set-id and sticky bits
  std::uint64_t size = 0;
  std::uint64_t uid = 0;
  std::uint64_t gid = 0;
  std::int64_t mtime_ns = 0;  // since the epoch

  // True when a file that looked like this before reading it and like `after` afterwards was not written to in between.
  [[nodiscard]] bool same_content_as(const FileStat& after) const { return size == after.size && mtime_ns == after.mtime_ns; }
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  [[nodiscard]] virtual int stat(const std::string& path, bool follow, FileStat& out) const = 0;
  // Read-only, without blocking on a FIFO; ELOOP for a link when `follow` is false.
  [[nodiscard]] virtual int open(const std::string& path, bool follow, int& fd) const = 0;
  [[nodiscard]] virtual int stat_open(int fd, FileStat& out) const = 0;
  // At most `size` bytes from `offset`; `got` is 0 at the end.
  [[nodiscard]] virtual int read(int fd, std::uint64_t offset, char* to, std::size_t size, std::size_t& got) const = 0;
  virtual void close(int fd) const = 0;
  [[nodiscard]] virtual int read_link(const std::string& path, std::string& target) const = 0;
  // Names from the user database; none when it has no such id.
  [[nodiscard]] virtual std::optional<std::string> user_name(std::uint64_t uid) const = 0;
  [[nodiscard]] virtual std::optional<std::string> group_name(std::uint64_t gid) const = 0;
};

// The machine's; lives as long as the program.
[[nodiscard]] const FileSystem& real_file_system();

}  // namespace drift::provider_internal
