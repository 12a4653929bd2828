#include "provider/read_call.hpp"

#include <utility>

#include "provider/call_provider.hpp"
#include "provider/own_time.hpp"

namespace drift::provider_internal {
namespace {

Error about(Error e, const Resource& r) { return e.subject().empty() ? std::move(e).at(r.address) : e; }

Error no_answer() {
  return Error(Errc::read_failed, "the provider gave no answer").next("this is a fault of the provider: report it to its author");
}

}  // namespace

ReadCall::ReadCall(Provider& provider, const std::vector<const Resource*>& batch, const OpContext& ctx, Clock::Duration timeout,
                   std::shared_ptr<ReadTurns> turns, bool turn)
    : owner_(provider.weak_from_this().lock()),
      provider_(provider),
      context_(ctx),
      operation_deadline_(ctx.deadline),
      timeout_(timeout),
      turns_(std::move(turns)),
      takes_turns_(!turn),
      given_(batch.size()),
      has_turn_(turn) {
  requests_.reserve(batch.size());
  if (owner_ != nullptr) {
    resources_.reserve(batch.size());
    for (const Resource* r : batch) requests_.push_back({&resources_.emplace_back(*r), this});
    if (ctx.clock != &system_clock()) clock_ = std::make_unique<LentClock>(*ctx.clock);
    if (clock_ != nullptr) context_.clock = clock_.get();
  } else {
    for (const Resource* r : batch) requests_.push_back({r, this});
  }
  if (ctx.log != nullptr && owner_ != nullptr) {  // the call may outlive it
    log_ = std::make_unique<LentLog>(*ctx.log);
    context_.log = &log_->sink();
  }
  due_ = end_of_attempt(*context_.clock, operation_deadline_, timeout_);
  context_.deadline = due_;
}

bool ReadCall::overdue() const {
  const std::lock_guard lock(mutex_);
  return due_.passed(*context_.clock);
}

OpContext ReadCall::until(Deadline deadline) {
  OpContext out = context_;
  const std::lock_guard lock(mutex_);
  due_ = left_ ? Deadline::after(*context_.clock, {}) : deadline;  // nobody waits any more for a call that was left
  out.deadline = due_;
  return out;
}

OpContext ReadCall::stop() {
  if (takes_turns_) end_turn();
  return until(operation_deadline_);
}

Status ReadCall::turn() {
  if (!takes_turns_) return {};
  end_turn();
  OpContext waiting = context_;
  waiting.deadline = operation_deadline_;
  DRIFT_TRY(turns_->take(waiting));
  const std::lock_guard lock(mutex_);
  has_turn_ = true;
  if (!left_) return {};
  has_turn_ = false;
  turns_->give_back();
  return Error(Errc::cancelled, "nobody waits for this read any more");
}

void ReadCall::end_turn() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(has_turn_, false) && turns_ != nullptr) turns_->give_back();
}

OpContext ReadCall::start() { return until(end_of_attempt(*context_.clock, operation_deadline_, timeout_)); }

void ReadCall::make() {
  const ReadSink take = [this](std::size_t index, ReadOutcome outcome) {
    const std::lock_guard lock(mutex_);
    if (!over_ && index < given_.size() && !given_[index]) given_[index] = std::move(outcome);
  };
  Status status = fenced([&] { return provider_.read(requests_, take, context_); });
  end_turn();
  const bool ran_out = overdue() && !operation_deadline_.passed(*context_.clock);
  const std::lock_guard lock(mutex_);
  status_ = std::move(status);
  ran_out_ = ran_out;
}

std::vector<ReadAnswer> ReadCall::answers() {
  const std::lock_guard lock(mutex_);
  return collect(status_.ok() ? no_answer() : status_.error(), ran_out_);
}

std::vector<ReadAnswer> ReadCall::leave(const std::optional<Error>& why) {
  left_ = true;
  if (clock_ != nullptr) clock_->take_back();
  if (log_ != nullptr) log_->take_back();
  end_turn();
  const std::lock_guard lock(mutex_);
  return collect(why ? *why : Error(Errc::deadline, "the read did not end"), !why);
}

std::vector<ReadAnswer> ReadCall::collect(const Error& unanswered, bool ran_out) {
  over_ = true;
  std::vector<ReadAnswer> out;
  out.reserve(given_.size());
  for (std::size_t i = 0; i < given_.size(); ++i) {
    ReadAnswer a{given_[i] ? *std::move(given_[i]) : ReadOutcome::failed(unanswered), given_[i].has_value()};
    if (a.outcome.is_failed()) {
      Error e = a.outcome.error();
      a.ran_out = ran_out && e.code() == Errc::deadline;
      if (a.ran_out) e = Error(Errc::read_timeout, "the read took longer than one read may").next("allow more time for one read");
      a.outcome = ReadOutcome::failed(about(std::move(e), *requests_[i].resource));
    }
    out.push_back(std::move(a));
  }
  return out;
}

}  // namespace drift::provider_internal
