// A thread of the library: it takes none of the host's signals, and does not come in the way of fork() and exit().
//
// Example:
//   auto thread = QuietThread::start("drift-grpc", [state] { state->run(); });
//   ...; state->stop(); thread->join();
//
// In a child of fork() the thread is not there: join() and the destructor do nothing then. At exit() the threads go on until the process is
// gone, so that they may use nothing that is destroyed before.
// Thread rule: one owner. What the function throws ends the process: it has to catch.
#pragma once

#include <functional>
#include <memory>

#include "drift/base/result.hpp"

namespace drift::plugin {

class QuietThread {
 public:
  QuietThread() = default;
  [[nodiscard]] static Result<QuietThread> start(const char* name, std::function<void()> work);
  QuietThread(QuietThread&&) noexcept = default;
  QuietThread& operator=(QuietThread&&) = delete;
  ~QuietThread();

  // Waits for its end; called by the thread itself, lets it go on alone.
  void join();
  void detach();

 private:
  struct Handle;
  struct Forget {
    void operator()(Handle* handle) const noexcept;
  };
  explicit QuietThread(Handle* handle) : handle_(handle) {}
  std::unique_ptr<Handle, Forget> handle_;
};

}  // namespace drift::plugin
