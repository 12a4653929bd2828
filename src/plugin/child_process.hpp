// A plugin's process: started, drained, watched and ended, with nothing left behind.
//
// Example:
//   Result<std::shared_ptr<ChildProcess>> child = ChildProcess::spawn({.program = path, .env = env}, ctx);
//   Result<std::optional<std::string>> line = (*child)->first_line(ctx);
//   ...
//   (*child)->stop(std::chrono::seconds(2));
//
// Standard output and error are read from the start and for ever by a thread of its own: a plugin whose pipe is full stands still. The
// first line of output is handed out, the rest is dropped; of standard error the last part is kept, and a panic whole (OutputTail). The
// process is the leader of its own group, and ends with the host, however that ends. The group gets the signals, so that what it started
// goes too, unless that left the group (setsid). When the process ends by itself, what is left of the group is killed; when the host ends,
// by a watcher that is in the group (watcher.hpp).
// Only its own pid and the watcher's are waited for. A host that waits for all children, or ignores SIGCHLD, takes the exit status, and
// nothing else.
//
// Errors of spawn(): E_NOT_FOUND, E_PERMISSION (not executable), E_UNSUPPORTED_FEATURE (built for another machine), E_IO, E_CANCELLED,
// E_DEADLINE, each with the next step.
// Thread rule: any. Ownership: the last owner kills the process. In a child of fork() the process is left alone.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drift/base/cancel.hpp"

namespace drift::plugin {

struct ChildOptions {
  std::string program{};            // a path
  std::vector<std::string> args{};  // without the program's name
  std::vector<std::string> env{};   // "NAME=value": all of it, nothing is inherited
  std::string cwd{};                // empty: the host's
  std::string folder{};             // the process's own: removed when the host is gone before it could do that; empty: none
  std::size_t tail_bytes = std::size_t{64} << 10;
  std::size_t panic_bytes = std::size_t{256} << 10;
  // Each line of standard error (what is over 1 MiB of one is cut off), on the process's thread: short, and not throwing.
  std::function<void(std::string_view)> on_stderr_line{};
};

struct ExitStatus {
  std::optional<int> code{};               // of exit()
  std::optional<int> signal{};             // that killed it; neither: the host took the status
  [[nodiscard]] std::string text() const;  // "exit status 1", "signal 9 (Killed)"
};

class ChildProcess {
 public:
  // ETXTBSY (a file that was just installed) is tried again 4 times, after 50, 100, 200 and 400 ms.
  [[nodiscard]] static Result<std::shared_ptr<ChildProcess>> spawn(const ChildOptions& options, const OpContext& ctx);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  [[nodiscard]] pid_t pid() const noexcept;
  [[nodiscard]] bool running() const;
  [[nodiscard]] std::optional<ExitStatus> exit_status() const;  // once it has ended and its output is read

  // The first line of standard output (at most 64 KiB of it), without its line feed. None when the output or the process ended before.
  [[nodiscard]] Result<std::optional<std::string>> first_line(const OpContext& ctx) const;
  // True when it has ended in that time.
  bool wait(std::chrono::milliseconds most) const;
  // `signal` to the group, that long, then SIGKILL. False when the process outlives even that (a hung mount): it is still watched then.
  bool stop(std::chrono::milliseconds grace, int signal = SIGTERM);
  bool kill();

  [[nodiscard]] std::string stderr_tail() const;
  [[nodiscard]] std::string panic() const;

  struct State;

 private:
  explicit ChildProcess(std::shared_ptr<State> state);
  std::shared_ptr<State> s_;
};

// Resident memory of a process; none when there is no such process.
[[nodiscard]] std::optional<std::uint64_t> resident_bytes(pid_t pid);

}  // namespace drift::plugin
