#include "plugin/quiet_thread.hpp"

#include <doctest/doctest.h>
#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <optional>

using namespace drift::plugin;

TEST_CASE("a thread of the library takes no signal, and leaves the caller's mask as it was") {
  sigset_t before;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  std::atomic<int> open{-1};
  auto thread = QuietThread::start("drift-test", [&] {
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    int n = 0;
    for (int s = 1; s < 32; ++s)
      if (s != SIGKILL && s != SIGSTOP && sigismember(&mask, s) == 0) ++n;
    open = n;
  });
  REQUIRE(thread.ok());
  thread->join();
  CHECK(open == 0);
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (int s = 1; s < 32; ++s) CHECK(sigismember(&after, s) == sigismember(&before, s));
}

TEST_CASE("a thread that joins itself goes on alone") {
  std::atomic<bool> done{false};
  auto* held = new std::optional<QuietThread>();
  std::atomic<bool> stored{false};
  auto thread = QuietThread::start("drift-test", [&] {
    while (!stored) {
    }
    (*held)->join();
    delete held;
    done = true;
  });
  REQUIRE(thread.ok());
  held->emplace(std::move(*thread));
  stored = true;
  while (!done) {
  }
}
