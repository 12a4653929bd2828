#include "provider/hosted/instance_pool.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "plugin/quiet_thread.hpp"

namespace drift::hosted_internal {
namespace {

// Real time, and not a scan's: a process is idle for as long as it is.
using Steady = std::chrono::steady_clock;

std::string digest_of(const Environment& environment) {
  PlaceDigest d;
  for (const auto& [name, value] : environment) {
    d.add(name);
    d.add(value);
  }
  return d.finish();
}

}  // namespace

void PlaceDigest::add(std::string_view text) {
  hasher_.update(std::to_string(text.size()) + ':');
  hasher_.update(text);
}

void PlaceDigest::add_file(const std::string& path) {
  add(path);
  struct stat s {};
  if (::stat(path.c_str(), &s) != 0) return;
  const auto changed = static_cast<long long>(s.st_mtim.tv_sec) * 1'000'000'000 + s.st_mtim.tv_nsec;
  for (const std::string& part : {std::to_string(s.st_dev), std::to_string(s.st_ino), std::to_string(s.st_size), std::to_string(changed)})
    add(part);
}

// Of the pool, of those who took an instance, and of the thread that ends the idle ones.
struct InstancePool::State : std::enable_shared_from_this<InstancePool::State> {
  struct Entry {
    std::string place, environment;
    std::shared_ptr<Pooled> instance;
    std::size_t users = 0;
    Steady::time_point idle_since{};
  };
  using Ended = std::vector<std::shared_ptr<Pooled>>;  // to be let go without the lock: a process takes its time to end

  explicit State(Limits l) : limits(l) {}

  // With the lock.
  Ended take_ended(Steady::time_point now);
  [[nodiscard]] std::optional<Steady::time_point> next_end() const;

  void release(const Pooled* instance);
  void watch();

  const Limits limits;
  const pid_t pid = ::getpid();
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::vector<Entry> entries;
  bool over = false;
  std::optional<plugin::QuietThread> watcher;
};

InstancePool::State::Ended InstancePool::State::take_ended(Steady::time_point now) {
  std::vector<Entry*> idle;
  for (Entry& e : entries)
    if (e.users == 0) idle.push_back(&e);
  std::sort(idle.begin(), idle.end(), [](const Entry* a, const Entry* b) { return a->idle_since < b->idle_since; });
  Ended out;
  for (std::size_t i = 0; i < idle.size(); ++i)
    if (now - idle[i]->idle_since >= limits.idle || idle.size() - i > limits.most_idle) out.push_back(std::move(idle[i]->instance));
  std::erase_if(entries, [](const Entry& e) { return e.instance == nullptr; });
  return out;
}

std::optional<Steady::time_point> InstancePool::State::next_end() const {
  std::optional<Steady::time_point> next;
  for (const Entry& e : entries)
    if (e.users == 0 && (!next || e.idle_since + limits.idle < *next)) next = e.idle_since + limits.idle;
  return next;
}

void InstancePool::State::release(const Pooled* instance) {
  Ended ended;
  const std::lock_guard lock(mutex);
  const auto entry = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.instance.get() == instance; });
  if (entry == entries.end()) return;  // it was replaced: it goes with the last who has it
  if (--entry->users > 0) return;
  entry->idle_since = Steady::now();
  if (limits.idle.count() > 0 && !watcher && !over) {
    // Without a thread the idle ones go when somebody takes or releases one.
    Result<plugin::QuietThread> started = plugin::QuietThread::start("drift-idle", [state = shared_from_this()] { state->watch(); });
    if (started) watcher.emplace(*std::move(started));
  }
  ended = take_ended(entry->idle_since);
  changed.notify_all();
}

void InstancePool::State::watch() {
  std::unique_lock lock(mutex);
  while (!over) {
    if (const auto next = next_end())
      changed.wait_until(lock, *next);
    else
      changed.wait(lock);
    Ended ended = take_ended(Steady::now());
    lock.unlock();
    ended.clear();
    lock.lock();
  }
}

InstancePool::InstancePool(Limits limits) : state_(std::make_shared<State>(limits)) {}

InstancePool::~InstancePool() {
  if (state_->pid != ::getpid()) return;
  State::Ended ended;
  std::optional<plugin::QuietThread> watcher;
  {
    const std::lock_guard lock(state_->mutex);
    state_->over = true;
    for (State::Entry& e : state_->entries) ended.push_back(std::move(e.instance));
    state_->entries.clear();
    if (state_->watcher) watcher.emplace(*std::exchange(state_->watcher, std::nullopt));
    state_->changed.notify_all();
  }
  if (watcher) watcher->join();
}

std::shared_ptr<Pooled> InstancePool::take_any(const std::string& place, const Environment& given, LogSink log,
                                               const std::function<std::shared_ptr<Pooled>()>& make) {
  const std::string environment = digest_of(given);
  State::Ended ended;
  std::shared_ptr<Pooled> instance;
  bool alone = true;
  {
    const std::lock_guard lock(state_->mutex);
    for (State::Entry& e : state_->entries) {
      if (e.place != place) continue;
      if (e.environment != environment) {
        ended.push_back(std::move(e.instance));
        continue;
      }
      instance = e.instance;
      alone = e.users++ == 0;
    }
    std::erase_if(state_->entries, [](const State::Entry& e) { return e.instance == nullptr; });
    if (!instance) {
      instance = make();
      state_->entries.push_back({.place = place, .environment = environment, .instance = instance, .users = 1});
    }
  }
  instance->taken(alone);
  const LogHub::Id id = instance->logs().add(std::move(log));
  Pooled* const taken = instance.get();
  return {taken, [state = state_, kept = std::move(instance), id](Pooled* i) {
            if (state->pid != ::getpid()) return;
            i->logs().remove(id);
            state->release(i);
          }};
}

std::size_t InstancePool::size() const {
  const std::lock_guard lock(state_->mutex);
  return state_->entries.size();
}

}  // namespace drift::hosted_internal
