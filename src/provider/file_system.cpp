#include "provider/file_system.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "base/immortal.hpp"

namespace drift::provider_internal {
namespace {

FileStat from_system(const struct stat& s) {
  FileStat out;
  if (S_ISREG(s.st_mode))
    out.kind = FileStat::Kind::regular;
  else if (S_ISDIR(s.st_mode))
    out.kind = FileStat::Kind::directory;
  else if (S_ISLNK(s.st_mode))
    out.kind = FileStat::Kind::symlink;
  out.mode = s.st_mode & 07777U;
  out.size = static_cast<std::uint64_t>(s.st_size);
  out.uid = s.st_uid;
  out.gid = s.st_gid;
  out.mtime_ns = std::int64_t{s.st_mtim.tv_sec} * 1'000'000'000 + s.st_mtim.tv_nsec;
  return out;
}

// The name that a getpwuid_r or getgrgid_r like call finds.
template <class Record, class Call>
std::optional<std::string> look_up(Call call, char* Record::*name) {
  std::vector<char> buffer(1024);
  Record record{};
  Record* found = nullptr;
  int error = call(&record, buffer.data(), buffer.size(), &found);
  while (error == ERANGE && buffer.size() < (std::size_t{1} << 20)) {
    buffer.resize(buffer.size() * 4);
    error = call(&record, buffer.data(), buffer.size(), &found);
  }
  if (error != 0 || found == nullptr) return std::nullopt;
  return std::string(found->*name);
}

class RealFileSystem final : public FileSystem {
 public:
  int stat(const std::string& path, bool follow, FileStat& out) const override {
    struct stat s {};
    if (::fstatat(AT_FDCWD, path.c_str(), &s, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0) return errno;
    out = from_system(s);
    return 0;
  }

  int open(const std::string& path, bool follow, int& fd) const override {
    const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (follow ? 0 : O_NOFOLLOW);
    do {
      fd = ::open(path.c_str(), flags);  // NOLINT(cppcoreguidelines-pro-type-vararg)
    } while (fd < 0 && errno == EINTR);
    return fd < 0 ? errno : 0;
  }

  int stat_open(int fd, FileStat& out) const override {
    struct stat s {};
    if (::fstat(fd, &s) != 0) return errno;
    out = from_system(s);
    return 0;
  }

  int read(int fd, std::uint64_t offset, char* to, std::size_t size, std::size_t& got) const override {
    ssize_t n = 0;
    do {
      n = ::pread(fd, to, size, static_cast<off_t>(offset));
    } while (n < 0 && errno == EINTR);
    got = n < 0 ? 0 : static_cast<std::size_t>(n);
    return n < 0 ? errno : 0;
  }

  void close(int fd) const override { ::close(fd); }

  int read_link(const std::string& path, std::string& target) const override {
    std::vector<char> buffer(256);
    for (;;) {
      const ssize_t n = ::readlink(path.c_str(), buffer.data(), buffer.size());
      if (n < 0) return errno;
      if (static_cast<std::size_t>(n) < buffer.size()) {
        target.assign(buffer.data(), static_cast<std::size_t>(n));
        return 0;
      }
      buffer.resize(buffer.size() * 4);
    }
  }

  std::optional<std::string> user_name(std::uint64_t uid) const override {
    return look_up<passwd>(
        [uid](passwd* r, char* b, std::size_t n, passwd** f) { return ::getpwuid_r(static_cast<uid_t>(uid), r, b, n, f); },
        &passwd::pw_name);
  }

  std::optional<std::string> group_name(std::uint64_t gid) const override {
    return look_up<group>([gid](group* r, char* b, std::size_t n, group** f) { return ::getgrgid_r(static_cast<gid_t>(gid), r, b, n, f); },
                          &group::gr_name);
  }
};

}  // namespace

const FileSystem& real_file_system() {
  static const base_internal::Immortal<RealFileSystem> fs;
  return *fs;
}

}  // namespace drift::provider_internal
