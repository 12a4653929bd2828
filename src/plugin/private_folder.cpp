#include "plugin/private_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

namespace drift::plugin {
namespace {

constexpr std::string_view prefix = "drift-";
constexpr std::size_t name_size = prefix.size() + 6;
constexpr const char* lock_name = ".drift-plugin";
// "/plugin" and the random number that Go puts behind it, with some room.
constexpr std::size_t longest = 107 - 27;

void remove_all(const std::string& path) {
  std::error_code ignored;  // what cannot be removed is left to the next sweep
  std::filesystem::remove_all(path, ignored);
}

bool is_ours(const std::string& path) {
  struct stat s {};
  return ::lstat(path.c_str(), &s) == 0 && S_ISDIR(s.st_mode) && s.st_uid == ::geteuid() && (s.st_mode & 0777) == 0700;
}

// A locked file in the folder; closed when a sweep of another process was faster.
Fd lock_folder(const std::string& path) {
  Fd lock(::open((path + "/" + lock_name).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  struct stat s {};
  if (!lock.open() || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 || ::fstat(lock.get(), &s) != 0 || s.st_nlink == 0) return {};
  return lock;
}

}  // namespace

PrivateFolder::PrivateFolder(std::string path, Fd lock) : path_(std::move(path)), lock_(std::move(lock)), pid_(::getpid()) {}

int PrivateFolder::sweep(const std::string& base) {
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(base.c_str()), ::closedir);
  int removed = 0;
  if (!entries) return removed;
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string_view name = entry->d_name;
    if (name.size() != name_size || !name.starts_with(prefix)) continue;
    const std::string path = base + "/" + std::string(name);
    if (!is_ours(path)) continue;
    const Fd lock(::open((path + "/" + lock_name).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    if (!lock.open() || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) continue;
    remove_all(path);
    ++removed;
  }
  return removed;
}

Result<PrivateFolder> PrivateFolder::make_in(const std::string& base) {
  const auto refused = [&](const std::string& why) {
    return Error(Errc::io, "a folder for a plugin's socket could not be made: " + why)
        .at(base)
        .next("see that the folder that TMPDIR names, or /tmp, can be written to and has a short name");
  };
  if (base.size() + 1 + name_size > longest) return refused("its path would be too long for a socket");
  sweep(base);
  for (int attempt = 0; attempt < 4; ++attempt) {
    std::string path = base + "/" + std::string(prefix) + "XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) return refused(errno_text(errno));
    Fd lock = lock_folder(path);
    if (lock.open()) return PrivateFolder(std::move(path), std::move(lock));
    remove_all(path);
  }
  return refused("it was removed at once, again and again");
}

Result<PrivateFolder> PrivateFolder::make() {
  std::optional<Error> first;
  for (const char* base : {static_cast<const char*>(::getenv("TMPDIR")), "/tmp", "/var/tmp", "/dev/shm"}) {
    if (base == nullptr || *base != '/') continue;
    Result<PrivateFolder> made = make_in(base);
    if (made) return made;
    if (!first) first = std::move(made).error();
  }
  return *std::move(first);
}

void PrivateFolder::remove() {
  if (!lock_.open() || pid_ != ::getpid()) return;
  remove_all(path_);
  lock_.reset();
}

PrivateFolder::~PrivateFolder() { remove(); }

}  // namespace drift::plugin
