#include "run_state.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>

#include "options.hpp"
#include "process.hpp"
#include "resource_json.hpp"

namespace drift::capi {
namespace {

// The longest sleep between two looks at deadlines that nobody signals.
constexpr std::chrono::milliseconds slice(20);
// Log events that wait; what is told beyond is dropped, so that a host that never looks does not fill the memory.
constexpr std::size_t most_logs = 10'000;
// How long close() waits for the run's thread, which was told to stop: so that at the end of a process none is left.
constexpr std::chrono::seconds close_grace(1);

int level_number(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return DRIFT_LOG_DEBUG;
    case LogLevel::info:
      return DRIFT_LOG_INFO;
    case LogLevel::warning:
      return DRIFT_LOG_WARNING;
    case LogLevel::error:
      return DRIFT_LOG_ERROR;
  }
  return DRIFT_LOG_INFO;
}

// The host's signals are the host's: no thread of the library takes one.
class NoSignals {
 public:
  NoSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~NoSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  NoSignals(const NoSignals&) = delete;
  NoSignals& operator=(const NoSignals&) = delete;

 private:
  sigset_t before_{};
};

Error closed() { return Error(Errc::closed, "the run was freed meanwhile").next("nothing, when that was meant"); }

}  // namespace

RunState::RunState(bool quiet, std::optional<std::int64_t> host_clock_ns) : quiet_(quiet), pid_(::getpid()) {
  if (!host_clock_ns) return;
  host_clock_ = std::make_unique<HostClock>(*host_clock_ns, [this](std::int64_t ns) {
    const std::lock_guard lock(mutex_);
    for (const auto& e : queue_)
      if (e->kind == DRIFT_EV_WANT_TIME) {
        e->time = std::min(e->time, ns);
        return;
      }
    EventBody e;
    e.kind = DRIFT_EV_WANT_TIME;
    e.time = ns;
    push(std::move(e));
  });
}

RunState::~RunState() {
  if (thread_.joinable()) thread_.detach();  // close() waited for it; or this is that thread, the last owner
  for (const int fd : fd_)
    if (fd >= 0) ::close(fd);
}

Status RunState::start(std::function<Finish(RunState&)> job) {
  DRIFT_TRY(begin_run(shared_from_this()));
  const NoSignals none;
  try {
    thread_ = std::thread([self = shared_from_this(), job = std::move(job)]() mutable {
      Finish finish;
      try {
        finish = job(*self);
      } catch (const std::bad_alloc&) {
        finish = Error(Errc::out_of_memory, "there was not enough memory").next("read smaller documents, or give the process more memory");
      } catch (const std::exception& e) {
        finish = Error(Errc::internal, std::string("an internal error: ") + e.what()).next("please report it");
      }
      job = nullptr;
      self->end(std::move(finish));
    });
  } catch (const std::system_error& e) {
    return Error(Errc::internal, "the system gave no thread: " + std::string(e.what())).next("look at the limits of the process");
  }
  return {};
}

void RunState::end(Finish finish) {
  const std::lock_guard lock(mutex_);
  finish_ = std::move(finish);
  done_ = true;
  EventBody e;
  e.kind = DRIFT_EV_DONE;
  push(std::move(e));
  ended_.notify_all();
}

void RunState::push(EventBody event) {
  queue_.push_back(std::make_shared<EventBody>(std::move(event)));
  signal_fd();
  events_.notify_all();
}

// Readable while an event waits, and for ever after the last one, so that nobody waits for what cannot come.
void RunState::signal_fd() {
  if (fd_[0] < 0) return;
  const bool wanted = !queue_.empty() || done_taken_;
  if (wanted == fd_set_) return;
  char byte = 0;
  const ssize_t n = wanted ? ::write(fd_[1], &byte, 1) : ::read(fd_[0], &byte, 1);
  if (n == 1) fd_set_ = wanted;
}

void RunState::tell(const LogRecord& record) {
  if (quiet_) return;
  EventBody e;
  e.kind = DRIFT_EV_LOG;
  e.level = level_number(record.level);
  e.code = record.code;
  e.address = record.address;
  e.message = record.message;
  const std::lock_guard lock(mutex_);
  if (logs_ >= most_logs) return;
  ++logs_;
  push(std::move(e));
}

void RunState::progress(std::size_t done, std::size_t total) {
  if (quiet_) return;
  const std::lock_guard lock(mutex_);
  for (const auto& e : queue_)
    if (e->kind == DRIFT_EV_PROGRESS) {
      e->done = static_cast<std::int64_t>(done);
      e->total = static_cast<std::int64_t>(total);
      return;
    }
  EventBody e;
  e.kind = DRIFT_EV_PROGRESS;
  e.done = static_cast<std::int64_t>(done);
  e.total = static_cast<std::int64_t>(total);
  push(std::move(e));
}

Result<Reply> RunState::ask(EventBody question, std::vector<Resource> asked, const OpContext& ctx) {
  Lock lock(mutex_);
  const std::uint64_t ticket = next_ticket_++;
  question.ticket = ticket;
  questions_.emplace(ticket, Question{question.kind, std::make_shared<const std::vector<Resource>>(std::move(asked)), std::nullopt});
  push(std::move(question));
  while (!questions_.at(ticket).reply) {
    Status going_on = ctx.check();
    if (going_on.ok() && (closed_ || cancel_.cancelled())) going_on = Error(Errc::cancelled, "the operation was cancelled");
    if (!going_on.ok()) {
      questions_.erase(ticket);
      EventBody e;
      e.kind = DRIFT_EV_GIVEN_UP;
      e.ticket = ticket;
      push(std::move(e));
      return std::move(going_on).error();
    }
    answered_.wait_for(lock, slice);
  }
  Reply reply = *std::move(questions_.at(ticket).reply);
  questions_.erase(ticket);
  if (auto* error = std::get_if<Error>(&reply)) return std::move(*error);
  return reply;
}

Outcome RunState::next(std::int64_t timeout_ms, std::shared_ptr<const EventBody>& out) {
  Lock lock(mutex_);
  if (waiting_)
    return Error(Errc::busy, "another thread waits for this run's events").at("run").next("let one thread pull the events of a run");
  waiting_ = true;
  const auto ready = [this] { return !queue_.empty() || closed_ || done_taken_; };
  if (timeout_ms < 0)
    events_.wait(lock, ready);
  else if (timeout_ms > 0)
    events_.wait_for(lock, milliseconds_of(timeout_ms), ready);
  waiting_ = false;
  if (closed_) return closed();
  if (queue_.empty()) return done_taken_ ? DRIFT_END : DRIFT_TIMEOUT;
  out = std::move(queue_.front());
  queue_.pop_front();
  if (out->kind == DRIFT_EV_LOG) --logs_;
  if (out->kind == DRIFT_EV_DONE) done_taken_ = true;
  signal_fd();
  return DRIFT_OK;
}

Outcome RunState::reply(std::uint64_t ticket, Reply reply) {
  const std::lock_guard lock(mutex_);
  const auto q = questions_.find(ticket);
  if (q == questions_.end() || q->second.reply) return DRIFT_END;
  q->second.reply = std::move(reply);
  answered_.notify_all();
  return DRIFT_OK;
}

Outcome RunState::answer(std::uint64_t ticket, std::string_view text) {
  std::int32_t kind = 0;
  std::shared_ptr<const std::vector<Resource>> asked;
  {
    const std::lock_guard lock(mutex_);
    const auto q = questions_.find(ticket);
    if (q == questions_.end() || q->second.reply) return DRIFT_END;
    kind = q->second.kind;
    asked = q->second.asked;
  }
  if (kind == DRIFT_EV_WANT_SOURCE) return reply(ticket, std::string(text));
  if (kind == DRIFT_EV_WANT_CONFIGURE) return reply(ticket, std::monostate());
  if (kind == DRIFT_EV_WANT_LIST) {
    Result<std::vector<Resource>> all = resources_from_json(text);
    if (!all) return std::move(all).error();
    return reply(ticket, *std::move(all));
  }
  Result<std::vector<ReadOutcome>> outcomes = outcomes_from_json(text, *asked);
  if (!outcomes) return std::move(outcomes).error();
  return reply(ticket, *std::move(outcomes));
}

Outcome RunState::fail(std::uint64_t ticket, Error error) { return reply(ticket, std::move(error)); }

Outcome RunState::set_time(std::int64_t ns) {
  if (!host_clock_)
    return Error(Errc::invalid_argument, "the run has no clock of the host").at("run").next("start it with DRIFT_SCAN_HOST_CLOCK");
  if (!host_clock_->set(ns)) return Error(Errc::invalid_argument, "the time would go back").at("clock_ns").next("give a later time");
  const std::lock_guard lock(mutex_);
  answered_.notify_all();
  return DRIFT_OK;
}

Result<std::int32_t> RunState::wait_fd() {
  const std::lock_guard lock(mutex_);
  if (fd_[0] < 0) {
    if (::pipe2(fd_, O_CLOEXEC | O_NONBLOCK) != 0)
      return Error(Errc::io, "no file descriptor could be made: " + std::string(std::strerror(errno)))
          .next("look at the limit of open files of the process");
    signal_fd();
  }
  return fd_[0];
}

void RunState::cancel() {
  cancel_.cancel();
  const std::lock_guard lock(mutex_);
  answered_.notify_all();
}

bool RunState::close() {
  {
    const std::lock_guard lock(mutex_);
    if (pumping_ == std::this_thread::get_id()) return false;
    if (std::exchange(closed_, true)) return true;
  }
  cancel();
  if (host_clock_) host_clock_->wake();
  Lock lock(mutex_);
  events_.notify_all();
  const bool done = ended_.wait_for(lock, close_grace, [this] { return done_; });
  lock.unlock();
  if (done && thread_.joinable()) thread_.join();
  return true;
}

void RunState::wait_for_end(std::chrono::steady_clock::time_point until) {
  Lock lock(mutex_);
  ended_.wait_until(lock, until, [this] { return done_; });
}

Finish RunState::finish() const {
  const std::lock_guard lock(mutex_);
  return finish_;
}

void RunState::enter_pump() {
  const std::lock_guard lock(mutex_);
  pumping_ = std::this_thread::get_id();
}

void RunState::leave_pump() {
  const std::lock_guard lock(mutex_);
  pumping_ = std::thread::id();
}

}  // namespace drift::capi
