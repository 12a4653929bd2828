// Starts programs from inside a library: no handler of SIGCHLD, no atfork handlers, no descriptor of the host in the child, no orphan.
//
// All children are started by one thread of the library, which lives until the process ends: the kernel sends a child its death signal when
// the *thread* that made it dies (prctl(2), PR_SET_PDEATHSIG). The thread begins with the first child and does not keep exit() from
// working. The child gets a session of its own, and so a process group and no terminal, default signals with an empty mask, 0 from
// /dev/null, 1 and 2 as given, no other descriptor. What it starts in its group goes with the host, too (watcher.hpp).
//
// Thread rule: any. A child of fork() starts a thread of its own.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "drift/base/cancel.hpp"
#include "plugin/fd.hpp"

namespace drift::plugin {

struct SpawnRequest {
  std::string program{};            // a path; PATH is not searched
  std::vector<std::string> args{};  // without the name of the program
  std::vector<std::string> env{};   // "NAME=value", all of it
  std::string cwd{};                // empty: the host's
  std::string folder{};             // removed when the host ends before the child does; empty: none
  Fd out{};                         // become 1 and 2
  Fd err{};
};

enum class SpawnStage : int { none, fork, chdir, exec };

struct Spawned {
  pid_t pid = -1;
  Fd pidfd{};          // where the kernel has them
  pid_t watcher = -1;  // in the same group, and goes with it; its status is to be taken, too (watcher.hpp); -1: there is none
  Fd leash{};          // the watcher's: to be held as long as the child is
  SpawnStage failed = SpawnStage::none;
  int error = 0;  // errno of what failed
};

// One attempt. E_CANCELLED, E_DEADLINE: a child that comes to be later is killed. Failures of the system are in Spawned.
// What started the child is the caller's to end: SIGKILL to the group, then reap() of the watcher, then of the child.
[[nodiscard]] Result<Spawned> spawn(SpawnRequest request, const OpContext& ctx);

// Waits for that child of the host, which ends now: its wait status, or -1 (none, or the host took it).
int reap(pid_t pid);

}  // namespace drift::plugin
