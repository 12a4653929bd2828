// File descriptors that close themselves, and a bell that wakes a thread in poll().
//
// Thread rule: an Fd belongs to one thread; Wake::ring() may be called from any. Ownership: each owns its descriptors; all are CLOEXEC.
#pragma once

#include <utility>

#include "drift/base/result.hpp"

namespace drift::plugin {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) noexcept : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool open() const noexcept { return fd_ >= 0; }
  void reset() noexcept;

 private:
  int fd_ = -1;
};

struct Pipe {
  Fd read;
  Fd write;
};
// Both ends above standard error, so that a child can be given them as its own 0, 1 and 2 without one overwriting the other.
[[nodiscard]] Result<Pipe> make_pipe();

class Wake {
 public:
  [[nodiscard]] static Result<Wake> make();
  void ring() const noexcept;
  void hear() const noexcept;  // takes all rings so far
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

 private:
  explicit Wake(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

// For a child before execve(): what is above standard error is not for the next program. Only makes system calls. `most`: where the kernel
// has no close_range().
void hide_descriptors(int most) noexcept;

// "Too many open files" and the like, for a call that failed just now.
[[nodiscard]] std::string errno_text(int number);

}  // namespace drift::plugin
