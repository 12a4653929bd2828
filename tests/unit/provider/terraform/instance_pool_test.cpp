#include "provider/terraform/instance_pool.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <thread>
#include <vector>

#include "unit/provider/fakes.hpp"

using namespace drift;                      // NOLINT(google-build-using-namespace)
using namespace drift::terraform_internal;  // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;

namespace {

// A program that would be launched; nothing here launches it.
struct World {
  test::TempDir dir;
  ProviderSettings settings;
  TerraformOptions options;
  ProviderAddress address = parse_provider_address("provider[\"registry.terraform.io/hashicorp/x\"]").value();

  World() {
    program("one");
    settings.name = settings.source = "x";
    settings.binary = dir / "terraform-provider-x";
    options.project_folder = dir.path();
    options.environment = {{"HOME", dir.path()}, {"TOKEN", "first"}};
  }
  void program(std::string_view text) const {
    dir.write("terraform-provider-x", text);
    REQUIRE(::chmod((dir / "terraform-provider-x").c_str(), 0755) == 0);
  }
  [[nodiscard]] std::shared_ptr<Instance> take(InstancePool& pool) const {
    return pool.take(address, &settings, std::make_shared<const TerraformOptions>(options));
  }
};

template <class Ready>
bool eventually(Ready ready) {
  for (int i = 0; i < 30'000; ++i, std::this_thread::sleep_for(1ms))
    if (ready()) return true;
  return false;
}

}  // namespace

TEST_CASE("one instance serves all states of a configuration") {
  World w;
  InstancePool pool({});
  const auto first = w.take(pool);
  w.options.state_path = w.dir / "a/terraform.tfstate";
  CHECK(w.take(pool) == first);
  w.options.state_path = w.dir / "b/terraform.tfstate";
  CHECK(w.take(pool) == first);
  CHECK(pool.size() == 1);
}

TEST_CASE("whatever matters to a process makes another instance") {
  const auto differs = [](const std::function<void(World&)>& change) {
    World w;
    InstancePool pool({});
    const auto first = w.take(pool);
    change(w);
    const auto second = w.take(pool);
    return second != first;
  };
  CHECK_FALSE(differs([](World&) {}));
  CHECK(differs([](World& w) { w.options.environment["TOKEN"] = "second"; }));
  CHECK(differs([](World& w) { w.options.environment["MORE"] = ""; }));
  CHECK(differs([](World& w) { w.settings.config = Value(Object({{"region", Value("eu")}})); }));
  CHECK(differs([](World& w) { w.settings.env.emplace_back("A", "b"); }));
  CHECK(differs([](World& w) { w.settings.parallel = 3; }));
  CHECK(differs([](World& w) { w.settings.max_age = 1h; }));
  CHECK(differs([](World& w) { w.settings.max_calls = 7; }));
  CHECK(differs([](World& w) { w.settings.max_memory = 7; }));
  CHECK(differs([](World& w) { w.settings.max_listed = 7; }));
  CHECK(differs([](World& w) { w.settings.start_timeout = 1h; }));
  CHECK(differs([](World& w) { w.settings.logs = true; }));
  CHECK(differs([](World& w) { w.settings.mutual_tls = true; }));
  CHECK(differs([](World& w) { w.program("built anew"); }));
  CHECK(differs([](World& w) { w.options.project_folder.clear(); }));
  CHECK(differs([](World& w) { w.address = parse_provider_address("provider[\"registry.terraform.io/hashicorp/x\"].west").value(); }));
}

TEST_CASE("with other credentials the instance before goes with the last who uses it") {
  World w;
  InstancePool pool({});
  auto old = w.take(pool);
  const auto user = old;
  w.options.environment["TOKEN"] = "second";
  const auto fresh = w.take(pool);
  CHECK(pool.size() == 1);  // it is not given to anybody any more
  CHECK(w.take(pool) == fresh);
  w.options.environment["TOKEN"] = "first";
  CHECK(w.take(pool) != old);
}

TEST_CASE("who is idle for long is ended, who is in use is not") {
  World w;
  InstancePool pool({.idle = 20ms, .most_idle = 16});
  auto used = w.take(pool);
  w.settings.parallel = 3;
  (void)w.take(pool);
  CHECK(eventually([&] { return pool.size() == 1; }));
  std::this_thread::sleep_for(60ms);
  CHECK(pool.size() == 1);
  used.reset();
  CHECK(eventually([&] { return pool.size() == 0; }));
}

TEST_CASE("beyond a number the longest idle ones are ended") {
  World w;
  InstancePool pool({.idle = 1h, .most_idle = 2});
  std::vector<std::shared_ptr<Instance>> all;
  for (std::size_t i = 1; i <= 5; ++i) {
    w.settings.parallel = i;
    all.push_back(w.take(pool));
  }
  CHECK(pool.size() == 5);
  for (auto& instance : all) instance.reset();
  CHECK(pool.size() == 2);
  for (std::size_t i : {4U, 5U}) {
    w.settings.parallel = i;
    (void)w.take(pool);
    CHECK(pool.size() == 2);
  }
}

TEST_CASE("without idle time an instance goes at once, and one outlives its pool") {
  World w;
  std::shared_ptr<Instance> kept;
  {
    InstancePool pool({.idle = {}, .most_idle = 0});
    (void)w.take(pool);
    CHECK(pool.size() == 0);
    kept = w.take(pool);
  }
  CHECK(kept->address().type == "x");
}

TEST_CASE("what a process writes goes to all who use it, and to nobody afterwards") {
  World w;
  InstancePool pool({});
  int first = 0, second = 0;
  w.options.log = [&](const LogRecord&) { ++first; };
  auto a = w.take(pool);
  a->logs().tell({LogLevel::debug, "c", "a", "m"});
  CHECK(first == 1);
  w.options.log = [&](const LogRecord&) { ++second; };
  auto b = w.take(pool);
  a->logs().tell({LogLevel::debug, "c", "a", "m"});
  CHECK(first == 2);
  CHECK(second == 1);
  a.reset();
  b->logs().tell({LogLevel::debug, "c", "a", "m"});
  CHECK(first == 2);
  CHECK(second == 2);
  Instance& idle = *b;
  b.reset();
  idle.logs().tell({LogLevel::debug, "c", "a", "m"});  // it waits for the next scan
  CHECK(second == 2);
}

TEST_CASE("a start that failed is tried again for who comes when nobody has the instance") {
  World w;
  const std::string starts = w.dir / "starts";
  w.program("#!/bin/sh\necho started >>'" + starts + "'\n");
  const auto count = [&] {
    std::ifstream file(starts);
    return std::count(std::istreambuf_iterator<char>(file), {}, '\n');
  };
  InstancePool pool({});
  auto first = w.take(pool);
  CHECK_FALSE(first->session({}).ok());
  CHECK_FALSE(first->session({}).ok());
  CHECK(count() == 1);
  auto second = w.take(pool);  // of another scan that goes on at the same time
  CHECK_FALSE(second->session({}).ok());
  CHECK(count() == 1);
  first.reset();
  second.reset();
  CHECK_FALSE(w.take(pool)->session({}).ok());
  CHECK(count() == 2);
}
