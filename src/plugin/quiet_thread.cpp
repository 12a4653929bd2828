#include "plugin/quiet_thread.hpp"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <system_error>
#include <thread>
#include <utility>

namespace drift::plugin {

struct QuietThread::Handle {
  std::thread thread;
  pid_t pid = ::getpid();
};

void QuietThread::Forget::operator()(Handle* handle) const noexcept {
  if (handle->pid != ::getpid()) return;  // the memory of a thread of another process: nothing of it may be touched
  if (handle->thread.joinable()) handle->thread.detach();
  delete handle;
}

Result<QuietThread> QuietThread::start(const char* name, std::function<void()> work) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  Result<QuietThread> started = [&]() -> Result<QuietThread> {
    try {
      auto handle = std::make_unique<Handle>();
      handle->thread = std::thread(std::move(work));
      pthread_setname_np(handle->thread.native_handle(), name);
      return QuietThread(handle.release());
    } catch (const std::system_error& e) {
      return Error(Errc::internal, std::string("the system gave no thread: ") + e.what()).next("look at the limits of the process");
    }
  }();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return started;
}

QuietThread::~QuietThread() { join(); }

void QuietThread::join() {
  if (!handle_) return;
  if (handle_->pid == ::getpid() && handle_->thread.joinable() && handle_->thread.get_id() != std::this_thread::get_id())
    handle_->thread.join();
  handle_.reset();
}

void QuietThread::detach() { handle_.reset(); }

}  // namespace drift::plugin
