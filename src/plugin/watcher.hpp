// The watcher of a plugin: a small process that ends what the plugin started, and removes its folder, when the host is gone.
//
// When a host ends without its last words (SIGKILL, a crash, exit() amid a call) the kernel kills the plugin (PR_SET_PDEATHSIG), but not
// what the plugin started: credential helpers, tunnels. So each plugin has a watcher in its own process group, which does nothing but wait
// for the end of the host. Then the group gets SIGTERM (which it ignores, as whatever else is sent there), the folder goes, and the group
// gets SIGKILL. Its own memory is some 100 KB (dash).
//
// It is a member of the group, and no outsider that knows a number: as long as it is there, the group's number can become nobody else's, so
// that it cannot hit a foreign group; and whoever kills the group, ends it too. It is a child of the host (CLONE_PARENT), which takes its
// status, so that it leaves no zombie, also where the host is the first process of a container. The host ends the group before it takes the
// leader's status, as ever. Without the watcher (no /bin/sh, somebody killed it) all is as it would be without this file.
//
// It is /bin/sh with a script of one line. A fork without exec would need no shell; but it would copy the page tables of the host, which
// may be large, keep what the host frees, show the host's command line, and hold its secrets in memory. A clone that shares the host's
// memory would be killed with it when memory runs out. How it learns of the end: by a death signal (which is ignored until there is a trap
// for it), because a pipe alone would stay open in children that the host forked; and by the end of the pipe should the signal come too
// early.
//
// Thread rule: made by the thread that starts plugins, which lives as long as the process: the death signal is that of the thread.
#pragma once

#include <sys/types.h>

#include <array>
#include <string>
#include <vector>

namespace drift::plugin {

// All that it takes, made before the vfork(): after it there are only system calls.
class WatcherPlan {
 public:
  // Borrows the descriptors: `leash`, the reading end of a pipe that the host holds, and `null`. No folder: empty.
  WatcherPlan(std::string folder, int leash, int null, int most_fds);
  WatcherPlan(const WatcherPlan&) = delete;
  WatcherPlan& operator=(const WatcherPlan&) = delete;

  // In the child of vfork() that is to be the plugin, when it leads its own group: makes a sibling. -1: there is none.
  [[nodiscard]] pid_t start() const noexcept;

 private:
  static int run(void* plan) noexcept;

  std::string folder_;
  int leash_;
  int null_;
  int most_fds_;
  pid_t host_;
  mutable std::vector<char> stack_;
  std::array<const char*, 6> argv_{};
};

}  // namespace drift::plugin
