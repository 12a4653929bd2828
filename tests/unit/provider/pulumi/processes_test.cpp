// When a plugin's process is started, shared, lost and left alone.
#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <memory>
#include <thread>

#include "provider/hosted/crash_count.hpp"
#include "provider/pulumi/process_pool.hpp"
#include "unit/provider/pulumi/world.hpp"

using namespace drift;                         // NOLINT(google-build-using-namespace)
using namespace drift::pulumi_internal;        // NOLINT(google-build-using-namespace)
using namespace drift::pulumi_internal::test;  // NOLINT(google-build-using-namespace)

TEST_CASE("pulumi provider: the processes of a host serve scan after scan, with the same environment") {
  World w;
  w.options.processes = make_pulumi_processes();
  (void)w.found();
  w.provider.reset();
  (void)w.found();
  CHECK(w.peer.asked("Configure").size() == 1);
  CHECK(w.peer.asked("Read").size() == 2);
  w.options.environment["TOKEN"] = "another";
  w.provider.reset();
  (void)w.found();
  CHECK(w.peer.asked("Configure").size() == 2);
  w.options.processes.reset();
  w.provider.reset();
  (void)w.found();
  CHECK(w.peer.asked("Configure").size() == 3);
}

TEST_CASE("pulumi provider: what a process of an earlier scan is refused is read by a new one, once") {
  World w;
  w.options.processes = make_pulumi_processes();
  (void)w.found();
  w.provider.reset();
  w.peer.methods["Read"] = [&w](std::string_view) {
    return w.peer.asked("Configure").size() < 2 ? refused(16) : ok(read_reply("i-1", struct_of(R"({"size":1})")));
  };
  CHECK(w.read().is_found());
  CHECK(w.peer.asked("Configure").size() == 2);
  w.peer.methods["Read"] = [](std::string_view) { return refused(16); };
  CHECK(w.failed().code() == Errc::read_auth);
  CHECK(w.peer.asked("Configure").size() == 2);
}

TEST_CASE("pulumi provider: the time of a read stands still until its turn, which ends before Diff is asked") {
  struct Time final : ReadTime {
    std::string said{};
    OpContext stop() override {
      said += "stop ";
      return {};
    }
    Status turn() override {
      said += "turn ";
      return {};
    }
    OpContext start() override {
      said += "start ";
      return {};
    }
  };
  World w;
  w.provider = w.made();
  const Resource r = w.recorded();
  Time time;
  std::string at_diff;
  w.peer.methods["Diff"] = [&](std::string_view) {
    at_diff = time.said;
    return ok(diff_reply(1));
  };
  const ReadRequest request{&r, &time};
  std::size_t answers = 0;
  REQUIRE(w.provider->read({&request, 1}, [&](std::size_t, const ReadOutcome&) { ++answers; }, {}).ok());
  CHECK(answers == 1);
  CHECK(time.said == "stop stop turn start stop start ");
  CHECK(at_diff == time.said);
}

TEST_CASE("pulumi provider: a plugin that was lost is started anew") {
  World w;
  (void)w.found();
  w.peer.cut();
  (void)w.found();
  CHECK(w.peer.asked("Configure").size() == 2);
}

TEST_CASE("pulumi provider: a resource that costs the plugin its life is asked about once more, alone, and is unreadable then") {
  World w;
  w.peer.methods["Read"] = [](std::string_view) { return lost(); };
  (void)w.failed();
  CHECK(w.peer.asked("Read").size() == 2);
  CHECK(w.peer.asked("Configure").size() == 2);
  w.answer(R"({"size":1})");
  (void)w.found();
}

TEST_CASE("pulumi provider: a start that failed holds for all who come, until the next scan") {
  World w;
  w.options.processes = make_pulumi_processes();
  w.peer.methods["Configure"] = [](std::string_view) { return refused(16); };
  for (int i = 0; i < 3; ++i) (void)w.failed();
  CHECK(w.peer.asked("Configure").size() == 1);
  w.provider.reset();
  w.peer.methods["Configure"] = [](std::string_view) { return ok(); };
  (void)w.found();
  CHECK(w.peer.asked("Configure").size() == 2);
}

TEST_CASE("pulumi provider: no more reads are made of a type that crashes the plugin again and again") {
  World w;
  w.peer.methods["Read"] = [](std::string_view) { return lost(); };
  const std::size_t most = hosted_internal::CrashCount::most_of_type + 1;
  for (std::size_t i = 0; i < most; ++i) (void)w.failed();
  CHECK(w.peer.asked("Read").size() == 2 * most);
  CHECK(w.failed().message().find("reads of acme:index:Thing crashed the provider 41 times") != std::string::npos);
  CHECK(w.peer.asked("Read").size() == 2 * most);
}

TEST_CASE("pulumi provider: a plugin that crashes whatever it is asked is not started for ever") {
  World w;
  w.peer.methods["Read"] = [](std::string_view) { return lost(); };
  const std::size_t most = hosted_internal::CrashCount::most + 1;
  for (std::size_t i = 0; i < most; ++i) {  // each costs two of them at first
    w.type = "acme:index:" + std::to_string(i % 7);
    (void)w.failed();
  }
  CHECK(w.failed().message().find("the provider crashed 201 times, and is not started again") != std::string::npos);
  CHECK(w.peer.asked("Configure").size() == most);
}

TEST_CASE("pulumi provider: a lane takes as many calls at once as the settings of its plugin say") {
  World w;
  w.options.settings = parse_pulumi_settings(json(R"({"parallel":3,"plugins":{"acme":{"parallel":5}}})")).value();
  CHECK(w.made()->lane_limit(w.recorded()) == 5);
  w.options.settings.plugins.clear();
  CHECK(w.made()->lane_limit(w.recorded()) == 3);
  w.options.settings.parallel.reset();
  CHECK(w.made()->lane_limit(w.recorded()) == 16);
}

// Its end waits for its connection's thread, which the test keeps busy for as long as it likes.
TEST_CASE("pulumi provider: while a hung process of an earlier scan is ended, nothing waits for it but who needs it") {
  World w;
  w.options.processes = make_pulumi_processes();
  const Resource one = w.recorded();
  w.provider_inputs = R"({"region":"us","version":"1.2.3","__internal":{}})";
  const Resource other = w.recorded();
  const auto provider = w.made();
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);  // of a test that fails
  std::promise<void> busy, go_on;
  std::weak_ptr<PluginProcess> hung;
  {
    const EngineRecord& record = *one.record->provider;
    const auto pool = std::static_pointer_cast<ProcessPool>(w.options.processes);
    const auto instance = pool->take(key_of(record), read_provider_record(record).value(), std::make_shared<PulumiOptions>(w.options));
    const Session session = instance->session({}).value();
    (void)session.process->channel().start(method_path("Read"), {}, {}, [&, end = go_on.get_future().share()](const plugin::GrpcReply&) {
      busy.set_value();
      end.wait_until(patience);
    });
    CHECK(busy.get_future().wait_until(patience) == std::future_status::ready);
    instance->ran_out(*session.process);
    hung = session.process;
  }
  std::thread ending([&] { CHECK(provider->lane_limit(one) == 16); });
  while (!hung.expired() && std::chrono::steady_clock::now() < patience) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  CHECK(hung.expired());  // so that somebody ends it
  std::future<std::size_t> limit = std::async(std::launch::async, [&] { return provider->lane_limit(other); });
  CHECK(limit.wait_until(patience) == std::future_status::ready);
  go_on.set_value();
  CHECK(limit.get() == 16);
  ending.join();
}
