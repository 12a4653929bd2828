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

// The host's signals are the host's: no thread of the library takes one. But a fault is the thread's own, and the host may want to see it.
class NoSignals {
 public:
  NoSignals() {
    sigset_t all;
    sigfillset(&all);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT}) sigdelset(&all, fault);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~NoSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  NoSignals(const NoSignals&) = delete;
  NoSignals& operator=(const NoSignals&) = delete;

 private:
  sigset_t before_{};
};

// Or `without_memory`, where there is none for the words.
Error internal_error(const char* what, Error without_memory) noexcept {
  try {
    return Error(Errc::internal, std::string("an internal error: ") + what).next("please report it");
  } catch (...) {
    return without_memory;
  }
}

Error closed() { return Error(Errc::closed, "the run was freed meanwhile").next("nothing, when that was meant"); }

}  // namespace

namespace {

std::shared_ptr<const EventBody> done_event() {
  auto e = std::make_shared<EventBody>();
  e->kind = DRIFT_EV_DONE;
  return e;
}

}  // namespace

RunState::RunState(bool quiet, std::optional<std::int64_t> host_clock_ns, bool waits_at_close)
    : quiet_(quiet), waits_at_close_(waits_at_close), pid_(::getpid()), last_event_(done_event()) {
  no_memory_ = Error(Errc::out_of_memory, "there was not enough memory").next("read smaller documents, or give the process more memory");
  if (!host_clock_ns) return;
  host_clock_ = std::make_unique<HostClock>(*host_clock_ns, [this](std::int64_t ns) {
    const std::lock_guard lock(mutex_);
    if (time_) {
      time_->time = std::min(time_->time, ns);
      return;
    }
    EventBody e;
    e.kind = DRIFT_EV_WANT_TIME;
    e.time = ns;
    time_ = push(std::move(e));
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
        finish = *std::move(self->no_memory_);
      } catch (const std::exception& e) {
        finish = internal_error(e.what(), std::move(*self->no_memory_));
      }
      job = nullptr;
      self->end(std::move(finish));
    });
  } catch (const std::system_error& e) {
    return Error(Errc::internal, "the system gave no thread: " + std::string(e.what())).next("look at the limits of the process");
  }
  return {};
}

void RunState::end(Finish finish) noexcept {
  const std::lock_guard lock(mutex_);
  finish_ = std::move(finish);
  done_ = true;
  signal_fd();
  events_.notify_all();
  ended_.notify_all();
}

std::shared_ptr<EventBody> RunState::push(EventBody event) {
  queue_.push_back(std::make_shared<EventBody>(std::move(event)));
  signal_fd();
  events_.notify_all();
  return queue_.back();
}

// Readable while an event waits, and for ever after the last one or close(), so that nobody waits for what cannot come.
void RunState::signal_fd() {
  if (fd_[0] < 0) return;
  const bool wanted = !queue_.empty() || done_ || closed_;
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
  if (logs_ >= most_logs) {
    ++dropped_;
    return;
  }
  if (dropped_ > 0) {
    EventBody lost;
    lost.kind = DRIFT_EV_LOG;
    lost.level = DRIFT_LOG_WARNING;
    lost.code = "log.dropped";
    lost.message = std::to_string(dropped_) + " records were dropped, because nobody took the ones before them";
    push(std::move(lost));
    ++logs_;
    dropped_ = 0;
  }
  push(std::move(e));
  ++logs_;
}

void RunState::progress(std::size_t done, std::size_t total) {
  if (quiet_) return;
  const std::lock_guard lock(mutex_);
  if (!progress_) {
    EventBody e;
    e.kind = DRIFT_EV_PROGRESS;
    progress_ = push(std::move(e));
  }
  progress_->done = static_cast<std::int64_t>(done);
  progress_->total = static_cast<std::int64_t>(total);
}

// A question that the host has not seen yet just goes; else the host is told.
void RunState::give_up(std::uint64_t ticket) {
  questions_.erase(ticket);
  const auto unseen = std::find_if(queue_.begin(), queue_.end(), [&](const auto& e) { return e->ticket == ticket; });
  if (unseen != queue_.end()) {
    queue_.erase(unseen);
    signal_fd();
    return;
  }
  EventBody e;
  e.kind = DRIFT_EV_GIVEN_UP;
  e.ticket = ticket;
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
    if (going_on.ok() && (closed_ || cancel_.cancelled()))
      going_on = Error(Errc::cancelled, "the operation was cancelled").next("start it again");
    if (!going_on.ok()) {
      give_up(ticket);
      return std::move(going_on).error();
    }
    answered_.wait_for(lock, slice);
  }
  Reply reply = *std::move(questions_.at(ticket).reply);
  questions_.erase(ticket);
  if (auto* error = std::get_if<Error>(&reply)) return std::move(*error);
  return reply;
}

Outcome RunState::next(std::int64_t timeout_ms, const Take& take) {
  Lock lock(mutex_);
  if (pumping_ != std::thread::id())
    return Error(Errc::busy, "the run's events go to its pump")
        .at("run")
        .next("answer from the functions of drift_host, or pull the events");
  return pull(lock, timeout_ms, take);
}

Outcome RunState::next_in_pump(std::shared_ptr<const EventBody>& out) {
  Lock lock(mutex_);
  return pull(lock, -1, [&](std::shared_ptr<const EventBody> event) { out = std::move(event); });
}

Outcome RunState::pull(Lock& lock, std::int64_t timeout_ms, const Take& take) {
  if (waiting_)
    return Error(Errc::busy, "another thread waits for this run's events").at("run").next("let one thread pull the events of a run");
  waiting_ = true;
  const auto ready = [this] { return !queue_.empty() || closed_ || done_; };
  if (timeout_ms < 0)
    events_.wait(lock, ready);
  else if (timeout_ms > 0)
    events_.wait_for(lock, milliseconds_of(timeout_ms), ready);
  waiting_ = false;
  if (closed_) return closed();
  if (queue_.empty()) {
    if (done_taken_) return DRIFT_END;
    if (!done_) return DRIFT_TIMEOUT;
    take(last_event_);
    done_taken_ = true;
    return DRIFT_OK;
  }
  const std::shared_ptr<EventBody> event = queue_.front();
  take(event);
  queue_.pop_front();
  if (event->kind == DRIFT_EV_LOG) --logs_;
  if (event == progress_) progress_.reset();
  if (event == time_) time_.reset();
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
  if (kind == DRIFT_EV_WANT_CONFIGURE) {
    Result<std::optional<Error>> failure = failure_from_json(text);
    if (!failure) return std::move(failure).error();
    return *failure ? reply(ticket, **std::move(failure)) : reply(ticket, std::monostate());
  }
  const auto give = [&](auto answered) -> Outcome {
    if (!answered) return std::move(answered).error();
    return std::visit([&](auto&& content) { return reply(ticket, std::forward<decltype(content)>(content)); }, *std::move(answered));
  };
  if (kind == DRIFT_EV_WANT_DECRYPT) return give(plaintexts_from_json(text));
  return kind == DRIFT_EV_WANT_LIST ? give(resources_from_json(text)) : give(outcomes_from_json(text, *asked));
}

Outcome RunState::fail(std::uint64_t ticket, Error error) { return reply(ticket, std::move(error)); }

Outcome RunState::set_time(std::int64_t ns) {
  if (!host_clock_)
    return Error(Errc::invalid_argument, "the run has no clock of the host").at("run").next("start it with DRIFT_SCAN_HOST_CLOCK");
  if (!HostClock::takes(ns)) return HostClock::beyond("clock_ns");
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
  signal_fd();
  events_.notify_all();
  const auto ended = [this] { return done_; };
  if (waits_at_close_) ended_.wait(lock, ended);
  const bool done = ended_.wait_for(lock, close_grace, ended);
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

Status RunState::enter_pump() {
  const std::lock_guard lock(mutex_);
  if (pumping_ != std::thread::id())
    return Error(Errc::busy, "the run is being pumped").at("run").next("let one thread pump a run, and not from inside its own pump");
  pumping_ = std::this_thread::get_id();
  return {};
}

void RunState::leave_pump() {
  const std::lock_guard lock(mutex_);
  pumping_ = std::thread::id();
}

}  // namespace drift::capi
