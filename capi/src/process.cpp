#include "process.hpp"

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <vector>

#include "run_state.hpp"
#include "third/digest.hpp"
#include "third/simdjson_tape.hpp"

namespace drift::capi {
namespace {

// How long exit() waits for what is under way.
constexpr std::chrono::milliseconds exit_grace(500);

// Under ProcessLocks::work.
struct Work {
  std::vector<std::weak_ptr<RunState>> runs;
  std::size_t calls = 0;
  std::condition_variable ended;  // of calls
  CancelToken cancel;             // of calls
  bool ending = false;
};

Work*& work_slot() {
  static Work* all = new Work;
  return all;
}
Work& work() { return *work_slot(); }

void be_told_of_the_end();

void before_fork() {
  be_told_of_the_end();  // so that no thread is amid that when the process is copied
  process_locks().work.lock();
  process_locks().handles.lock();
  process_locks().slots.lock();
}

void after_fork() {
  process_locks().slots.unlock();
  process_locks().handles.unlock();
  process_locks().work.unlock();
}

// The threads of the runs and calls are in the other process, with what they hold: all that is left alone, and begun anew.
void after_fork_in_child() {
  work_slot() = new Work;
  after_fork();
}

void stop_all() {
  std::vector<std::shared_ptr<RunState>> runs;
  {
    const std::lock_guard lock(process_locks().work);
    work().ending = true;
    work().cancel.cancel();
    for (const auto& weak : work().runs)
      if (auto run = weak.lock()) runs.push_back(std::move(run));
  }
  for (const auto& run : runs) run->cancel();
  const auto until = std::chrono::steady_clock::now() + exit_grace;
  for (const auto& run : runs) run->wait_for_end(until);
  std::unique_lock lock(process_locks().work);
  work().ended.wait_until(lock, until, [] { return work().calls == 0; });
}

// What exit() runs last was registered first, so that the libraries that have something to take down are made ready before.
void be_told_of_the_end() {
  static const bool told = [] {
    third::outlive_main();
    third::TapeParser::make_ready();
    return std::atexit(stop_all) == 0;
  }();
  (void)told;
}

Error ending() {
  return Error(Errc::cancelled, "the process has begun to end").next("start nothing once exit() was called, or main() has returned");
}

}  // namespace

ProcessLocks& process_locks() {
  static ProcessLocks* const locks = [] {
    auto* const made = new ProcessLocks;
    (void)work();
    ::pthread_atfork(before_fork, after_fork, after_fork_in_child);
    return made;
  }();
  return *locks;
}

Status begin_run(const std::shared_ptr<RunState>& run) {
  be_told_of_the_end();
  const std::lock_guard lock(process_locks().work);
  if (work().ending) return ending();
  std::erase_if(work().runs, [](const auto& weak) { return weak.expired(); });
  work().runs.push_back(run);
  return {};
}

CallAtWork::CallAtWork() {
  be_told_of_the_end();
  const std::lock_guard lock(process_locks().work);
  if (work().ending) return;
  ++work().calls;
  counted_ = true;
}

CallAtWork::~CallAtWork() {
  if (!counted_) return;
  const std::lock_guard lock(process_locks().work);
  --work().calls;
  work().ended.notify_all();
}

Status CallAtWork::check() const {
  if (!counted_) return ending();
  return {};
}

const CancelToken& CallAtWork::cancel_token() const { return work().cancel; }

}  // namespace drift::capi
