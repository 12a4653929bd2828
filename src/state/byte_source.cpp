#include "state/byte_source.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

#include "third/decompress.hpp"

namespace drift {

// Opened once, by whichever reader comes first.
struct ByteSource::Impl {
  enum class Kind { file, stream, owned, borrowed };
  Kind kind = Kind::owned;
  std::string name;
  std::FILE* stream = nullptr;
  std::string bytes;
  std::string_view view;
  std::mutex mutex;
  std::shared_ptr<const state_internal::OpenSource> opened;  // by mutex
};

ByteSource ByteSource::file(std::string path) {
  auto impl = std::make_shared<Impl>();
  impl->kind = Impl::Kind::file;
  impl->name = std::move(path);
  return ByteSource(std::move(impl));
}

ByteSource ByteSource::stream(std::FILE* stream, std::string name) {
  auto impl = std::make_shared<Impl>();
  impl->kind = Impl::Kind::stream;
  impl->stream = stream;
  impl->name = std::move(name);
  return ByteSource(std::move(impl));
}

ByteSource ByteSource::bytes(std::string owned, std::string name) {
  auto impl = std::make_shared<Impl>();
  impl->kind = Impl::Kind::owned;
  impl->bytes = std::move(owned);
  impl->name = std::move(name);
  return ByteSource(std::move(impl));
}

ByteSource ByteSource::borrow(std::string_view borrowed, std::string name) {
  auto impl = std::make_shared<Impl>();
  impl->kind = Impl::Kind::borrowed;
  impl->view = borrowed;
  impl->name = std::move(name);
  return ByteSource(std::move(impl));
}

const std::string& ByteSource::name() const noexcept { return impl_->name; }
bool ByteSource::is_file() const noexcept { return impl_->kind == Impl::Kind::file; }
bool ByteSource::is_borrowed() const noexcept { return impl_->kind == Impl::Kind::borrowed; }

}  // namespace drift

namespace drift::state_internal {
namespace {

Error os_error(int code, const std::string& name, const char* what) {
  if (code == ENOENT || code == ENOTDIR) return Error(Errc::not_found, "the file was not found").at(name).next("check the path");
  if (code == EACCES || code == EPERM) {
    return Error(Errc::permission, "the file could not be opened for lack of permission").at(name).next("check who may read it");
  }
  const bool again = code == EMFILE || code == ENFILE || code == EINTR || code == EAGAIN || code == ESTALE;
  return Error(Errc::io, std::string("the file could not be ") + what + ": " + std::strerror(code)).at(name).retryable(again);
}

Error too_large(const std::string& name, std::uint64_t limit) {
  return Error(Errc::byte_limit, "the document was larger than the limit of " + std::to_string(limit) + " bytes")
      .at(name)
      .next("raise the byte limit if the document is to be trusted");
}

class MemorySource final : public OpenSource {
 public:
  // With `keep` the bytes belong to it; without, to the caller.
  MemorySource(std::string name, std::string_view bytes, std::shared_ptr<const void> keep)
      : name_(std::move(name)), bytes_(bytes), keep_(std::move(keep)) {}
  const std::string& name() const noexcept override { return name_; }
  std::uint64_t size() const noexcept override { return bytes_.size(); }
  Result<std::size_t> read(std::uint64_t offset, char* buffer, std::size_t n) const override {
    if (offset >= bytes_.size()) return std::size_t{0};
    const std::size_t count = std::min(n, bytes_.size() - static_cast<std::size_t>(offset));
    std::memcpy(buffer, bytes_.data() + offset, count);
    return count;
  }
  Status unchanged() const override { return {}; }
  std::string_view in_memory() const noexcept override { return bytes_.data() != nullptr ? bytes_ : std::string_view(""); }
  std::size_t memory_bytes() const noexcept override { return keep_ ? bytes_.size() : 0; }

 private:
  std::string name_;
  std::string_view bytes_;
  std::shared_ptr<const void> keep_;
};

class FileSource final : public OpenSource {
 public:
  FileSource(std::string name, int fd, const struct stat& status) : name_(std::move(name)), fd_(fd), status_(status) {}
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  ~FileSource() override { ::close(fd_); }
  const std::string& name() const noexcept override { return name_; }
  std::uint64_t size() const noexcept override { return static_cast<std::uint64_t>(status_.st_size); }

  Result<std::size_t> read(std::uint64_t offset, char* buffer, std::size_t n) const override {
    if (offset >= size()) return std::size_t{0};
    n = std::min<std::uint64_t>(n, size() - offset);
    std::size_t done = 0;
    while (done < n) {
      const ssize_t got = ::pread(fd_, buffer + done, n - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return os_error(errno, name_, "read");
      if (got == 0) return changed_error(name_);  // shorter than it was
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  Status unchanged() const override {
    struct stat now {};
    if (::fstat(fd_, &now) != 0) return os_error(errno, name_, "examined");
    if (now.st_size != status_.st_size || now.st_mtim.tv_sec != status_.st_mtim.tv_sec || now.st_mtim.tv_nsec != status_.st_mtim.tv_nsec) {
      return changed_error(name_);
    }
    return {};
  }
  std::string_view in_memory() const noexcept override { return {}; }
  std::size_t memory_bytes() const noexcept override { return 0; }

 private:
  std::string name_;
  int fd_;
  struct stat status_;
};

Result<std::shared_ptr<const OpenSource>> in_memory(const std::string& name, std::string bytes) {
  auto keep = std::make_shared<const std::string>(std::move(bytes));
  const std::string_view view = *keep;
  return std::shared_ptr<const OpenSource>(std::make_shared<MemorySource>(name, view, std::move(keep)));
}

// A document as its bytes come in: as they are, or decompressed, which the first of them decide.
class Intake {
 public:
  Intake(const std::string& name, std::uint64_t most) : name_(name), most_(most) {}
  Status add(std::string_view chunk) {
    if (!decompressor_ && head_.size() + chunk.size() < third::compression_magic_bytes) {
      head_.append(chunk);
      return {};
    }
    if (!decompressor_) {
      const std::string first = std::exchange(head_, {}) + std::string(chunk.substr(0, third::compression_magic_bytes));
      kind_ = third::compression_of(first);
      decompressor_.emplace(kind_);
      const std::size_t held = first.size() - std::min(chunk.size(), third::compression_magic_bytes);
      DRIFT_TRY(feed(std::string_view(first).substr(0, held)));
    }
    return feed(chunk);
  }
  Result<std::shared_ptr<const OpenSource>> finish() && {
    if (!decompressor_ && head_.size() > most_) return too_large(name_, most_);
    if (!decompressor_) return in_memory(name_, std::move(head_));
    if (Status s = decompressor_->finish(); !s.ok()) return std::move(s).error().at(name_);
    return in_memory(name_, std::move(all_));
  }

 private:
  Status feed(std::string_view chunk) {
    Status s = decompressor_->feed(chunk, all_, most_);
    if (s.ok()) return s;
    if (kind_ == third::Compression::none) return too_large(name_, most_);
    return std::move(s).error().at(name_);
  }
  const std::string& name_;
  std::uint64_t most_;
  std::string head_, all_;
  third::Compression kind_ = third::Compression::none;
  std::optional<third::Decompressor> decompressor_;
};

// How long a wait for bytes goes on before cancel and deadline are looked at again. A signal ends the wait, but it may come just before.
constexpr int kLookEvery = 50;  // ms

// Until `fd` has bytes, an end or an error to give.
Status wait_for_bytes(int fd, const std::string& name, const OpContext& ctx) {
  for (;;) {
    DRIFT_TRY(ctx.check());
    pollfd waited{.fd = fd, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waited, 1, kLookEvery);
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return os_error(errno, name, "read");
  }
}

// `get(buffer, n)` gives the next bytes: a count, 0 at the end, negative for an error in errno. It is called when `fd` has something to
// give, and must not wait for more. Without a descriptor (-1) there is nothing to wait for.
template <class Get>
Result<std::shared_ptr<const OpenSource>> slurp(const std::string& name, int fd, const JsonLimits& limits, const OpContext& ctx,
                                                Get&& get) {
  Intake all(name, limits.max_bytes);
  std::array<char, std::size_t{64} << 10> buffer;
  for (;;) {
    DRIFT_TRY(fd >= 0 ? wait_for_bytes(fd, name, ctx) : ctx.check());
    const auto got = get(buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return os_error(errno, name, "read");
    if (got == 0) return std::move(all).finish();
    DRIFT_TRY(all.add({buffer.data(), static_cast<std::size_t>(got)}));
  }
}

// The text of a compressed file; the file is closed then.
Result<std::shared_ptr<const OpenSource>> decompressed(const FileSource& file, const JsonLimits& limits, const OpContext& ctx) {
  Intake all(file.name(), limits.max_bytes);
  std::array<char, std::size_t{64} << 10> buffer;
  for (std::uint64_t at = 0; at < file.size();) {
    DRIFT_TRY(ctx.check());
    Result<std::size_t> got = file.read(at, buffer.data(), buffer.size());
    if (!got) return std::move(got).error();
    DRIFT_TRY(all.add({buffer.data(), *got}));
    at += *got;
  }
  DRIFT_TRY(file.unchanged());
  return std::move(all).finish();
}

bool is_compressed(std::string_view bytes) { return third::compression_of(bytes) != third::Compression::none; }

Result<bool> is_compressed(const FileSource& file) {
  char first[third::compression_magic_bytes];
  const Result<std::size_t> got = file.read(0, first, sizeof first);
  if (!got) return got.error();
  return is_compressed({first, *got});
}

// fread() waits until it has all it was asked for: it is asked for what is there.
std::ptrdiff_t read_stream(std::FILE* stream, int fd, char* buffer, std::size_t n) {
  int there = 0;
  if (fd >= 0 && ::ioctl(fd, FIONREAD, &there) == 0 && there > 0) n = std::min(n, static_cast<std::size_t>(there));
  std::clearerr(stream);
  const std::size_t got = std::fread(buffer, 1, n, stream);
  return got == 0 && std::ferror(stream) != 0 ? -1 : static_cast<std::ptrdiff_t>(got);
}

Result<std::shared_ptr<const OpenSource>> decompressed(const std::string& name, std::string_view bytes, const JsonLimits& limits) {
  Intake all(name, limits.max_bytes);
  DRIFT_TRY(all.add(bytes));
  return std::move(all).finish();
}

Result<std::shared_ptr<const OpenSource>> open_file(const std::string& path, const JsonLimits& limits, const OpContext& ctx) {
  int fd = -1;
  do {
    DRIFT_TRY(ctx.check());
    fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a FIFO without a writer is waited for below, not here
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return os_error(errno, path, "opened");
  struct stat status {};
  if (::fstat(fd, &status) != 0) {
    const int code = errno;
    ::close(fd);
    return os_error(code, path, "examined");
  }
  if (S_ISREG(status.st_mode)) {
    auto file = std::make_shared<FileSource>(path, fd, status);
    if (file->size() > limits.max_bytes) return too_large(path, limits.max_bytes);
    const Result<bool> compressed = is_compressed(*file);
    if (!compressed) return compressed.error();
    if (*compressed) return decompressed(*file, limits, ctx);
    return std::shared_ptr<const OpenSource>(std::move(file));
  }
  if (S_ISDIR(status.st_mode)) {
    ::close(fd);
    return Error(Errc::io, "a folder was given where a document was expected").at(path).next("name a file in it");
  }
  auto opened = slurp(path, fd, limits, ctx, [fd](char* buffer, std::size_t n) { return ::read(fd, buffer, n); });
  ::close(fd);
  return opened;
}

Result<std::shared_ptr<const OpenSource>> open_impl(const std::shared_ptr<ByteSource::Impl>& impl, const JsonLimits& limits,
                                                    const OpContext& ctx) {
  using Kind = ByteSource::Impl::Kind;
  switch (impl->kind) {
    case Kind::file:
      return open_file(impl->name, limits, ctx);
    case Kind::stream: {
      const int fd = ::fileno(impl->stream);
      return slurp(impl->name, fd, limits, ctx,
                   [&impl, fd](char* buffer, std::size_t n) { return read_stream(impl->stream, fd, buffer, n); });
    }
    case Kind::owned:
      // Moved, not copied: from here on the open source holds them.
      if (impl->bytes.size() > limits.max_bytes) return too_large(impl->name, limits.max_bytes);
      if (is_compressed(impl->bytes)) return decompressed(impl->name, impl->bytes, limits);
      return in_memory(impl->name, std::move(impl->bytes));
    case Kind::borrowed:
      break;
  }
  if (impl->view.size() > limits.max_bytes) return too_large(impl->name, limits.max_bytes);
  if (is_compressed(impl->view)) return decompressed(impl->name, impl->view, limits);
  return std::shared_ptr<const OpenSource>(std::make_shared<MemorySource>(impl->name, impl->view, nullptr));
}

}  // namespace

Result<std::shared_ptr<const OpenSource>> open_source(const ByteSource& source, const JsonLimits& limits, const OpContext& ctx) {
  const std::shared_ptr<ByteSource::Impl>& impl = source.impl();
  const std::lock_guard lock(impl->mutex);
  if (impl->opened) {
    if (impl->opened->size() > limits.max_bytes) return too_large(impl->name, limits.max_bytes);
    return impl->opened;
  }
  auto opened = open_impl(impl, limits, ctx);
  if (opened) impl->opened = *opened;
  return opened;
}

ByteSource for_one_read(const ByteSource& source) {
  return source.impl()->kind == ByteSource::Impl::Kind::file ? ByteSource::file(source.name()) : source;
}

TextPosition position_in(const OpenSource& source, std::uint64_t offset) {
  TextPosition at;
  std::array<char, std::size_t{64} << 10> buffer;
  while (at.byte < offset) {
    const std::size_t wanted = std::min<std::uint64_t>(buffer.size(), offset - at.byte);
    const auto got = source.read(at.byte, buffer.data(), wanted);
    if (!got || *got == 0) break;  // the position stays at what could be counted
    at = position_of(std::string_view(buffer.data(), *got), *got, at);
  }
  return at;
}

Error changed_error(const std::string& name) {
  return Error(Errc::changed_while_reading, "the document changed while it was in use").at(name).next("scan again").retryable();
}

}  // namespace drift::state_internal
