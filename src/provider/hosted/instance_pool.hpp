// The instances of a host that scans more than once: who asks for the same configuration gets the same process, whatever its state.
//
// With another environment (other credentials) there is another instance, and the one before it goes as soon as nobody uses it; so do those
// that nobody used for a while, and the longest unused ones beyond a number. What was in the environment is not kept for this.
//
// Thread rule: any. Ownership: an instance that was taken is kept by who took it, also when the pool is gone. In a child of fork() it does
// nothing.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "drift/base/environment.hpp"
#include "provider/hosted/lifecycle.hpp"
#include "third/digest.hpp"

namespace drift::hosted_internal {

// Texts one behind the other that cannot be mistaken for others.
class PlaceDigest {
 public:
  void add(std::string_view text);
  void add_flag(bool flag) { add(std::string_view(flag ? "yes" : "no")); }
  template <class T>
  void add(const std::optional<T>& v) {
    if (!v) return add(std::string_view("-"));
    if constexpr (std::is_same_v<T, Clock::Duration>)
      add(std::string_view(std::to_string(v->count())));
    else
      add(std::string_view(std::to_string(*v)));
  }
  void add_file(const std::string& path);  // as it is now: one that was built anew is another program
  [[nodiscard]] std::string finish() { return hasher_.finish(); }

 private:
  third::Hasher hasher_{third::Hasher::sha256};
};

class InstancePool {
 public:
  struct Limits {
    std::chrono::milliseconds idle = std::chrono::minutes(5);  // none: an instance goes with the last who uses it
    std::size_t most_idle = 16;
  };
  explicit InstancePool(Limits limits);
  InstancePool(const InstancePool&) = delete;
  InstancePool& operator=(const InstancePool&) = delete;
  ~InstancePool();

  // `place`: all that an instance is made of but the environment. Nothing is started. Until the result is let go, what the process writes
  // goes to `log` too.
  template <class T>
  [[nodiscard]] std::shared_ptr<T> take(const std::string& place, const Environment& environment, const LogSink& log,
                                        const std::function<std::shared_ptr<T>()>& make) {
    return std::static_pointer_cast<T>(take_any(place, environment, log, make));
  }
  [[nodiscard]] std::size_t size() const;

 private:
  struct State;
  [[nodiscard]] std::shared_ptr<Pooled> take_any(const std::string& place, const Environment& environment, LogSink log,
                                                 const std::function<std::shared_ptr<Pooled>()>& make);
  const std::shared_ptr<State> state_;
};

}  // namespace drift::hosted_internal
