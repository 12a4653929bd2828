#include "plugin/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <new>
#include <utility>

#include "plugin/fd.hpp"
#include "plugin/output_tail.hpp"
#include "plugin/quiet_thread.hpp"
#include "plugin/spawn_error.hpp"
#include "plugin/spawner.hpp"

namespace drift::plugin {
namespace {

constexpr std::chrono::milliseconds slice(20);
constexpr std::size_t first_line_bytes = std::size_t{64} << 10;
constexpr std::size_t line_bytes = std::size_t{1} << 20;
constexpr std::size_t chunk = std::size_t{64} << 10;
constexpr std::chrono::seconds kill_patience(5);  // a killed process that still does not end hangs in the kernel
constexpr int busy_attempts = 4;                  // ETXTBSY
constexpr int poll_without_pidfd = 50;

void not_blocking(int fd) { ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK); }

}  // namespace

// Shared by the owner and the thread that drains; the thread's own part is used by no other.
struct ChildProcess::State {
  // Set once.
  pid_t pid = -1;
  pid_t host = ::getpid();
  pid_t watcher = -1;
  Fd out{}, err{}, pidfd{}, leash{};
  std::function<void(std::string_view)> on_line{};
  std::optional<QuietThread> thread{};

  // Shared.
  mutable std::mutex mutex{};
  mutable std::condition_variable news{};
  OutputTail tail;
  std::string first{};
  bool first_whole = false;  // it has its line feed, or is as long as is taken
  bool out_ended = false;    // nothing more comes from standard output
  bool reaped = false;       // the pid may be somebody else's now
  std::optional<ExitStatus> exit{};

  // The thread's.
  LineCutter lines{line_bytes};
  std::array<char, chunk> buffer{};

  explicit State(const ChildOptions& o) : on_line(o.on_stderr_line), tail(o.tail_bytes, o.panic_bytes) {}

  void run();
  bool drain(Fd& fd, bool is_out);
  void take_out(std::string_view bytes);
  bool has_ended() const;
  void bury();
  bool signal_group(int signal) const;
};

// Reads once; false when there is nothing more now or ever.
bool ChildProcess::State::drain(Fd& fd, bool is_out) {
  if (!fd.open()) return false;
  const ssize_t n = ::read(fd.get(), buffer.data(), buffer.size());
  if (n < 0) return errno == EINTR;
  if (n == 0) {
    fd.reset();
    if (is_out) {
      const std::lock_guard lock(mutex);
      out_ended = true;
      news.notify_all();
    }
    return false;
  }
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(n));
  if (is_out) {
    take_out(bytes);
    return true;
  }
  {
    const std::lock_guard lock(mutex);
    tail.feed(bytes);
  }
  if (on_line) lines.feed(bytes, on_line);
  return true;
}

void ChildProcess::State::take_out(std::string_view bytes) {
  const std::lock_guard lock(mutex);
  if (first_whole) return;
  const std::size_t end = bytes.find('\n');
  first.append(bytes.substr(0, std::min(end, first_line_bytes - first.size())));
  first_whole = end != std::string_view::npos || first.size() == first_line_bytes;
  if (first_whole) news.notify_all();
}

// Without taking its status: as long as that is there, neither its pid nor its group can become somebody else's.
bool ChildProcess::State::has_ended() const {
  siginfo_t info{};
  const int rv = ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT | WNOHANG);
  return (rv == 0 && info.si_pid != 0) || (rv < 0 && errno == ECHILD);
}

void ChildProcess::State::bury() {
  signal_group(SIGKILL);  // what it started, and the watcher
  reap(watcher);
  // What it wrote is still in the pipes, 64 KiB each at most; a process that left the group may go on writing.
  for (int i = 0; i < 64 && drain(out, true); ++i) {
  }
  for (int i = 0; i < 64 && drain(err, false); ++i) {
  }
  const std::lock_guard lock(mutex);
  const int status = reap(pid);
  reaped = true;
  ExitStatus ended;
  if (status >= 0 && WIFEXITED(status)) ended.code = WEXITSTATUS(status);
  if (status >= 0 && WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
  exit = ended;
  out_ended = true;
  news.notify_all();
}

void ChildProcess::State::run() {
  for (;;) {
    std::array<pollfd, 3> p = {{{out.get(), POLLIN, 0}, {err.get(), POLLIN, 0}, {pidfd.get(), POLLIN, 0}}};
    const int n = ::poll(p.data(), p.size(), pidfd.open() ? -1 : poll_without_pidfd);
    if (n < 0 && errno != EINTR) system_clock().sleep(slice);  // the kernel is out of memory
    if (p[0].revents != 0) drain(out, true);
    if (p[1].revents != 0) drain(err, false);
    if ((!pidfd.open() || p[2].revents != 0) && has_ended()) break;
  }
  bury();
  out.reset();
  err.reset();
  leash.reset();
}

bool ChildProcess::State::signal_group(int signal) const {
  const std::lock_guard lock(mutex);
  return !reaped && ::kill(-pid, signal) == 0;
}

std::string ExitStatus::text() const {
  if (code) return "exit status " + std::to_string(*code);
  if (!signal) return "an exit status that the host took";
  const char* name = ::sigdescr_np(*signal);
  return "signal " + std::to_string(*signal) + (name != nullptr ? " (" + std::string(name) + ")" : "");
}

ChildProcess::ChildProcess(std::shared_ptr<State> state) : s_(std::move(state)) {}

Result<std::shared_ptr<ChildProcess>> ChildProcess::spawn(const ChildOptions& options, const OpContext& ctx) {
  auto state = std::make_shared<State>(options);
  Result<Spawned> made = Spawned{};
  for (int attempt = 0;; ++attempt) {
    Result<Pipe> out = make_pipe();
    if (!out) return std::move(out).error();
    Result<Pipe> err = make_pipe();
    if (!err) return std::move(err).error();
    made = plugin::spawn(
        {options.program, options.args, options.env, options.cwd, options.folder, std::move(out->write), std::move(err->write)}, ctx);
    if (!made) return std::move(made).error();
    state->out = std::move(out->read);
    state->err = std::move(err->read);
    if (made->failed != SpawnStage::exec || made->error != ETXTBSY || attempt == busy_attempts) break;
    ctx.clock->sleep(std::chrono::milliseconds(50) * (1 << attempt));
  }
  if (made->failed != SpawnStage::none) return spawn_error(*made, options.program, options.cwd);
  not_blocking(state->out.get());
  not_blocking(state->err.get());
  state->pid = made->pid;
  state->pidfd = std::move(made->pidfd);
  state->watcher = made->watcher;
  state->leash = std::move(made->leash);
  Result<QuietThread> thread = QuietThread::start("drift-child", [state] { state->run(); });
  if (!thread) {
    state->bury();
    return std::move(thread).error();
  }
  state->thread.emplace(std::move(*thread));
  return std::shared_ptr<ChildProcess>(new ChildProcess(std::move(state)));
}

ChildProcess::~ChildProcess() {
  if (s_->host != ::getpid()) {
    // The other process's: its locks may be held for ever here, so that it is never destroyed.
    if (auto* kept = new (std::nothrow) std::shared_ptr<State>) kept->swap(s_);
    return;  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): on purpose
  }
  if (kill())
    s_->thread->join();
  else
    s_->thread->detach();
}

pid_t ChildProcess::pid() const noexcept { return s_->pid; }

bool ChildProcess::running() const { return s_->host == ::getpid() && !exit_status(); }

std::optional<ExitStatus> ChildProcess::exit_status() const {
  const std::lock_guard lock(s_->mutex);
  return s_->exit;
}

Result<std::optional<std::string>> ChildProcess::first_line(const OpContext& ctx) const {
  std::unique_lock lock(s_->mutex);
  while (!s_->first_whole && !s_->out_ended) {
    DRIFT_TRY(ctx.check());
    s_->news.wait_for(lock, slice);
  }
  if (!s_->first_whole && s_->first.empty()) return std::optional<std::string>();
  return std::optional<std::string>(s_->first);
}

bool ChildProcess::wait(std::chrono::milliseconds most) const {
  std::unique_lock lock(s_->mutex);
  return s_->news.wait_for(lock, most, [this] { return s_->exit.has_value(); });
}

bool ChildProcess::stop(std::chrono::milliseconds grace, int signal) {
  if (s_->host != ::getpid()) return false;
  s_->signal_group(signal);
  return wait(grace) || kill();
}

bool ChildProcess::kill() {
  if (s_->host != ::getpid()) return false;
  s_->signal_group(SIGKILL);
  return wait(kill_patience);
}

std::string ChildProcess::stderr_tail() const {
  const std::lock_guard lock(s_->mutex);
  return s_->tail.tail();
}

std::string ChildProcess::panic() const {
  const std::lock_guard lock(s_->mutex);
  return s_->tail.panic();
}

std::optional<std::uint64_t> resident_bytes(pid_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/statm";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), std::fclose);
  unsigned long long total = 0;
  unsigned long long resident = 0;
  if (!file || std::fscanf(file.get(), "%llu %llu", &total, &resident) != 2) return std::nullopt;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace drift::plugin
