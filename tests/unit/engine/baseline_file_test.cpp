#include "engine/baseline_file.hpp"

#include <atomic>
#include <thread>

#include "fixtures.hpp"

using namespace engine_test;             // NOLINT(google-build-using-namespace)
using namespace drift::engine_internal;  // NOLINT(google-build-using-namespace)
namespace fs = std::filesystem;

TEST_CASE("baseline file: what is written is read again; a missing one is empty") {
  const TempDir dir;
  const FixedClock clock;
  const SecretKey key(std::string(32, 'k'));
  Result<BaselineFile> file = read_baseline_file(dir.path("b"), {}, {});
  REQUIRE(file.ok());
  CHECK(file->resources.empty());
  file->lineage = "l-1";
  Resource a = resource("a", R"({"token":"CANARY"})");
  a.attributes.edit_object().set("token", Value("CANARY").mark(Secret::plain));
  CHECK(holds_plain_secret(a));
  file->resources.emplace("a", a);
  REQUIRE(write_baseline_file(*file, key, clock).ok());
  CHECK(dir.read("b").find("CANARY") == std::string::npos);

  const Result<BaselineFile> again = read_baseline_file(dir.path("b"), {}, {});
  REQUIRE(again.ok());
  CHECK(again->lineage == "l-1");
  REQUIRE(again->resources.size() == 1);
  CHECK_FALSE(holds_plain_secret(again->resources.at("a")));
  CHECK(check_keys(*again, key).ok());
  CHECK(check_keys(*again, SecretKey()).error().code() == Errc::config_invalid);
  CHECK(check_keys(*again, SecretKey(std::string(32, 'o'))).error().code() == Errc::config_invalid);
}

TEST_CASE("baseline file: links are followed to the file, also to one that is not there yet, and not in a circle") {
  const TempDir dir;
  fs::create_directory(dir.path("shared"));
  fs::create_symlink("shared/prod", dir.path("relative"));
  fs::create_symlink(dir.path("relative"), dir.path("twice"));
  fs::create_symlink("circle", dir.path("circle"));
  CHECK(*without_links(dir.path("plain")) == dir.path("plain"));
  CHECK(*without_links(dir.path("relative")) == dir.path("shared/prod"));
  CHECK(*without_links(dir.path("twice")) == dir.path("shared/prod"));
  CHECK(without_links(dir.path("circle")).error().code() == Errc::io);
  CHECK(read_baseline_file(dir.path("circle"), {}, {}).error().code() == Errc::io);
}

TEST_CASE("baseline file: one at a time") {
  const TempDir dir;
  std::atomic<int> inside = 0, most = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 3; ++i) {
        const Result<FolderLock> lock = FolderLock::of(dir.path("b"), {});
        const int now = ++inside;
        if (!lock.ok() || now > 1) most = now;
        --inside;
      }
    });
  threads.clear();
  CHECK(most == 0);
}

TEST_CASE("baseline file: waiting for another process can be stopped, and a folder that is not there is not waited for") {
  const TempDir dir;
  const FixedClock clock;
  const Result<FolderLock> held = FolderLock::of(dir.path("b"), {});
  REQUIRE(held.ok());
  OpContext context{.cancel = {}, .deadline = Deadline::after(clock, std::chrono::seconds(5)), .clock = &clock};
  CHECK(FolderLock::of(dir.path("b"), context).error().code() == Errc::deadline);
  CHECK(FolderLock::of(dir.path("none/b"), {}).ok());
}
