#include "provider/hosted/gate.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "unit/provider/fakes.hpp"

using namespace drift;
using namespace drift::hosted_internal;
using namespace std::chrono_literals;

namespace {

// In a thread of its own, to be held until let go.
class Visitor {
 public:
  Visitor(Gate& gate, bool alone, const OpContext& ctx = {})
      : thread_([this, &gate, alone, ctx] {
          Result<Gate::Pass> pass = alone ? gate.enter_alone(ctx) : gate.enter(ctx);
          inside_ = pass.ok();
          refused_ = !pass.ok();
          while (inside_ && !go_) std::this_thread::sleep_for(1ms);
          inside_ = false;
        }) {}
  ~Visitor() {
    leave();
    thread_.join();
  }
  void leave() { go_ = true; }
  [[nodiscard]] bool inside() const { return inside_; }
  [[nodiscard]] bool refused() const { return refused_; }

 private:
  std::atomic<bool> inside_ = false, refused_ = false, go_ = false;
  std::thread thread_;
};

template <class Ready>
bool eventually(Ready ready) {
  for (int i = 0; i < 30'000; ++i, std::this_thread::sleep_for(1ms))
    if (ready()) return true;
  return false;
}

// The other end of a promise that something does not happen: long enough that it would have, and no failure of a slow machine.
void let_others_run() { std::this_thread::sleep_for(50ms); }

}  // namespace

TEST_CASE("many are inside at once, one alone is not") {
  Gate gate;
  Visitor first(gate, false), second(gate, false);
  CHECK(eventually([&] { return first.inside() && second.inside(); }));
  Visitor alone(gate, true);
  let_others_run();
  CHECK_FALSE(alone.inside());
  first.leave();
  second.leave();
  CHECK(eventually([&] { return alone.inside(); }));
  Visitor later(gate, false), other(gate, true);
  let_others_run();
  CHECK_FALSE(later.inside());
  CHECK_FALSE(other.inside());
  alone.leave();
  CHECK(eventually([&] { return other.inside(); }));
  CHECK_FALSE(later.inside());
  other.leave();
  CHECK(eventually([&] { return later.inside(); }));
}

TEST_CASE("who wants to be alone is let in before those that come later, however many they are") {
  Gate gate;
  std::atomic<bool> stop = false;
  std::atomic<std::size_t> visits = 0;
  std::vector<std::thread> crowd;  // somebody is always inside
  for (int i = 0; i < 8; ++i)
    crowd.emplace_back([&] {
      while (!stop) {
        const Result<Gate::Pass> pass = gate.enter({});
        ++visits;
        std::this_thread::sleep_for(2ms);
      }
    });
  CHECK(eventually([&] { return visits > 50; }));
  OpContext ctx;
  ctx.deadline = Deadline::after(*ctx.clock, 60s);
  for (int i = 0; i < 20; ++i) CHECK(gate.enter_alone(ctx).ok());
  stop = true;
  for (std::thread& t : crowd) t.join();
}

TEST_CASE("nobody waits beyond the end of his context, and who gave up holds up nobody") {
  Gate gate;
  Visitor inside(gate, false);
  REQUIRE(eventually([&] { return inside.inside(); }));
  OpContext ended;
  ended.cancel.cancel();
  CHECK(gate.enter_alone(ended).error().code() == Errc::cancelled);
  CHECK(gate.enter({}).ok());
  OpContext open;
  Visitor alone(gate, true, open);
  CHECK(eventually([&] { return !gate.enter(ended).ok(); }));  // behind the one that waits
  Visitor later(gate, false);
  open.cancel.cancel();
  CHECK(eventually([&] { return alone.refused() && later.inside(); }));
}
