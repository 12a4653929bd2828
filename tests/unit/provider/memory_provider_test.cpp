#include "drift/provider/memory.hpp"

#include <doctest/doctest.h>

#include "unit/provider/fakes.hpp"

using namespace drift;

namespace {

Snapshot snapshot(std::vector<Resource> resources) {
  SnapshotBuilder b(Side::actual);
  for (Resource& r : resources) REQUIRE(b.add(std::move(r)).ok());
  return std::move(b).build();
}

ReadOutcome read_one(Provider& p, const Resource& r, const OpContext& ctx = {}) {
  const ReadRequest request{&r};
  ReadOutcome out;
  const Status s = p.read(
      {&request, 1}, [&](std::size_t, ReadOutcome o) { out = std::move(o); }, ctx);
  return s.ok() ? out : ReadOutcome::failed(s.error());
}

}  // namespace

TEST_CASE("reads are answered from the snapshot") {
  Resource a = test::resource("a");
  a.attributes.edit_object().set("n", 1);
  const auto p = make_memory_provider(snapshot({a}));
  CHECK(p->handles(test::resource("anything")));
  const ReadOutcome o = read_one(*p, test::resource("a"));
  REQUIRE(o.is_found());
  CHECK(o.resource().attributes == a.attributes);
}

TEST_CASE("what a complete snapshot lacks is absent, what a partial one lacks is unsupported") {
  CHECK(read_one(*make_memory_provider(snapshot({})), test::resource("a")).is_absent());
  const ReadOutcome o = read_one(*make_memory_provider(snapshot({}), false), test::resource("a"));
  REQUIRE(o.is_failed());
  CHECK(o.error().code() == Errc::read_unsupported);
}

TEST_CASE("what is pending replacement, or accepted as gone, does not exist") {
  Resource replaced = test::resource("a"), gone = test::resource("b");
  replaced.pending_replacement = true;
  gone.absent = true;
  const auto p = make_memory_provider(snapshot({replaced, gone}));
  CHECK(read_one(*p, test::resource("a")).is_absent());
  CHECK(read_one(*p, test::resource("b")).is_absent());
}

TEST_CASE("a complete snapshot lists what exists, of the types asked for") {
  Resource component = test::resource("c", "group");
  component.kind = ResourceKind::component;
  const Snapshot all = snapshot({test::resource("a", "x"), test::resource("b", "y"), component});
  const auto p = make_memory_provider(all);
  std::vector<std::string> seen;
  const ListSink take = [&](const Resource& r) { seen.push_back(r.address); };
  REQUIRE(p->list({}, take, {}).ok());
  CHECK(seen == std::vector<std::string>{"a", "b"});
  seen.clear();
  REQUIRE(p->list({"y"}, take, {}).ok());
  CHECK(seen == std::vector<std::string>{"b"});
  CHECK(p->capabilities().can_list);
  const auto partial = make_memory_provider(all, false);
  CHECK_FALSE(partial->capabilities().can_list);
  CHECK(partial->list({}, take, {}).error().code() == Errc::read_unsupported);
}

TEST_CASE("cancel is heeded") {
  OpContext ctx;
  ctx.cancel.cancel();
  CHECK(read_one(*make_memory_provider(snapshot({})), test::resource("a"), ctx).error().code() == Errc::cancelled);
}
