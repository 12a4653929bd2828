#include "provider/read_run.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace drift::provider_internal {
namespace {

constexpr std::size_t most_threads = 256;
// The longest sleep between two looks at the cancel token.
constexpr Clock::Duration slice = std::chrono::milliseconds(20);
// Calls in a row without any answer after which a lane is taken to answer nobody.
constexpr std::size_t most_silent = 8;
constexpr std::size_t calling_thread = 0;

Backoff backoff_of(const SchedulerOptions& o, const OpContext& ctx) {
  return {o.backoff, o.backoff_max, o.jitter_seed != 0 ? o.jitter_seed : static_cast<std::uint64_t>(ctx.clock->wall().count())};
}

bool says_stopped(const Error& e) { return e.code() == Errc::cancelled || e.code() == Errc::deadline; }

}  // namespace

ReadRun::ReadRun(const std::vector<ScheduledRead>& reads, const SchedulerOptions& options, const OpContext& ctx, const Sink& sink)
    : reads_(reads),
      options_(options),
      ctx_(ctx),
      sink_(sink),
      parallel_(std::clamp<std::size_t>(options.parallel, 1, most_threads)),
      turns_(std::make_shared<ReadTurns>(parallel_)),
      attempts_(std::max(options.attempts, 1U)),
      backoff_(backoff_of(options, ctx)) {}

Status ReadRun::run() {
  plan_lanes();
  const std::size_t batches = plan_batches();
  std::size_t workers = parallel_;
  for (const Lane& lane : lanes_) workers = std::max(workers, std::min(parallel_ + lane.ahead, most_threads));
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t n = std::min(workers, batches); n > 0 && ctx_.check().ok(); --n) start_worker();
  }
  supervise();
  end_workers();
  if (thrown_) std::rethrow_exception(thrown_);
  if (stopped_) return *stopped_;
  return {};
}

// ---- The workers.

void ReadRun::start_worker() {
  const std::size_t n = next_worker_++;
  try {
    workers_.emplace(n, std::thread([self = shared_from_this(), n] { self->work(n); }));
  } catch (const std::system_error&) {
    // The system gives no more threads: those that are there do the work, or else the calling thread.
  }
}

void ReadRun::work(std::size_t worker) {
  Lock lock(mutex_);
  try {
    while (!thrown_ && workers_.contains(worker))  // it is none any more when its call was left, or when the run is over
      if (!read_next(worker, lock) && workers_.contains(worker)) work_.wait(lock);
  } catch (...) {
    if (!lock.owns_lock()) lock.lock();
    keep_exception();
  }
}

// Makes one call; false when there is none to make now, or when the call was left: then nothing of the caller's may be touched any more.
bool ReadRun::read_next(std::size_t worker, Lock& lock) {
  if (queued_ == 0) return false;
  if (Status s = ctx_.check(); !s.ok()) {
    stop(s.error());
    return false;
  }
  std::optional<Taken> taken = take(ctx_.clock->monotonic());
  if (!taken) return false;
  lock.unlock();
  if (!taken->takes_turns && !wait_for_turn(*taken, lock)) return false;
  std::vector<const Resource*> resources;
  for (const Item& item : taken->batch.items) resources.push_back(reads_[item.index].resource);
  // The lane's provider does not change while workers run.
  const auto call =
      std::make_shared<ReadCall>(*lanes_[taken->lane].provider, resources, ctx_, options_.read_timeout, turns_, !taken->takes_turns);
  lock.lock();
  const auto flight = flights_.insert(flights_.end(), {taken->lane, worker, std::move(taken->batch.items), call});
  lock.unlock();
  call->make();
  lock.lock();
  --lanes_[taken->lane].in_flight;
  if (call->was_left()) {
    --lanes_[taken->lane].left;
    work_.notify_all();
    return false;
  }
  --in_flight_;
  settle(*flight, call->answers());
  flights_.erase(flight);
  news_.notify_one();
  return true;
}

// False when the run ends meanwhile; then the batch is queued again, and locked.
bool ReadRun::wait_for_turn(Taken& taken, Lock& lock) {
  const Status turn = turns_->take(ctx_);
  lock.lock();
  if (turn.ok() && !thrown_) {
    lock.unlock();
    return true;
  }
  if (turn.ok()) turns_->give_back();
  Lane& lane = lanes_[taken.lane];
  lane.queue.push_front(std::move(taken.batch));
  ++queued_;
  --lane.in_flight;
  --in_flight_;
  if (!turn.ok()) stop(turn.error());
  return false;
}

bool ReadRun::has_room(const Lane& lane) { return lane.in_flight < lane.limit + lane.ahead; }

// The next batch that is ready in a lane that has room.
std::optional<ReadRun::Taken> ReadRun::take(Clock::Duration now) {
  for (std::size_t step = 0; step < lanes_.size(); ++step) {
    const std::size_t at = (next_lane_ + step) % lanes_.size();
    Lane& lane = lanes_[at];
    if (!has_room(lane)) continue;
    const auto b = std::find_if(lane.queue.begin(), lane.queue.end(), [&](const Batch& batch) { return batch.ready_at <= now; });
    if (b == lane.queue.end()) continue;
    Taken taken{at, lane.ahead > 0, std::move(*b)};
    lane.queue.erase(b);
    --queued_;
    ++lane.in_flight;
    ++in_flight_;
    next_lane_ = (at + 1) % lanes_.size();
    return taken;
  }
  return std::nullopt;
}

void ReadRun::settle(const Flight& flight, std::vector<ReadAnswer> answers) {
  Lane& lane = lanes_[flight.lane];
  const bool stopping = stopped_ || !ctx_.check().ok();
  const bool alone = answers.size() == 1;
  const bool heard = std::any_of(answers.begin(), answers.end(), [](const ReadAnswer& a) { return !a.ran_out; });
  // A provider that reads one after the other gives its own answer for the resource that took all the time.
  const bool culprit_known = std::any_of(answers.begin(), answers.end(), [](const ReadAnswer& a) { return a.ran_out && a.given; });
  lane.silent = heard ? 0 : lane.silent + 1;
  std::vector<Item> retry, regroup;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    Item item = flight.items[i];
    switch (next_of(item, answers[i], alone, culprit_known, stopping)) {
      case Next::finish:
        finished_.push_back({item.index, {std::move(answers[i].outcome), lane.name, item.attempts}});
        break;
      case Next::retry:
        retry.push_back(item);
        break;
      case Next::alone:
        queue(flight.lane, {item});
        break;
      case Next::regroup:
        regroup.push_back(item);
        break;
    }
  }
  queue(flight.lane, std::move(retry));
  queue(flight.lane, std::move(regroup));
  if (lane.silent < most_silent) return;
  const Error why = Error(Errc::read_timeout, "the read took longer than one read may, as all of this lane did lately")
                        .next("see whether the service answers, or allow more time for one read");
  give_up_queue(lane, why, true);
}

ReadRun::Next ReadRun::next_of(Item& item, const ReadAnswer& answer, bool alone, bool culprit_known, bool stopping) const {
  // Its turn may never have come: this was no attempt.
  if (answer.ran_out && !answer.given && !alone && !stopping) {
    if (culprit_known) return Next::regroup;
    item.ran_out = true;
    return Next::alone;
  }
  ++item.attempts;
  if (!answer.outcome.is_failed()) return Next::finish;
  const Error& e = answer.outcome.error();
  if (stopping && says_stopped(e)) return Next::retry;  // stop() hands it over
  const bool may_retry = e.is_retryable() && item.attempts < attempts_;
  // A second time with all the time to itself would end as the first.
  const bool twice = answer.ran_out && alone && item.ran_out;
  item.ran_out = item.ran_out || answer.ran_out;
  if (!may_retry || twice) return Next::finish;
  item.failed_with = e.code();
  return answer.ran_out ? Next::alone : Next::retry;
}

void ReadRun::queue(std::size_t lane, std::vector<Item> items) {
  if (items.empty()) return;
  Batch batch;
  const Item& first = items.front();
  if (first.attempts > 0 && first.failed_with)
    batch.ready_at = ctx_.clock->monotonic() + retry_delay(backoff_, reads_[first.index].resource->address, first.attempts);
  batch.items = std::move(items);
  lanes_[lane].queue.push_back(std::move(batch));
  ++queued_;
  work_.notify_one();
}

// ---- The calling thread.

void ReadRun::supervise() {
  Lock lock(mutex_);
  while (going_on()) {
    if (!finished_.empty()) {
      deliver(lock);
      continue;
    }
    if (Status s = ctx_.check(); !s.ok()) stop(s.error());
    leave_overdue();
    if (workers_.empty() && read_next(calling_thread, lock)) continue;
    if (finished_.empty() && going_on()) wait(lock);
  }
}

// When something was thrown, what is in the middle of a call still has to come back (or to be left).
bool ReadRun::going_on() const {
  if (thrown_) return !flights_.empty();
  return queued_ + in_flight_ > 0 || !finished_.empty();
}

void ReadRun::deliver(Lock& lock) {
  std::vector<Finished> finished = std::exchange(finished_, {});
  if (thrown_) return;
  lock.unlock();
  try {
    for (Finished& f : finished) sink_(f.index, std::move(f.outcome));
    done_ += finished.size();
    if (options_.progress) options_.progress(done_, reads_.size());
    lock.lock();
  } catch (...) {  // it goes to the caller of run_reads(), when nobody works for it any more
    lock.lock();
    keep_exception();
  }
}

// Hands over everything that is queued as not read. Batches in flight end by themselves: their providers have the same context.
void ReadRun::stop(const Error& why) {
  if (!stopped_) stopped_ = why;
  for (Lane& lane : lanes_) give_up_queue(lane, why, false);
}

void ReadRun::leave_overdue() {
  const Clock::Duration now = ctx_.clock->monotonic();
  for (auto f = flights_.begin(); f != flights_.end();) {
    const auto at = f++;
    if (!stopped_ && !thrown_ && !at->call->overdue()) {
      at->overdue_since.reset();  // its time may have begun anew
      continue;
    }
    if (!at->overdue_since) at->overdue_since = now;
    if (now - *at->overdue_since < options_.grace || !at->call->can_be_left()) continue;
    const Flight flight = std::move(*at);
    flights_.erase(at);
    leave(flight);
  }
}

void ReadRun::leave(const Flight& flight) {
  Lane& lane = lanes_[flight.lane];
  ++lane.left;
  --in_flight_;
  if (auto worker = workers_.extract(flight.worker)) worker.mapped().detach();
  settle(flight, flight.call->leave(stopped_));
  if (stopped_ || thrown_) return;
  start_worker();
  if (lane.left < lane.limit) return;
  const Error why = Error(Errc::read_timeout, "earlier reads of the same lane have not ended, so that this one could not begin")
                        .next("see whether the service, or the mount, answers");
  give_up_queue(lane, why, false);
}

void ReadRun::wait(Lock& lock) {
  const Clock::Duration now = ctx_.clock->monotonic();
  const Clock::Duration ready = next_ready();
  if (ready <= now) work_.notify_all();  // whoever was told when it was queued may have found it too early, and slept again
  if (ready <= now || ready == Clock::Duration::max()) {
    news_.wait_for(lock, slice);
    return;
  }
  lock.unlock();
  ctx_.clock->sleep_part(std::min(ready - now, slice), ready - now);
  lock.lock();
  work_.notify_all();
}

// When the next batch is ready for a lane that has room for it; max when only answers can bring the run forward.
Clock::Duration ReadRun::next_ready() const {
  Clock::Duration next = Clock::Duration::max();
  if (in_flight_ > 0 && in_flight_ >= workers_.size()) return next;  // nobody is free to take it
  for (const Lane& lane : lanes_) {
    if (!has_room(lane)) continue;
    for (const Batch& b : lane.queue) next = std::min(next, b.ready_at);
  }
  return next;
}

void ReadRun::end_workers() {
  std::map<std::size_t, std::thread> workers;
  {
    const std::lock_guard lock(mutex_);
    workers.swap(workers_);
    work_.notify_all();
  }
  for (auto& [n, thread] : workers) thread.join();
}

// ---- Both.

void ReadRun::give_up_queue(Lane& lane, const Error& why, bool only_ran_out) {
  std::deque<Batch> kept;
  for (Batch& batch : lane.queue) {
    const bool keep = only_ran_out && !std::all_of(batch.items.begin(), batch.items.end(), [](const Item& i) { return i.ran_out; });
    if (keep) {
      kept.push_back(std::move(batch));
      continue;
    }
    --queued_;
    for (const Item& item : batch.items) finished_.push_back({item.index, unread(lane, item, why)});
  }
  lane.queue = std::move(kept);
  news_.notify_one();
}

ScheduledOutcome ReadRun::unread(const Lane& lane, const Item& item, const Error& why) const {
  Error e = Error(why.code(), why.message()).at(reads_[item.index].resource->address).next(why.next_step());
  if (item.failed_with)
    e.add_context("after " + std::to_string(item.attempts) + " attempts, the last with " + std::string(errc_name(*item.failed_with)));
  return {ReadOutcome::failed(std::move(e)), lane.name, item.attempts};
}

void ReadRun::keep_exception() {
  if (!thrown_) thrown_ = std::current_exception();
  work_.notify_all();
  news_.notify_one();
}

}  // namespace drift::provider_internal
