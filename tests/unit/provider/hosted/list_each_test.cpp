#include "provider/hosted/list_each.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "provider/hosted/hosted_process.hpp"
#include "provider/hosted/lifecycle.hpp"

using namespace drift;                   // NOLINT(google-build-using-namespace)
using namespace drift::hosted_internal;  // NOLINT(google-build-using-namespace)
using Lines = std::vector<std::string>;

namespace {

struct Process : HostedProcess {
  explicit Process(int n) : number(n) {}
  int number;  // counted from one
  [[nodiscard]] bool alive() const { return true; }
  [[nodiscard]] std::uint64_t calls() const { return 0; }
  [[nodiscard]] std::optional<std::uint64_t> rss_bytes() const { return std::nullopt; }
};
struct Session {
  std::shared_ptr<Process> process;
  Clock::Duration started_at{};
};

class Instance final : public Lifecycle<Session> {
 public:
  Instance() : Lifecycle({.parallel = 1, .max_age = {}, .max_calls = 1000, .max_memory = {}}, "it") {}
  [[nodiscard]] Result<Session> session(const OpContext& ctx) {
    return Lifecycle::session(ctx, [this](const OpContext&) -> Result<Session> {
      return Session{std::make_shared<Process>(++started_), {}};
    });
  }
  [[nodiscard]] std::string display() const { return "provider x"; }

 private:
  int started_ = 0;
};

const ListEnd silent{.wrong = Error(Errc::read_timeout, "nothing came"), .silent = true};
const ListEnd late{.wrong = Error(Errc::read_timeout, "no end"), .late = true};
const ListEnd refused{.wrong = Error(Errc::read_auth, "not today")};
const ListEnd lost{.wrong = Error(Errc::read_failed, "gone"), .lost = true};

struct World {
  Instance instance;
  Lines asked, notes;  // "a 1": of the first process
  std::vector<ListEnd> ends;
  std::function<void()> during;

  Status list(const Lines& types, OpContext ctx = {}) {
    const LogSink log = [this](const LogRecord& record) { notes.emplace_back(record.message); };
    ctx.log = &log;
    const auto one = [this](const Session& session, const std::string& type) {
      asked.push_back(type + " " + std::to_string(session.process->number));
      if (during) during();
      return asked.size() <= ends.size() ? ends[asked.size() - 1] : ListEnd{};
    };
    return list_each(instance, types, one, ctx);
  }
};

}  // namespace

TEST_CASE("list each: what is wrong with one type costs no other one its list") {
  World w;
  w.ends = {refused, refused, refused};
  CHECK(w.list({"a", "b", "c", "d"}).ok());
  CHECK(w.asked == Lines{"a 1", "b 1", "c 1", "d 1"});
  REQUIRE(w.notes.size() == 3);
  CHECK(w.notes[1].find("provider x: not all of b could be listed: not today") != std::string::npos);
}

TEST_CASE("list each: a process of which a list hears nothing is replaced, and after two in a row the others are left") {
  World w;
  SUBCASE("in a row") {
    w.ends = {{}, silent, silent};
    CHECK(w.list({"a", "b", "c", "d", "e"}).ok());
    CHECK(w.asked == Lines{"a 1", "b 1", "c 2"});
    REQUIRE(w.notes.size() == 3);
    CHECK(w.notes[2] == "provider x: two lists in a row were given up: the 2 types that are left were not listed");
    CHECK_FALSE(w.instance.present());  // the last one hangs, too
  }
  SUBCASE("with one between them") {
    w.ends = {silent, {}, silent, refused, silent};
    CHECK(w.list({"a", "b", "c", "d", "e", "f"}).ok());
    CHECK(w.asked == Lines{"a 1", "b 2", "c 2", "d 3", "e 3", "f 4"});
    CHECK(w.notes.size() == 4);
  }
  SUBCASE("where none is left") {
    w.ends = {silent, silent};
    CHECK(w.list({"a", "b"}).ok());
    CHECK(w.notes.size() == 2);
  }
}

TEST_CASE("list each: a process that is too slow is none that hangs, but two such lists are enough") {
  World w;
  w.ends = {late, late};
  CHECK(w.list({"a", "b", "c"}).ok());
  CHECK(w.asked == Lines{"a 1", "b 1"});
  CHECK(w.notes.size() == 3);
  CHECK(w.instance.present());
}

TEST_CASE("list each: a process that is lost is the end, and the next who asks gets another one") {
  World w;
  w.ends = {lost};
  CHECK(w.list({"a", "b"}).error().to_string().find("while listing a") != std::string::npos);
  CHECK(w.list({"b"}).ok());
  CHECK(w.asked == Lines{"a 1", "b 2"});
}

TEST_CASE("list each: whose context ends does not go on, and blames nobody") {
  World w;
  w.ends = {silent};
  OpContext ctx;
  w.during = [&] { ctx.cancel.cancel(); };
  CHECK(w.list({"a", "b"}, ctx).error().code() == Errc::cancelled);
  CHECK(w.asked.size() == 1);
  CHECK(w.notes.empty());
  CHECK(w.instance.present());
}

TEST_CASE("list each: who wants to be alone with the process does not wait for the types that follow") {
  World w;
  std::size_t asked_then = 0;
  std::thread other;
  w.during = [&] {
    if (other.joinable()) return;
    other = std::thread([&] {
      const Result<Gate::Pass> inside = w.instance.gate().enter_alone({});
      asked_then = w.asked.size();
    });
    OpContext over;
    over.cancel.cancel();
    while (w.instance.gate().enter(over)) std::this_thread::yield();  // until he waits: nobody is let in before him then
  };
  CHECK(w.list({"a", "b", "c"}).ok());
  other.join();
  CHECK(asked_then == 1);
  CHECK(w.asked.size() == 3);
}
