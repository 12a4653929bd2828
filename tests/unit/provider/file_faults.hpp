// A file system that goes wrong where a test says so. Thread rule: one thread.
#pragma once

#include <functional>
#include <string>

#include "provider/file_system.hpp"

namespace drift::test {

class FaultyFileSystem : public provider_internal::FileSystem {
 public:
  int stat_error = 0, open_error = 0, read_error = 0, link_error = 0;
  std::function<void()> after_read;  // after each chunk
  mutable int opens = 0;

  int stat(const std::string& path, bool follow, provider_internal::FileStat& out) const override {
    return stat_error != 0 ? stat_error : real_.stat(path, follow, out);
  }
  int open(const std::string& path, bool follow, int& fd) const override {
    ++opens;
    return open_error != 0 ? open_error : real_.open(path, follow, fd);
  }
  int stat_open(int fd, provider_internal::FileStat& out) const override { return real_.stat_open(fd, out); }
  int read(int fd, std::uint64_t offset, char* to, std::size_t size, std::size_t& got) const override {
    if (read_error != 0) return read_error;
    const int e = real_.read(fd, offset, to, size, got);
    if (after_read) after_read();
    return e;
  }
  void close(int fd) const override { real_.close(fd); }
  int read_link(const std::string& path, std::string& target) const override {
    return link_error != 0 ? link_error : real_.read_link(path, target);
  }
  std::optional<std::string> user_name(std::uint64_t uid) const override { return real_.user_name(uid); }
  std::optional<std::string> group_name(std::uint64_t gid) const override { return real_.group_name(gid); }

 private:
  const provider_internal::FileSystem& real_ = provider_internal::real_file_system();
};

}  // namespace drift::test
