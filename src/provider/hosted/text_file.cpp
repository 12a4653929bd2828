#include "provider/hosted/text_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace drift::hosted_internal {
namespace {

constexpr std::size_t most_bytes = std::size_t{4} << 20;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Error file_error(int number, const std::string& path) {
  const bool refused = number == EACCES || number == EPERM;
  return Error(refused ? Errc::permission : Errc::io, "the file could not be read: " + std::generic_category().message(number))
      .at(path)
      .next(refused ? "let the account that scans read it" : "check the disk or the mount that it is on");
}

}  // namespace

Result<std::optional<std::string>> read_text_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<std::string>();
    return file_error(errno, path);
  }
  struct stat found {};
  if (::fstat(file.get(), &found) != 0) return file_error(errno, path);
  if (!S_ISREG(found.st_mode)) return file_error(S_ISDIR(found.st_mode) ? EISDIR : EINVAL, path);
  std::string text;
  char chunk[16384];
  for (;;) {
    const ssize_t n = ::read(file.get(), chunk, sizeof chunk);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return file_error(errno, path);
    if (n == 0) return std::optional<std::string>(std::move(text));
    if (text.size() + static_cast<std::size_t>(n) > most_bytes)
      return Error(Errc::byte_limit, "the file was too large to be what its name says").at(path).next("look at what it holds");
    text.append(chunk, static_cast<std::size_t>(n));
  }
}

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

bool is_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

std::string inside(const std::string& folder, const std::string& path) {
  return folder.empty() ? path : (std::filesystem::path(folder) / path).lexically_normal().string();
}

}  // namespace drift::hosted_internal
