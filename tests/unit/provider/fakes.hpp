// Stand-ins for time, the file system's mishaps and live systems. Thread rule: FakeClock and FakeProvider from any thread.
#pragma once

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "drift/base/clock.hpp"
#include "drift/provider/provider.hpp"

namespace drift::test {

// Time stands still except that sleep() moves it on at once.
class FakeClock final : public Clock {
 public:
  [[nodiscard]] Duration monotonic() const override { return Duration(now_.load()); }
  [[nodiscard]] Duration wall() const override { return std::chrono::seconds(1'795'251'600) + monotonic(); }  // 2026-11-21T09:00:00Z
  void sleep(Duration d) const override {
    now_ += d.count();
    slept_ += d.count();
    if (on_sleep) on_sleep();
  }
  void advance(Duration d) const { now_ += d.count(); }
  [[nodiscard]] Duration slept() const { return Duration(slept_.load()); }
  std::function<void()> on_sleep;

 private:
  mutable std::atomic<Duration::rep> now_{1'000};
  mutable std::atomic<Duration::rep> slept_{0};
};

// Later each time that somebody looks, by so much.
class HurriedClock final : public Clock {
 public:
  explicit HurriedClock(Duration step) { hurry(step); }
  void hurry(Duration step) const { step_ = step.count(); }
  [[nodiscard]] Duration monotonic() const override { return Duration(now_ += step_.load()); }
  [[nodiscard]] Duration wall() const override { return monotonic(); }
  void sleep(Duration d) const override { now_ += d.count(); }

 private:
  mutable std::atomic<Duration::rep> step_{0}, now_{0};
};

inline OpContext on(const Clock& clock) {
  OpContext ctx;
  ctx.clock = &clock;
  return ctx;
}

class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "drift-provider-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TempDir() { std::filesystem::remove_all(path_); }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + '/' + name; }
  [[nodiscard]] const std::string& path() const { return path_; }
  std::string write(const std::string& name, std::string_view text) const {
    std::ofstream(*this / name, std::ios::binary) << text;
    return *this / name;
  }

 private:
  std::string path_;
};

inline std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline Resource resource(std::string address, std::string type = "thing") {
  Resource r;
  r.address = std::move(address);
  r.type = std::move(type);
  r.attributes = Value(Object());
  return r;
}

// Answers what `answer` says, and counts what it is asked.
class FakeProvider final : public Provider {
 public:
  std::string label = "fake";
  ProviderCapabilities caps{};
  // Attempts are counted from 1 per address.
  std::function<ReadOutcome(const Resource&, unsigned attempt, const OpContext&)> answer;
  std::function<std::string(const Resource&)> lane_of;
  std::function<std::size_t(const Resource&)> limit_of;
  std::function<Status(std::span<const ReadRequest>, const ReadSink&, const OpContext&)> whole;  // instead of `answer`
  std::atomic<int> calls{0};
  std::atomic<int> at_once{0};
  std::atomic<int> most_at_once{0};

  [[nodiscard]] std::string_view name() const override { return label; }
  [[nodiscard]] ProviderCapabilities capabilities() const override { return caps; }
  [[nodiscard]] bool handles(const Resource&) const override { return true; }
  [[nodiscard]] std::string lane(const Resource& r) const override { return lane_of ? lane_of(r) : label; }

  [[nodiscard]] std::size_t lane_limit(const Resource& r) const override { return limit_of ? limit_of(r) : caps.max_concurrency; }

  Status read(std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& ctx) override {
    ++calls;
    const int now = ++at_once;
    int most = most_at_once;
    while (now > most && !most_at_once.compare_exchange_weak(most, now)) {
    }
    Status s = read_all(batch, sink, ctx);
    --at_once;
    return s;
  }

  [[nodiscard]] unsigned attempts(const std::string& address) {
    const std::lock_guard lock(mutex_);
    return attempts_[address];
  }
  [[nodiscard]] std::vector<std::size_t> batch_sizes() {
    const std::lock_guard lock(mutex_);
    return batch_sizes_;
  }

 private:
  Status read_all(std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& ctx) {
    {
      const std::lock_guard lock(mutex_);
      batch_sizes_.push_back(batch.size());
    }
    if (whole) return whole(batch, sink, ctx);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const Resource& r = *batch[i].resource;
      unsigned attempt = 0;
      {
        const std::lock_guard lock(mutex_);
        attempt = ++attempts_[r.address];
      }
      sink(i, answer ? answer(r, attempt, ctx) : ReadOutcome::found(r));
    }
    return {};
  }

  std::mutex mutex_;
  std::map<std::string, unsigned> attempts_;
  std::vector<std::size_t> batch_sizes_;
};

}  // namespace drift::test
