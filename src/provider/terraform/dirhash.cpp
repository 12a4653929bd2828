#include "provider/terraform/dirhash.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#include "third/digest.hpp"

namespace drift::terraform_internal {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t chunk_bytes = std::size_t{256} << 10;

Error hash_error(const std::error_code& code, const std::string& path) {
  const Errc errc = code == std::errc::no_such_file_or_directory ? Errc::not_found
                    : code == std::errc::permission_denied       ? Errc::permission
                                                                 : Errc::io;
  return Error(errc, "the package could not be hashed: " + code.message())
      .at(path)
      .next("look at the folder of the provider, or install it anew");
}

Error hash_error(int number, const std::string& path) { return hash_error(std::error_code(number, std::generic_category()), path); }

// Paths below `root`, sorted by their bytes; folders are not in it.
Result<std::vector<std::string>> files_of(const fs::path& root) {
  std::vector<std::string> files;
  std::error_code code;
  fs::recursive_directory_iterator at(root, code);
  const std::size_t prefix = root.native().size() + 1;
  for (; !code && at != fs::recursive_directory_iterator(); at.increment(code)) {
    const fs::file_status status = at->symlink_status(code);
    if (code) break;
    if (fs::is_directory(status)) continue;
    files.push_back(at->path().native().substr(prefix));
    if (files.back().find('\n') != std::string::npos)
      return Error(Errc::io, "the package could not be hashed: a file's name held a line end")
          .at(root.native())
          .next("install the provider anew");
  }
  if (code) return hash_error(code, root.native());
  std::sort(files.begin(), files.end());
  return files;
}

struct Close {
  int fd;
  ~Close() { ::close(fd); }
};

Status hash_file(const std::string& path, third::Hasher& hasher, std::string& chunk, const OpContext& ctx) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return hash_error(errno, path);
  const Close close{fd};
  struct stat found {};
  if (::fstat(fd, &found) != 0) return hash_error(errno, path);
  if (!S_ISREG(found.st_mode)) return hash_error(S_ISDIR(found.st_mode) ? EISDIR : EINVAL, path);
  for (;;) {
    DRIFT_TRY(ctx.check());
    const ssize_t n = ::read(fd, chunk.data(), chunk.size());
    if (n == 0) return {};
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return hash_error(errno, path);
    hasher.update({chunk.data(), static_cast<std::size_t>(n)});
  }
}

}  // namespace

Result<std::string> hash_folder(const std::string& folder, const OpContext& ctx) {
  std::error_code code;
  const fs::path root = fs::canonical(folder, code);
  if (code) return hash_error(code, folder);
  if (!fs::is_directory(root, code)) return hash_error(ENOTDIR, folder);
  Result<std::vector<std::string>> files = files_of(root);
  if (!files) return std::move(files).error();
  third::Hasher all(third::Hasher::sha256), one(third::Hasher::sha256);
  std::string chunk(chunk_bytes, '\0');
  for (const std::string& file : *files) {
    DRIFT_TRY(hash_file((root / file).native(), one, chunk, ctx));
    all.update(third::hex(one.finish()) + "  " + file + '\n');
  }
  return "h1:" + third::base64(all.finish());
}

}  // namespace drift::terraform_internal
