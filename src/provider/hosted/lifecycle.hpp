// The life of one configuration of a hosted provider, whatever protocol it speaks: its process is started when it is needed, shared by all
// reads, and replaced when it crashed, hangs, grew or is old.
//
// Session: an ordinary value with `process`, a shared pointer to a HostedProcess with alive(), calls() and rss_bytes(), and `started_at`,
// of the system's clock: a host's own, which a scan may have, says nothing about processes.
//
// Thread rule: any. Ownership: shares the process with the reads that go on in it; the last of them ends it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "drift/base/cancel.hpp"
#include "drift/base/clock.hpp"
#include "provider/hosted/crash_count.hpp"
#include "provider/hosted/gate.hpp"
#include "provider/hosted/log_hub.hpp"

namespace drift::hosted_internal {

// What an InstancePool keeps.
class Pooled {
 public:
  Pooled() = default;
  Pooled(const Pooled&) = delete;
  Pooled& operator=(const Pooled&) = delete;
  virtual ~Pooled() = default;
  // Of those who use it now.
  [[nodiscard]] LogHub& logs() noexcept { return *logs_; }
  // Somebody took it. `alone`: nobody else has it, so that a failed start is tried once more: what was wrong may have been mended.
  virtual void taken(bool alone) = 0;

 protected:
  const std::shared_ptr<LogHub> logs_ = std::make_shared<LogHub>();
};

struct LifeLimits {
  std::size_t parallel = 1;                 // calls at once
  std::optional<Clock::Duration> max_age;   // a process that is older is replaced,
  std::uint64_t max_calls = 0;              // or has answered more,
  std::optional<std::uint64_t> max_memory;  // or has grown beyond so many bytes
};

template <class Session>
class Lifecycle : public Pooled {
 public:
  using Process = std::remove_reference_t<decltype(*std::declval<Session&>().process)>;

  // The session that there is, without starting one.
  [[nodiscard]] std::optional<Session> present() const {
    const std::lock_guard lock(mutex_);
    return session_;
  }
  // `process` has crashed: the next session() is another one.
  void crashed(const Process& process) {
    std::optional<Session> gone;
    const std::lock_guard lock(mutex_);
    if (!is_of(process)) return;  // somebody else saw it before
    gone = give_up();
    crashes_.add(now());
  }
  // It was a read of a resource of `type`, alone. When such reads did it too often, refusal_of() says why no more of them are made for a
  // while.
  void crashed_by(const std::string& type) {
    const std::lock_guard lock(mutex_);
    crashes_by_.try_emplace(type, CrashCount::most_of_type).first->second.add(now());
  }
  [[nodiscard]] std::optional<Error> refusal_of(const std::string& type) const {
    const std::lock_guard lock(mutex_);
    const auto by = crashes_by_.find(type);
    if (by == crashes_by_.end() || !by->second.too_many(now())) return std::nullopt;
    return Error(Errc::read_failed, "reads of " + type + " crashed the provider " + std::to_string(by->second.count()) +
                                        " times, and no more of them are made for a while")
        .next("report the crashes above to the provider's authors");
  }
  // As crashed(), without a crash: `process` ends when the reads that it has are done.
  void replace(const Process& process) {
    std::optional<Session> gone;
    const std::lock_guard lock(mutex_);
    if (is_of(process)) gone = give_up();
  }
  // A read of `process` was answered, or ran out of its own time. After eight in a row without any answer the next session() is another
  // process, and when two in a row were so, there is none for a while. One that let the last of its reads run out is none for the next who
  // takes the instance. It ends when the reads that it has are done.
  void answered(const Process& process) {
    const std::lock_guard lock(mutex_);
    if (is_of(process)) silent_ = hung_ = 0;
  }
  void ran_out(const Process& process) {
    std::optional<Session> gone;
    const std::lock_guard lock(mutex_);
    if (!is_of(process) || ++silent_ < most_silent) return;
    gone = give_up();
    silent_ = 0;
    if (++hung_ < most_hung) return;
    failed_ = Error(Errc::read_timeout, "the provider answered none of its last reads in time, nor after it was started anew")
                  .at(name_)
                  .next("see what it waits for (`logs: true` of its settings), or allow more time for one read");
    failed_at_ = now();
  }

  // Of the calls that may go on at once, over all reads, one; or none.
  class Permit {
   public:
    Permit() = default;
    explicit Permit(Lifecycle& of) : of_(&of) {}
    Permit(Permit&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    Permit& operator=(Permit&& other) noexcept {
      std::swap(of_, other.of_);
      return *this;
    }
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    ~Permit() {
      if (of_ != nullptr) of_->give_back();
    }
    [[nodiscard]] explicit operator bool() const noexcept { return of_ != nullptr; }

   private:
    Lifecycle* of_ = nullptr;
  };
  [[nodiscard]] Permit try_permit() {
    const std::lock_guard lock(mutex_);
    if (in_use_ >= limits_.parallel) return {};
    ++in_use_;
    return Permit(*this);
  }
  [[nodiscard]] Result<Permit> permit(const OpContext& ctx) {  // waits for one
    std::unique_lock lock(mutex_);
    while (!given_back_.wait_for(lock, std::chrono::milliseconds(20), [this] { return in_use_ < limits_.parallel; }))
      DRIFT_TRY(ctx.check());
    ++in_use_;
    return Permit(*this);
  }

  void taken(bool alone) override {
    std::optional<Session> gone;
    const std::lock_guard lock(mutex_);
    if (silent_ > 0 && session_) gone = give_up();
    if (alone || hung_ >= most_hung) failed_.reset();
    silent_ = hung_ = 0;
  }

  // Reads hold it shared; who looks for the resource that crashes the provider holds it alone.
  [[nodiscard]] Gate& gate() noexcept { return gate_; }

 protected:
  // `name` is the subject of errors.
  Lifecycle(LifeLimits limits, std::string name) : limits_(limits), name_(std::move(name)) {}

  // Starts one by start(ctx), a Result<Session>, where that is needed; who comes meanwhile waits. A failure holds for a while, so that
  // 10,000 resources do not look for one binary 10,000 times. That the caller's own context ended is no failure of the provider's: the next
  // who waits starts it.
  template <class Start>
  [[nodiscard]] Result<Session> session(const OpContext& ctx, Start&& start) {
    const Result<Gate::Pass> alone = starting_.enter_alone(ctx);
    if (!alone) return alone.error();
    std::optional<Session> old;
    {
      const std::lock_guard lock(mutex_);
      if (failed_ && now() - failed_at_ < failure_holds) return Error(*failed_);
      failed_.reset();
      if (session_ && session_->process->alive() && !worn_out(*session_)) return *session_;
      old = std::exchange(session_, std::nullopt);  // ends when the reads that it has are done
      if (crashes_.too_many(now())) return fail_with(too_often());
    }
    Result<Session> made = start(ctx);
    if (!made) DRIFT_TRY(ctx.check());  // the caller's end, and not the provider's failure
    const std::lock_guard lock(mutex_);
    if (!made) return fail_with(made.error());
    made->started_at = now();
    session_ = *made;
    silent_ = 0;
    return made;
  }
  // The process ends, when the reads that it has are done. For a class that the process needs while it does.
  void end() {
    std::optional<Session> last;
    const std::lock_guard lock(mutex_);
    last = std::exchange(session_, std::nullopt);
  }

 private:
  static constexpr std::chrono::seconds failure_holds{30};
  static constexpr std::size_t most_silent = 8;  // as many as make the scheduler give up what it would try once more
  static constexpr std::size_t most_hung = 2;

  static Clock::Duration now() { return system_clock().monotonic(); }
  [[nodiscard]] bool is_of(const Process& process) const { return session_ && session_->process.get() == &process; }
  [[nodiscard]] bool worn_out(const Session& s) const {
    if (limits_.max_age && now() - s.started_at > *limits_.max_age) return true;
    if (s.process->calls() > limits_.max_calls) return true;
    return limits_.max_memory && s.process->rss_bytes().value_or(0) > *limits_.max_memory;
  }
  [[nodiscard]] Error too_often() const {
    return Error(Errc::read_failed, "the provider crashed " + std::to_string(crashes_.count()) + " times, and is not started again")
        .at(name_)
        .next("report the crashes above to its authors");
  }
  // What was made ready for it is read by another one. mutex_ is held; the session ends when the caller lets it go, without mutex_.
  std::optional<Session> give_up() {
    session_->process->give_up();
    return std::exchange(session_, std::nullopt);
  }
  Error fail_with(const Error& e) {
    failed_ = e;
    failed_at_ = now();
    return e;
  }
  void give_back() {
    const std::lock_guard lock(mutex_);
    --in_use_;
    given_back_.notify_one();
  }

  const LifeLimits limits_;
  const std::string name_;
  Gate gate_;
  Gate starting_;  // one at a time

  mutable std::mutex mutex_;  // of what follows; never held during a call
  std::optional<Session> session_;
  std::optional<Error> failed_;
  Clock::Duration failed_at_{};
  CrashCount crashes_;
  std::unordered_map<std::string, CrashCount> crashes_by_;  // by type
  std::size_t silent_ = 0;                                  // reads of the session that ran out of time since the last answer
  std::size_t hung_ = 0;                                    // processes before it that let too many run out, one after the other
  std::size_t in_use_ = 0;
  std::condition_variable given_back_;
};

}  // namespace drift::hosted_internal
