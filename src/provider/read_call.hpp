// One call of Provider::read(), with everything that it needs: so that it can be left to itself when it does not end.
//
// A provider is foreign code: what it throws, leaves out or says twice ends here as an ordinary outcome.
// Thread rule: make() by one thread, once; the rest from any. Ownership: keeps the provider, and copies of the resources. Where the
// provider is in no shared_ptr, it is borrowed, as the resources are, and the call cannot be left.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "drift/base/log.hpp"
#include "drift/provider/provider.hpp"
#include "provider/lent_clock.hpp"
#include "provider/read_turns.hpp"

namespace drift::provider_internal {

struct ReadAnswer {
  ReadOutcome outcome;
  bool given = false;    // by the provider, for this resource
  bool ran_out = false;  // failed because the call's own time was over: E_READ_TIMEOUT, retryable
};

// A log that can be taken back from a call that does not end.
class LentLog {
 public:
  explicit LentLog(const LogSink& lender) : lender_(&lender) {}
  [[nodiscard]] const LogSink& sink() const noexcept { return sink_; }
  void take_back() {
    const std::lock_guard lock(mutex_);
    lender_ = nullptr;
  }

 private:
  std::mutex mutex_;
  const LogSink* lender_;
  const LogSink sink_ = [this](const LogRecord& record) {
    const std::lock_guard lock(mutex_);
    if (lender_ != nullptr) (*lender_)(record);
  };
};

class ReadCall : private ReadTime {
 public:
  // The provider is given the sooner of `timeout` from now and ctx's own deadline. `turn`: one of `turns`, for the whole call; without it
  // the provider takes one by itself.
  ReadCall(Provider& provider, const std::vector<const Resource*>& batch, const OpContext& ctx, Clock::Duration timeout,
           std::shared_ptr<ReadTurns> turns = nullptr, bool turn = true);

  void make();
  // One per resource, in order; after make(). What the provider did not answer is E_READ_FAILED, or what its status says, and E_INTERNAL
  // when it threw. Of two answers for one resource the first counts.
  [[nodiscard]] std::vector<ReadAnswer> answers();

  [[nodiscard]] bool can_be_left() const noexcept { return owner_ != nullptr; }
  // Its time is over; never while it stands still.
  [[nodiscard]] bool overdue() const;
  // Instead of answers(), while another thread is in make(): what has been answered so far; the rest failed with `why`, without one because
  // its time was over. From now on the call touches nothing but what it owns. Only when can_be_left().
  [[nodiscard]] std::vector<ReadAnswer> leave(const std::optional<Error>& why);
  [[nodiscard]] bool was_left() const noexcept { return left_; }

 private:
  OpContext stop() override;
  OpContext start() override;
  Status turn() override;
  void end_turn();
  OpContext until(Deadline deadline);
  std::vector<ReadAnswer> collect(const Error& unanswered, bool ran_out);

  const std::shared_ptr<Provider> owner_;
  Provider& provider_;
  std::vector<Resource> resources_;  // copies, where there is an owner
  std::vector<ReadRequest> requests_;
  std::unique_ptr<LentClock> clock_;  // where the operation's might end before the call
  std::unique_ptr<LentLog> log_;      // the same
  OpContext context_;
  const Deadline operation_deadline_;
  const Clock::Duration timeout_;
  const std::shared_ptr<ReadTurns> turns_;
  const bool takes_turns_;

  mutable std::mutex mutex_;
  Deadline due_;
  std::vector<std::optional<ReadOutcome>> given_;
  Status status_;
  bool ran_out_ = false;
  bool over_ = false;  // answers that come later do not count
  bool has_turn_;
  std::atomic<bool> left_ = false;
};

}  // namespace drift::provider_internal
