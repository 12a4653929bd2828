#include "plugin/spawner.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "plugin/quiet_thread.hpp"
#include "plugin/watcher.hpp"

namespace drift::plugin {
namespace {

constexpr std::chrono::milliseconds slice(20);

// All that the child needs, made before it is: between vfork() and execve() it may only make system calls.
struct Prepared {
  const char* program;
  char* const* argv;
  char* const* envp;
  const char* cwd;  // may be null
  int in, out, err;
  int report;  // the pid of the watcher, and what failed; closed by a successful execve()
  pid_t parent;
  int most_fds;
  const WatcherPlan* watcher;
};

struct Report {
  SpawnStage stage;
  int error;
};

[[noreturn]] void give_up(const Prepared& p, SpawnStage stage) {
  const Report report{stage, errno};
  (void)!::write(p.report, &report, sizeof report);
  ::_exit(127);
}

[[noreturn]] void be_child(const Prepared& p) {
  ::setsid();  // a group of its own, and no terminal that it could ask for a password
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != p.parent) ::_exit(127);  // it died before it could be watched
  struct sigaction fresh {};
  fresh.sa_handler = SIG_DFL;
  for (int s = 1; s < NSIG; ++s) ::sigaction(s, &fresh, nullptr);
  const pid_t watcher = p.watcher->start();
  (void)!::write(p.report, &watcher, sizeof watcher);
  if (p.cwd != nullptr && ::chdir(p.cwd) != 0) give_up(p, SpawnStage::chdir);
  if (::dup2(p.in, 0) < 0 || ::dup2(p.out, 1) < 0 || ::dup2(p.err, 2) < 0) give_up(p, SpawnStage::fork);
  hide_descriptors(p.most_fds);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(p.program, p.argv, p.envp);
  give_up(p, SpawnStage::exec);
}

// vfork() copies no page tables, which a large host would pay for, and runs no atfork handlers of the host. The memory is shared until the
// child is another program, so that this function has nothing that the child could spoil.
[[gnu::noinline]] pid_t vfork_child(const Prepared& p) {
  const pid_t pid = ::vfork();  // NOLINT: see above
  if (pid == 0) be_child(p);    // NOLINT: see above
  return pid;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (std::string& t : texts) out.push_back(t.data());
  out.push_back(nullptr);
  return out;
}

int most_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  return static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 1U << 20));
}

template <class T>
std::optional<T> read_one(int fd) {
  T value{};
  ssize_t n = 0;
  while ((n = ::read(fd, &value, sizeof value)) < 0 && errno == EINTR) {
  }
  if (n != static_cast<ssize_t>(sizeof value)) return std::nullopt;
  return value;
}

// Sets the watcher; empty when the child is another program. After vfork() that is decided; ThreadSanitizer makes a fork() of it.
std::optional<Report> read_report(int fd, pid_t& watcher) {
#if !defined(__SANITIZE_THREAD__)
  ::fcntl(fd, F_SETFL, O_NONBLOCK);  // another fork of the host may hold the other end open
#endif
  watcher = read_one<pid_t>(fd).value_or(-1);
  return read_one<Report>(fd);
}

void end_group(const Spawned& made) {
  ::kill(-made.pid, SIGKILL);
  reap(made.watcher);
  reap(made.pid);
}

Spawned spawn_here(SpawnRequest& request) {
  Spawned out;
  const auto fail = [&](SpawnStage stage, int error) {
    out.failed = stage;
    out.error = error;
    return std::move(out);
  };
  Fd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (null.open() && null.get() <= STDERR_FILENO) null = Fd(::fcntl(null.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  Result<Pipe> report = make_pipe();
  Result<Pipe> leash = make_pipe();
  if (!null.open() || !report || !leash) return fail(SpawnStage::fork, errno);
  std::vector<std::string> args = {request.program};
  args.insert(args.end(), request.args.begin(), request.args.end());
  const std::vector<char*> argv = pointers(args);
  const std::vector<char*> envp = pointers(request.env);
  const int most_fds = most_descriptors();
  const WatcherPlan watcher(request.folder, leash->read.get(), null.get(), most_fds);
  const Prepared prepared{request.program.c_str(),
                          argv.data(),
                          envp.data(),
                          request.cwd.empty() ? nullptr : request.cwd.c_str(),
                          null.get(),
                          request.out.get(),
                          request.err.get(),
                          report->write.get(),
                          ::getpid(),
                          most_fds,
                          &watcher};
  out.pid = vfork_child(prepared);
  if (out.pid < 0) return fail(SpawnStage::fork, errno);
  report->write.reset();
  if (const std::optional<Report> failure = read_report(report->read.get(), out.watcher)) {
    end_group(out);
    out.pid = out.watcher = -1;
    return fail(failure->stage, failure->error);
  }
  out.leash = std::move(leash->write);
#ifdef SYS_pidfd_open
  out.pidfd = Fd(static_cast<int>(::syscall(SYS_pidfd_open, out.pid, 0)));
#endif
  return out;
}

struct Job {
  explicit Job(SpawnRequest r) : request(std::move(r)) {}
  SpawnRequest request;
  std::optional<Spawned> result{};
  bool left = false;  // nobody waits for it
};

// Never destroyed: its thread is there until the process is gone.
struct Spawner {
  std::mutex mutex{};
  std::condition_variable news{};
  std::deque<std::shared_ptr<Job>> jobs{};
  pid_t pid = ::getpid();
  bool broken = false;  // the system gave it no thread

  void run() {
    std::unique_lock lock(mutex);
    for (;;) {
      news.wait(lock, [this] { return !jobs.empty(); });
      const std::shared_ptr<Job> job = jobs.front();
      jobs.pop_front();
      if (job->left) continue;
      lock.unlock();
      Spawned made = spawn_here(job->request);
      job->request = {};
      lock.lock();
      if (job->left && made.pid > 0) end_group(made);
      job->result = std::move(made);
      news.notify_all();
    }
  }
};

std::atomic<Spawner*> the_spawner{nullptr};
// The parent's, in a child of fork(): kept in sight, so that nobody takes it for lost.
std::atomic<Spawner*> left_behind{nullptr};

Result<Spawner*> spawner() {
  Spawner* now = the_spawner.load(std::memory_order_acquire);
  if (now != nullptr && now->pid == ::getpid()) return now;
  auto made = std::make_unique<Spawner>();
  Spawner* const raw = made.get();
  Spawner* expected = now;
  if (!the_spawner.compare_exchange_strong(expected, raw, std::memory_order_acq_rel)) return expected;
  (void)made.release();
  left_behind.store(now, std::memory_order_relaxed);
  Result<QuietThread> thread = QuietThread::start("drift-spawn", [raw] { raw->run(); });
  if (!thread) {
    the_spawner.store(nullptr, std::memory_order_release);
    left_behind.store(raw, std::memory_order_relaxed);
    const std::lock_guard lock(raw->mutex);  // others may be waiting in it
    raw->broken = true;
    raw->news.notify_all();
    return std::move(thread).error();
  }
  thread->detach();
  return raw;
}

}  // namespace

int reap(pid_t pid) {
  int status = 0;
  pid_t got = -1;
  if (pid > 0)
    while ((got = ::waitpid(pid, &status, 0)) < 0 && errno == EINTR) {
    }
  return got == pid && pid > 0 ? status : -1;
}

Result<Spawned> spawn(SpawnRequest request, const OpContext& ctx) {
  DRIFT_TRY(ctx.check());
  Result<Spawner*> found = spawner();
  if (!found) return std::move(found).error();
  Spawner& s = **found;
  const auto job = std::make_shared<Job>(std::move(request));
  std::unique_lock lock(s.mutex);
  s.jobs.push_back(job);
  s.news.notify_all();
  while (!job->result) {
    if (Status stop = ctx.check(); !stop.ok()) {
      job->left = true;
      return std::move(stop).error();
    }
    if (s.broken) return Error(Errc::internal, "the system gave no thread to start programs in").next("look at the limits of the process");
    s.news.wait_for(lock, slice);
  }
  return std::move(*job->result);
}

}  // namespace drift::plugin
