#include "provider/hosted/taken_once.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

using drift::hosted_internal::TakenOnce;

TEST_CASE("taken once: by the first who asks") {
  TakenOnce<int> all;
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  threads.reserve(8);
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] { right += *all.get("b", [&] { return std::make_shared<int>(++taken); }) == 1 ? 1 : 0; });
  for (std::thread& t : threads) t.join();
  CHECK(taken == 1);
  CHECK(right == 8);
  CHECK(*all.get("a", [] { return std::make_shared<int>(7); }) == 7);
  const std::vector<int*> in_order = all.all();
  REQUIRE(in_order.size() == 2);
  CHECK(*in_order[0] == 7);
  CHECK(*in_order[1] == 1);
}

TEST_CASE("taken once: what takes its time keeps nobody waiting who asks for something else") {
  TakenOnce<int> all;
  std::promise<void> begun, other_taken;
  std::thread slow([&] {
    (void)all.get("slow", [&] {
      begun.set_value();
      other_taken.get_future().wait();
      return std::make_shared<int>(1);
    });
  });
  begun.get_future().wait();
  CHECK(*all.get("other", [] { return std::make_shared<int>(2); }) == 2);
  other_taken.set_value();
  slow.join();
}
