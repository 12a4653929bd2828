#include "plugin/fd.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace drift::plugin {
namespace {

constexpr unsigned cloexec_range = 1U << 2;  // CLOSE_RANGE_CLOEXEC, Linux 5.11

Error no_descriptor(const char* what) {
  return Error(Errc::io, std::string(what) + " could not be made: " + errno_text(errno))
      .next("look at the limit of open files of the process");
}

// A descriptor that is 3 or more, whatever the host has closed.
bool lift(Fd& fd) {
  if (fd.get() > STDERR_FILENO) return true;
  const int up = ::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (up < 0) return false;
  fd = Fd(up);
  return true;
}

}  // namespace

void Fd::reset() noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return no_descriptor("a pipe");
  Pipe made{Fd(ends[0]), Fd(ends[1])};
  if (!lift(made.read) || !lift(made.write)) return no_descriptor("a pipe");
  return made;
}

Result<Wake> Wake::make() {
  Fd fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!fd.open()) return no_descriptor("an event descriptor");
  return Wake(std::move(fd));
}

void Wake::ring() const noexcept {
  const std::uint64_t one = 1;
  while (::write(fd_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void Wake::hear() const noexcept {
  std::uint64_t rings = 0;
  while (::read(fd_.get(), &rings, sizeof rings) < 0 && errno == EINTR) {
  }
}

void hide_descriptors(int most) noexcept {
#ifdef SYS_close_range
  if (::syscall(SYS_close_range, 3U, ~0U, cloexec_range) == 0) return;
#endif
  for (int fd = 3; fd < most; ++fd) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

std::string errno_text(int number) { return std::generic_category().message(number); }

}  // namespace drift::plugin
