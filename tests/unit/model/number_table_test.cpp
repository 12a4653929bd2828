#include "model/number_table.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

using drift::model_internal::NumberTable;

TEST_CASE("a table finds what was added, whatever the hashes") {
  // From well spread to all alike, which makes one long chain.
  for (const std::uint64_t hashes : {std::uint64_t{1} << 40, std::uint64_t{64}, std::uint64_t{1}}) {
    std::mt19937_64 random(18);
    NumberTable table;
    std::set<std::uint32_t> added;
    const auto hash_of = [&](std::uint32_t n) { return n * 0x9E3779B97F4A7C15U % hashes; };
    const auto find = [&](std::uint32_t n) { return table.find(hash_of(n), [&](std::uint32_t x) { return x == n; }); };
    CHECK_FALSE(find(0).has_value());
    for (int i = 0; i < 1000; ++i) {
      const auto n = static_cast<std::uint32_t>(random() % 2000);
      if (added.insert(n).second) table.add(n, hash_of(n));
    }
    for (std::uint32_t n = 0; n < 2000; ++n) REQUIRE(find(n).has_value() == (added.count(n) == 1));
    CHECK(table.memory_bytes() >= added.size() * 10);
    CHECK(table.memory_bytes() <= added.size() * 22);
  }
}

TEST_CASE("a table with room reserved does not move") {
  NumberTable table;
  table.reserve(1000);
  const std::size_t reserved = table.memory_bytes();
  CHECK(reserved == NumberTable::memory_for(1000));
  for (std::uint32_t n = 0; n < 1000; ++n) table.add(n, n);
  CHECK(table.memory_bytes() == reserved);
  CHECK(NumberTable::memory_for(0) == 0);
}

TEST_CASE("a chain goes on round the end of the table") {
  NumberTable table;
  constexpr std::uint64_t last = 15;  // of the first sixteen slots
  for (const std::uint32_t n : {5U, 3U, 4U}) table.add(n, last);
  for (const std::uint32_t n : {5U, 3U, 4U}) CHECK(table.find(last, [n](std::uint32_t x) { return x == n; }) == n);
}
