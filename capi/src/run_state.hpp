// One run: a thread that works, a queue of events that the host pulls, and the questions that wait for its answers.
//
// Thread rule: any. Ownership: shared by the run's handle, its thread and the host providers that ask through it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "drift/engine/scan.hpp"
#include "fence.hpp"
#include "host_clock.hpp"
#include "report_body.hpp"

namespace drift::capi {

struct EventBody {
  std::int32_t kind = DRIFT_EV_NONE;
  std::uint64_t ticket = 0;
  std::int64_t done = 0, total = 0, level = 0, time = 0;
  std::string name, body, code, address, message;
};

// What the host answered: a document, what reads found, what was listed, what was decrypted, nothing (configure), or that it failed.
using Reply = std::variant<std::monostate, std::string, std::vector<ReadOutcome>, std::vector<Resource>, std::vector<std::string>, Error>;

// What a run came to.
struct Accepted {
  std::string json;
};
using Finish = std::variant<std::monostate, std::shared_ptr<const ReportBody>, Accepted, Error>;

class RunState : public std::enable_shared_from_this<RunState> {
 public:
  // `waits_at_close`: close() waits until the run has ended, because it may look at bytes that are the host's.
  RunState(bool quiet, std::optional<std::int64_t> host_clock_ns, bool waits_at_close);
  ~RunState();
  RunState(const RunState&) = delete;
  RunState& operator=(const RunState&) = delete;

  // Runs `job` in a thread of its own, which takes no signals.
  Status start(std::function<Finish(RunState&)> job);

  // ---- For the run's own threads.
  [[nodiscard]] const Clock& clock() const { return host_clock_ ? static_cast<const Clock&>(*host_clock_) : system_clock(); }
  [[nodiscard]] const CancelToken& cancel_token() const { return cancel_; }
  void tell(const LogRecord& record);
  void progress(std::size_t done, std::size_t total);
  // Puts a question into the queue and waits for its answer, or for the end of `ctx` or of the run. `asked` are the resources of a read.
  Result<Reply> ask(EventBody question, std::vector<Resource> asked, const OpContext& ctx);

  // ---- For the host.
  // Hands the next event to `take` before it leaves the queue: when that throws, the event is still there.
  using Take = std::function<void(std::shared_ptr<const EventBody>)>;
  Outcome next(std::int64_t timeout_ms, const Take& take);
  Outcome answer(std::uint64_t ticket, std::string_view text);
  Outcome fail(std::uint64_t ticket, Error error);
  Outcome set_time(std::int64_t ns);
  Result<std::int32_t> wait_fd();
  void cancel();
  // What drift_run_free() does; false when the calling thread is in the run's own pump.
  bool close();
  // Nothing (monostate) before the end.
  [[nodiscard]] Finish finish() const;
  // The pump of a thread, one at a time: E_BUSY. From inside it neither close() nor next() do anything.
  Status enter_pump();
  void leave_pump();
  Outcome next_in_pump(std::shared_ptr<const EventBody>& out);
  void wait_for_end(std::chrono::steady_clock::time_point until);
  // The process that started it.
  [[nodiscard]] int pid() const noexcept { return pid_; }

 private:
  struct Question {
    std::int32_t kind = 0;
    std::shared_ptr<const std::vector<Resource>> asked;
    std::optional<Reply> reply;
  };
  using Lock = std::unique_lock<std::mutex>;
  // With the lock held:
  std::shared_ptr<EventBody> push(EventBody event);
  void give_up(std::uint64_t ticket);
  void signal_fd();
  Outcome pull(Lock& lock, std::int64_t timeout_ms, const Take& take);
  void end(Finish finish) noexcept;
  Outcome reply(std::uint64_t ticket, Reply reply);

  const bool quiet_;
  const bool waits_at_close_;
  const int pid_;
  std::unique_ptr<HostClock> host_clock_;
  CancelToken cancel_;

  mutable std::mutex mutex_;
  std::condition_variable events_;    // for the host
  std::condition_variable answered_;  // for the run's threads
  std::condition_variable ended_;     // for close()
  std::deque<std::shared_ptr<EventBody>> queue_;
  std::shared_ptr<EventBody> progress_, time_;  // in the queue: what is told anew is put into them
  // Made at the start, so that a run that found no memory can say so.
  const std::shared_ptr<const EventBody> last_event_;
  std::optional<Error> no_memory_;
  std::map<std::uint64_t, Question> questions_;
  std::uint64_t next_ticket_ = 1;
  std::size_t logs_ = 0;     // in the queue
  std::size_t dropped_ = 0;  // that found no room there
  Finish finish_;
  bool done_ = false;  // the job has ended; DRIFT_EV_DONE comes behind the queue, or was taken
  bool done_taken_ = false;
  bool closed_ = false;
  bool waiting_ = false;  // a thread is in next()
  std::thread::id pumping_;
  int fd_[2] = {-1, -1};  // made when it is asked for
  bool fd_set_ = false;
  std::thread thread_;
};

}  // namespace drift::capi
