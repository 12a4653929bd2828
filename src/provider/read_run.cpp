#include "provider/read_run.hpp"

#include <algorithm>
#include <map>
#include <system_error>
#include <thread>
#include <utility>

#include "provider/call_provider.hpp"

namespace drift::provider_internal {
namespace {

constexpr std::size_t most_threads = 256;
// The longest sleep between two looks at the cancel token.
constexpr Clock::Duration slice = std::chrono::milliseconds(20);

Backoff backoff_of(const SchedulerOptions& o, const OpContext& ctx) {
  return {o.backoff, o.backoff_max, o.jitter_seed != 0 ? o.jitter_seed : static_cast<std::uint64_t>(ctx.clock->wall().count())};
}

}  // namespace

ReadRun::ReadRun(const std::vector<ScheduledRead>& reads, const SchedulerOptions& options, const OpContext& ctx, const Sink& sink)
    : reads_(reads),
      options_(options),
      ctx_(ctx),
      sink_(sink),
      parallel_(std::clamp<std::size_t>(options.parallel, 1, most_threads)),
      attempts_(std::max(options.attempts, 1U)),
      backoff_(backoff_of(options, ctx)) {}

Status ReadRun::run() {
  plan_lanes();
  const std::size_t batches = plan_batches();
  if (!refused_.empty()) deliver(std::move(refused_));
  start_and_join(std::min(parallel_, batches));
  if (thrown_) std::rethrow_exception(thrown_);
  if (stopped_) return *stopped_;
  return {};
}

void ReadRun::plan_lanes() {
  std::map<std::pair<Provider*, std::string>, std::size_t> by_name;
  std::map<Provider*, Result<ProviderCapabilities>> capabilities;
  for (std::size_t i = 0; i < reads_.size(); ++i) {
    Provider* provider = reads_[i].provider;
    if (provider == nullptr) {
      refused_.push_back({i,
                          {ReadOutcome::failed(Error(Errc::read_unsupported, "no provider reads resources of this type")
                                                   .at(reads_[i].resource->address)
                                                   .next("add a provider for the type, or exclude the resource")),
                           {},
                           0}});
      continue;
    }
    Result<std::string> name = call_lane(*provider, *reads_[i].resource);
    auto caps = capabilities.find(provider);
    if (caps == capabilities.end()) caps = capabilities.emplace(provider, call_capabilities(*provider)).first;
    if (!name || !caps->second) {
      Error e = name ? caps->second.error() : name.error();
      refused_.push_back({i, {ReadOutcome::failed(std::move(e).at(reads_[i].resource->address)), {}, 0}});
      continue;
    }
    const auto [at, is_new] = by_name.try_emplace({provider, *name}, lanes_.size());
    if (is_new) {
      std::size_t limit = std::max<std::size_t>(caps->second->max_concurrency, 1);
      if (options_.per_lane > 0) limit = std::min(limit, options_.per_lane);
      lanes_.push_back({provider, *name, std::max<std::size_t>(caps->second->max_batch, 1), limit});
    }
    lanes_[at->second].members.push_back({i});
  }
}

// Batches as large as the provider takes, but small enough that every worker that may read the lane has one.
std::size_t ReadRun::plan_batches() {
  for (Lane& lane : lanes_) {
    const std::size_t workers = std::min(lane.limit, parallel_);
    const std::size_t n = lane.members.size();
    const std::size_t size = std::clamp<std::size_t>((n + workers - 1) / workers, 1, lane.max_batch);
    for (std::size_t begin = 0; begin < n; begin += size) {
      const auto first = lane.members.begin() + static_cast<std::ptrdiff_t>(begin);
      lane.queue.push_back({{first, first + static_cast<std::ptrdiff_t>(std::min(size, n - begin))}});
    }
    queued_ += lane.queue.size();
    lane.members = {};
  }
  return queued_;
}

void ReadRun::start_and_join(std::size_t workers) {
  if (workers == 0) return;
  std::vector<std::jthread> threads;  // joined when this function ends, however it ends
  threads.reserve(workers - 1);
  try {
    while (threads.size() + 1 < workers) threads.emplace_back([this] { work_and_keep_exceptions(); });
  } catch (const std::system_error&) {
    // The system gives no more threads: those that are there do the work.
  }
  work_and_keep_exceptions();
}

// What the sink throws goes to the caller of run_reads(), not to the end of a thread of ours.
void ReadRun::work_and_keep_exceptions() {
  try {
    work();
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (!thrown_) thrown_ = std::current_exception();
    changed_.notify_all();
  }
}

void ReadRun::work() {
  std::unique_lock lock(mutex_);
  while (!thrown_ && queued_ + in_flight_ > 0) {
    if (Status s = ctx_.check(); !s.ok() && queued_ > 0) {
      stop(s.error(), lock);
      continue;
    }
    const Clock::Duration now = ctx_.clock->monotonic();
    Clock::Duration wake = Clock::Duration::max();
    if (std::optional<Taken> taken = take(now, wake)) {
      lock.unlock();
      read_batch(*std::move(taken));
      lock.lock();
    } else {
      wait(now, wake, lock);
    }
  }
  changed_.notify_all();
}

// The next batch that is ready in a lane that has room; else `wake` is when one will be (max: when a batch in flight ends).
std::optional<ReadRun::Taken> ReadRun::take(Clock::Duration now, Clock::Duration& wake) {
  for (std::size_t step = 0; step < lanes_.size(); ++step) {
    const std::size_t at = (next_lane_ + step) % lanes_.size();
    Lane& lane = lanes_[at];
    if (lane.in_flight >= lane.limit) continue;
    for (auto b = lane.queue.begin(); b != lane.queue.end(); ++b) {
      if (b->ready_at > now) {
        wake = std::min(wake, b->ready_at);
        continue;
      }
      Taken taken{at, std::move(*b)};
      lane.queue.erase(b);
      --queued_;
      ++lane.in_flight;
      ++in_flight_;
      next_lane_ = (at + 1) % lanes_.size();
      return taken;
    }
  }
  return std::nullopt;
}

void ReadRun::wait(Clock::Duration now, Clock::Duration wake, std::unique_lock<std::mutex>& lock) {
  if (wake == Clock::Duration::max() || timekeeper_) {
    changed_.wait(lock);
    return;
  }
  timekeeper_ = true;
  lock.unlock();
  ctx_.clock->sleep(std::min(wake - now, slice));
  lock.lock();
  timekeeper_ = false;
  changed_.notify_all();
}

void ReadRun::read_batch(Taken taken) {
  const Lane& lane = lanes_[taken.lane];  // its name and provider do not change while workers run
  std::vector<const Resource*> resources;
  resources.reserve(taken.batch.items.size());
  for (const Item& item : taken.batch.items) resources.push_back(reads_[item.index].resource);
  std::vector<ReadOutcome> outcomes = call_read(*lane.provider, resources, ctx_, options_.read_timeout);

  const bool stopping = !ctx_.check().ok();
  std::vector<Finished> finished;
  Batch again;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    Item item = taken.batch.items[i];
    ++item.attempts;
    const bool failed = outcomes[i].is_failed();
    const bool may_retry = failed && outcomes[i].error().is_retryable() && item.attempts < attempts_;
    const bool gave_up =
        failed && stopping && (outcomes[i].error().code() == Errc::cancelled || outcomes[i].error().code() == Errc::deadline);
    if (may_retry || gave_up) {
      if (!gave_up) item.failed_with = outcomes[i].error().code();
      again.items.push_back(item);
    } else {
      finished.push_back({item.index, {std::move(outcomes[i]), lane.name, item.attempts}});
    }
  }
  if (!finished.empty()) deliver(std::move(finished));

  const std::lock_guard lock(mutex_);
  --lanes_[taken.lane].in_flight;
  --in_flight_;
  if (!again.items.empty()) {
    const Item& first = again.items.front();
    again.ready_at = ctx_.clock->monotonic() + retry_delay(backoff_, reads_[first.index].resource->address, first.attempts);
    lanes_[taken.lane].queue.push_back(std::move(again));
    ++queued_;
  }
  changed_.notify_all();
}

// Hands over everything that is queued as not read. Batches in flight end by themselves: their providers have the same context.
void ReadRun::stop(const Error& why, std::unique_lock<std::mutex>& lock) {
  if (!stopped_) stopped_ = why;
  std::vector<Finished> finished;
  for (Lane& lane : lanes_) {
    for (const Batch& batch : lane.queue)
      for (const Item& item : batch.items) finished.push_back({item.index, unread(lane, item, why)});
    lane.queue.clear();
  }
  queued_ = 0;
  lock.unlock();
  deliver(std::move(finished));
  lock.lock();
  changed_.notify_all();
}

ScheduledOutcome ReadRun::unread(const Lane& lane, const Item& item, const Error& why) const {
  Error e = Error(why.code(), why.message()).at(reads_[item.index].resource->address).next(why.next_step());
  if (item.failed_with)
    e.add_context("after " + std::to_string(item.attempts) + " attempts, the last with " + std::string(errc_name(*item.failed_with)));
  return {ReadOutcome::failed(std::move(e)), lane.name, item.attempts};
}

void ReadRun::deliver(std::vector<Finished> finished) {
  const std::lock_guard lock(deliver_mutex_);
  for (Finished& f : finished) sink_(f.index, std::move(f.outcome));
  done_ += finished.size();
  if (options_.progress) options_.progress(done_, reads_.size());
}

}  // namespace drift::provider_internal
