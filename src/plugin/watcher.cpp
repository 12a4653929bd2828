#include "plugin/watcher.hpp"

#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "plugin/fd.hpp"

namespace drift::plugin {
namespace {

// `read` ends with the trap's signal, or with the pipe. `kill` is the shell's own; the first one is so that nobody goes on writing into the
// folder, which is their TMPDIR, too.
constexpr const char* script = R"(trap : URG; read -r x; kill -15 0; [ -z "$1" ] || rm -rf -- "$1"; kill -9 0)";
constexpr std::array<const char*, 2> environment = {"PATH=/usr/bin:/bin", nullptr};  // for rm; nothing of the host's
constexpr std::size_t stack_bytes = std::size_t{32} << 10;

}  // namespace

WatcherPlan::WatcherPlan(std::string folder, int leash, int null, int most_fds)
    : folder_(std::move(folder)), leash_(leash), null_(null), most_fds_(most_fds), host_(::getpid()), stack_(stack_bytes) {
  argv_ = {"sh", "-c", script, "drift-watcher", folder_.c_str(), nullptr};
}

pid_t WatcherPlan::start() const noexcept {
  const auto end = reinterpret_cast<std::uintptr_t>(stack_.data() + stack_.size());
  char* const top = stack_.data() + stack_.size() - end % 16;
  // As vfork(): this process stands still until the other is a program of its own. Its stack is its own, because this one returns.
  return ::clone(run, top, CLONE_VM | CLONE_VFORK | CLONE_PARENT | SIGCHLD, const_cast<WatcherPlan*>(this));
}

// AddressSanitizer would mark what is on the stack, and nobody would take the marks away again.
[[gnu::no_sanitize_address]] int WatcherPlan::run(void* plan) noexcept {
  const auto& p = *static_cast<const WatcherPlan*>(plan);
  ::prctl(PR_SET_PDEATHSIG, SIGURG);
  if (::getppid() != p.host_) return 127;  // the plugin is killed by its own death signal
  // What is sent to the group is not for it, but SIGKILL.
  struct sigaction ignored {};
  ignored.sa_handler = SIG_IGN;
  for (int s = 1; s < NSIG; ++s)
    if (s != SIGURG && s != SIGCHLD) ::sigaction(s, &ignored, nullptr);
  if (::chdir("/") != 0 || ::dup2(p.leash_, 0) < 0 || ::dup2(p.null_, 1) < 0 || ::dup2(p.null_, 2) < 0) return 127;
  hide_descriptors(p.most_fds_);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve("/bin/sh", const_cast<char* const*>(p.argv_.data()), const_cast<char* const*>(environment.data()));
  return 127;
}

}  // namespace drift::plugin
