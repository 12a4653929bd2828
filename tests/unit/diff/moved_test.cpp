#include "diff/moved.hpp"

#include "unit/diff/support.hpp"

using namespace drift;
using namespace drift::testing;
using diff_internal::MovedAddresses;

namespace {

Snapshot snapshot(const std::vector<std::string>& addresses, std::vector<Move> moves = {}) {
  SnapshotBuilder b(Side::recorded);
  for (const std::string& address : addresses) {
    Resource r = resource("{}");
    r.address = address;
    REQUIRE(b.add(std::move(r)).ok());
  }
  for (Move& m : moves) b.moved(std::move(m));
  return std::move(b).build();
}

}  // namespace

TEST_CASE("a side from before a move is seen as if it had been made") {
  const Snapshot before = snapshot({"x", "old"});
  const Snapshot after = snapshot({"new", "x"}, {{"new", "old"}});
  const MovedAddresses moved({.desired = &after, .recorded = &before});
  CHECK(moved.address(before, 1) == "new");
  CHECK(moved.address(before, 0) == "x");
  CHECK(moved.find(before, "new") == 1);
  CHECK(moved.find(before, "x") == 0);
  CHECK(!moved.find(before, "old"));
  CHECK(moved.address(after, 0) == "new");
  CHECK(moved.find(after, "new") == 0);
}

TEST_CASE("a side that has the new address itself keeps both") {
  const Snapshot both = snapshot({"old", "new"});
  const Snapshot after = snapshot({"new"}, {{"new", "old"}});
  const MovedAddresses moved({.desired = &after, .recorded = &both});
  CHECK(moved.address(both, 0) == "old");
  CHECK(moved.find(both, "old") == 0);
  CHECK(moved.find(both, "new") == 1);
}

TEST_CASE("what now has the previous address is another resource") {
  const Snapshot before = snapshot({"old"});
  const Snapshot after = snapshot({"old", "new"}, {{"new", "old"}});
  const MovedAddresses moved({.desired = &after, .recorded = &before});
  CHECK(!moved.find(before, "old"));
  CHECK(moved.find(before, "new") == 0);
  CHECK(moved.find(after, "old") == 0);
  // A plan that deletes what it moved has no new address, and does not mean the old one.
  const Snapshot deleting = snapshot({"old"}, {{"new", "old"}});
  CHECK(MovedAddresses({.desired = &deleting, .recorded = &before}).address(deleting, 0) == "old");
}

TEST_CASE("moves that contradict each other leave every entry one address") {
  const Snapshot before = snapshot({"old", "a"});
  const Snapshot after = snapshot({"x"}, {{"one", "old"}, {"two", "old"}, {"b", "a"}, {"c", "b"}});
  const MovedAddresses moved({.desired = &after, .recorded = &before});
  CHECK(moved.address(before, 0) == "one");
  CHECK(moved.find(before, "one") == 0);
  CHECK(!moved.find(before, "two"));
  CHECK(moved.address(before, 1) == "b");
  CHECK(!moved.find(before, "c"));
}
