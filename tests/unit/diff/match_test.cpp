#include <algorithm>

#include "unit/diff/support.hpp"

using namespace drift;
using namespace drift::testing;

namespace {

Snapshot snapshot(Side side, const std::vector<std::pair<std::string, std::string>>& resources, const std::vector<Move>& moves = {}) {
  SnapshotBuilder b(side);
  for (const Move& m : moves) b.moved(m);
  for (const auto& [address, attributes] : resources) {
    Resource r = resource(attributes);
    r.address = address;
    REQUIRE(b.add(std::move(r)).ok());
  }
  return std::move(b).build();
}

}  // namespace

TEST_CASE("joined by address, sorted, equal ones counted") {
  const Snapshot recorded = snapshot(Side::recorded, {{"c", "{}"}, {"a", R"({"x":1})"}, {"same", "{}"}});
  const Snapshot actual = snapshot(Side::actual, {{"b", "{}"}, {"same", "{}"}, {"a", R"({"x":2})"}});
  std::size_t same = 99;
  const std::vector<Match> m = match_snapshots({.recorded = &recorded, .actual = &actual}, same);
  CHECK(same == 1);
  REQUIRE(m.size() == 3);
  CHECK(m[0].address == "a");
  CHECK(m[0].recorded == 1);
  CHECK(m[0].actual == 2);
  CHECK(m[1].address == "b");
  CHECK(!m[1].recorded);
  CHECK(m[1].actual == 0);
  CHECK(m[2].address == "c");
  CHECK(!m[2].actual);
}

TEST_CASE("equal means: on every side that is given") {
  const Snapshot recorded = snapshot(Side::recorded, {{"a", "{}"}, {"b", "{}"}, {"c", "{}"}});
  const Snapshot actual = snapshot(Side::actual, {{"a", "{}"}, {"b", "{}"}, {"c", "{}"}});
  const Snapshot baseline = snapshot(Side::baseline, {{"a", "{}"}, {"b", R"({"x":1})"}});
  std::size_t same = 0;
  const std::vector<Match> m = match_snapshots({.recorded = &recorded, .actual = &actual, .baseline = &baseline}, same);
  CHECK(same == 1);
  REQUIRE(m.size() == 2);
  CHECK(m[0].address == "b");
  CHECK(m[0].baseline == 1);
  CHECK(m[1].address == "c");
}

TEST_CASE("what still has to be read is never left out") {
  const Snapshot recorded = snapshot(Side::recorded, {{"a", "{}"}});
  const Snapshot baseline = snapshot(Side::baseline, {{"a", "{}"}});
  std::size_t same = 0;
  CHECK(match_snapshots({.recorded = &recorded}, same).size() == 1);
  CHECK(match_snapshots({.recorded = &recorded, .baseline = &baseline}, same).size() == 1);
  CHECK(same == 0);
  CHECK(match_snapshots({.actual = &recorded}, same).size() == 1);
  CHECK(match_snapshots({}, same).empty());
}

TEST_CASE("the order of the documents does not matter") {
  std::vector<std::pair<std::string, std::string>> forward;
  forward.reserve(500);
  for (int i = 0; i < 500; ++i) forward.emplace_back("r" + std::to_string(i), "{\"i\":" + std::to_string(i) + "}");
  auto backward = forward;
  std::reverse(backward.begin(), backward.end());
  backward[7].second = "{}";
  const Snapshot a = snapshot(Side::recorded, forward);
  const Snapshot b = snapshot(Side::actual, backward);
  std::size_t same = 0;
  const std::vector<Match> m = match_snapshots({.recorded = &a, .actual = &b}, same);
  CHECK(same == 499);
  REQUIRE(m.size() == 1);
  CHECK(m[0].address == "r492");
}

TEST_CASE("what was moved is joined under its new address, and is the same when nothing else differs") {
  const Snapshot recorded = snapshot(Side::recorded, {{"old", R"({"x":1})"}, {"old_same", "{}"}, {"z", "{}"}});
  const Snapshot actual =
      snapshot(Side::actual, {{"new", R"({"x":2})"}, {"new_same", "{}"}, {"z", "{}"}}, {{"new", "old"}, {"new_same", "old_same"}});
  for (const bool swapped : {false, true}) {
    std::size_t same = 0;
    const SnapshotSet set =
        swapped ? SnapshotSet{.recorded = &actual, .actual = &recorded} : SnapshotSet{.recorded = &recorded, .actual = &actual};
    const std::vector<Match> m = match_snapshots(set, same);
    CHECK(same == 2);
    REQUIRE(m.size() == 1);
    CHECK(m[0].address == "new");
    CHECK(m[0].recorded == 0);
    CHECK(m[0].actual == 0);
  }
}

TEST_CASE("a resource with a secret that is not available is never the same") {
  const auto with = [](Side side, const char* digest) {
    SnapshotBuilder b(side);
    Resource r = resource(R"({"list":[1]})");
    r.attributes.edit_object().find("list")->edit_list()[0] = Value(digest).mark(Secret::digest);
    REQUIRE(b.add(std::move(r)).ok());
    return std::move(b).build();
  };
  std::size_t same = 0;
  const Snapshot a = with(Side::recorded, "unavailable");
  const Snapshot b = with(Side::actual, "unavailable");
  CHECK(match_snapshots({.recorded = &a, .actual = &b}, same).size() == 1);
  CHECK(same == 0);
  const Snapshot c = with(Side::recorded, "hmac-sha256:01234567:00");
  const Snapshot d = with(Side::actual, "hmac-sha256:01234567:00");
  CHECK(match_snapshots({.recorded = &c, .actual = &d}, same).empty());
  CHECK(same == 1);
}
