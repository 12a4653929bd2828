// The process that the library is a guest in: what has to be in order when it forks, and when it ends.
//
// fork() copies one thread only. What another one held then would stay locked in the child for ever, so that the library's own locks of the
// whole process are taken before a fork and given back on both sides; the child forgets its parent's runs.
//
// At the end of the process exit() takes down, one after the other, what was registered for that. Who works for the library then, in
// a run's thread or in the host's own, is told to stop and waited for shortly; nothing new begins.
//
// Thread rule: any. Ownership: all of it is never destroyed, as threads may outlive the end of main().
#pragma once

#include <memory>
#include <mutex>

#include "drift/base/cancel.hpp"
#include "drift/base/result.hpp"

namespace drift::capi {

class RunState;

// Locks of the whole process. Who holds one takes only those that stand behind it.
struct ProcessLocks {
  std::mutex work;     // what is under way
  std::mutex handles;  // between a look at a run's handle and taking a share of the run, nobody frees it
  std::mutex slots;    // of handles, that rest
};
[[nodiscard]] ProcessLocks& process_locks();

// A run that begins; E_CANCELLED once the process has begun to end.
[[nodiscard]] Status begin_run(const std::shared_ptr<RunState>& run);

// A call that works in the host's own thread, as long as this lives.
class CallAtWork {
 public:
  CallAtWork();
  ~CallAtWork();
  CallAtWork(const CallAtWork&) = delete;
  CallAtWork& operator=(const CallAtWork&) = delete;
  // E_CANCELLED once the process has begun to end: then nothing may be begun.
  [[nodiscard]] Status check() const;
  // Is cancelled when the process begins to end.
  [[nodiscard]] const CancelToken& cancel_token() const;

 private:
  bool counted_ = false;
};

}  // namespace drift::capi
