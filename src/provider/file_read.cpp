#include "provider/file_read.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

namespace drift::provider_internal {
namespace {

constexpr int most_tries = 3;

class OpenFile {
 public:
  OpenFile(const FileSystem& fs, int fd) : fs_(fs), fd_(fd) {}
  ~OpenFile() { fs_.close(fd_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

 private:
  const FileSystem& fs_;
  int fd_;
};

struct MoreHashers {
  third::Hasher md5{third::Hasher::md5};
  third::Hasher sha1{third::Hasher::sha1};
  third::Hasher sha512{third::Hasher::sha512};
};

// Takes the chunks of one file.
class Digests {
 public:
  Digests(const ContentRequest& want, std::uint64_t size, third::Hasher& sha256) : want_(want), sha256_(sha256) {
    (void)sha256_.finish();  // what a read that was given up may have left
    if (want.all_hashes) more_.emplace();
    keep_ = want.most_bytes > 0 && size <= want.most_bytes;
  }

  void add(std::string_view chunk) {
    sha256_.update(chunk);
    if (more_) {
      more_->md5.update(chunk);
      more_->sha1.update(chunk);
      more_->sha512.update(chunk);
    }
    keep_ = keep_ && bytes_.size() + chunk.size() <= want_.most_bytes;
    if (keep_) bytes_.append(chunk);
  }

  FileContent finish(const FileStat& stat) {
    FileContent out;
    out.stat = stat;
    out.sha256 = sha256_.finish();
    if (more_) {
      out.md5 = more_->md5.finish();
      out.sha1 = more_->sha1.finish();
      out.sha512 = more_->sha512.finish();
    }
    if (keep_) out.bytes = std::move(bytes_);
    return out;
  }

 private:
  const ContentRequest& want_;
  third::Hasher& sha256_;
  std::optional<MoreHashers> more_;
  bool keep_ = false;
  std::string bytes_;
};

enum class Try { done, absent, changed };

Result<Try> try_once(const FileSystem& fs, const std::string& path, const ContentRequest& want, ReadBuffers& buffers, const OpContext& ctx,
                     FileContent& out) {
  FileStat before;
  if (const int e = fs.stat(path, want.follow, before); e != 0) {
    if (means_absent(e)) return Try::absent;
    return system_error(e, "looked up");
  }
  if (before.kind != FileStat::Kind::regular) return not_a_file(before.kind);
  int fd = -1;
  if (const int e = fs.open(path, want.follow, fd); e != 0) {
    if (means_absent(e) || (e == ELOOP && !want.follow)) return Try::changed;  // since the look a moment ago
    return system_error(e, "opened");
  }
  const OpenFile open(fs, fd);
  if (const int e = fs.stat_open(fd, before); e != 0) return system_error(e, "looked up");
  if (before.kind != FileStat::Kind::regular) return Try::changed;

  Digests digests(want, before.size, buffers.sha256);
  std::uint64_t at = 0;
  for (;;) {
    DRIFT_TRY(ctx.check());
    std::size_t got = 0;
    if (const int e = fs.read(fd, at, buffers.chunk.data(), buffers.chunk.size(), got); e != 0) return system_error(e, "read");
    if (got == 0) break;
    digests.add({buffers.chunk.data(), got});
    at += got;
    if (before.size > 0 && at > before.size) return Try::changed;  // it grows, perhaps faster than it is read; 0 is what /proc says
  }
  FileStat after;
  if (const int e = fs.stat_open(fd, after); e != 0) return system_error(e, "looked up");
  out = digests.finish(after);
  return before.same_content_as(after) ? Try::done : Try::changed;
}

}  // namespace

Result<std::optional<FileContent>> read_content(const FileSystem& fs, const std::string& path, const ContentRequest& want,
                                                ReadBuffers& buffers, const OpContext& ctx) {
  for (int n = 0; n < most_tries; ++n) {
    FileContent content;
    Result<Try> tried = try_once(fs, path, want, buffers, ctx, content);
    if (!tried) return std::move(tried).error();
    if (*tried == Try::absent) return std::optional<FileContent>();
    if (*tried == Try::done) return std::optional<FileContent>(std::move(content));
  }
  return Error(Errc::changed_while_reading, "the file was written to while it was read")
      .next("scan again when nobody writes to it")
      .retryable();
}

bool means_absent(int error) noexcept { return error == ENOENT || error == ENOTDIR; }

Error system_error(int error, std::string_view verb) {
  std::string what = "the file could not be ";
  what += verb;
  what += ": ";
  what += std::generic_category().message(error);
  if (error == EACCES || error == EPERM)
    return Error(Errc::permission, std::move(what)).next("let the account that scans read the file, or run the scan as another one");
  if (error == ELOOP) return Error(Errc::io, std::move(what)).next("look for symbolic links that lead in a circle");
  const bool passing = error == EMFILE || error == ENFILE || error == ENOMEM || error == EAGAIN || error == ESTALE || error == ETIMEDOUT;
  return Error(Errc::io, std::move(what)).next("check the disk or the mount that the file is on").retryable(passing);
}

Error not_a_file(FileStat::Kind kind) {
  std::string what = kind == FileStat::Kind::directory ? "there is a directory where the file should be"
                     : kind == FileStat::Kind::symlink ? "there is a symbolic link where the file should be"
                                                       : "there is a FIFO, socket or device where the file should be";
  return Error(Errc::read_failed, std::move(what)).next("see who put it there; move it away to have the file looked at again");
}

}  // namespace drift::provider_internal
