#include "drift/model/snapshot.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <thread>

using drift::Errc;
using drift::Fingerprint;
using drift::Resource;
using drift::ResourceKind;
using drift::Side;
using drift::Snapshot;
using drift::SnapshotBuilder;

namespace {

Resource resource(std::string address, int n = 0) {
  Resource r;
  r.address = std::move(address);
  r.type = "t" + std::to_string(n % 3);
  r.attributes = drift::Object({{"n", n}});
  return r;
}

class NamedLoader final : public drift::ResourceLoader {
 public:
  drift::Result<Resource> load(std::size_t index) const override {
    if (index == 2) return drift::Error(Errc::changed_while_reading, "the file changed");
    return resource("r" + std::to_string(index));
  }
};

}  // namespace

TEST_CASE("an empty snapshot answers every question") {
  const Snapshot s;
  CHECK(s.empty());
  CHECK(s.side() == Side::recorded);
  CHECK_FALSE(s.find("x").has_value());
  CHECK_FALSE(s.find_span({}).has_value());
  CHECK(s.spans() == 0);
  CHECK(s.content_hash() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(std::move(SnapshotBuilder(Side::desired)).build().side() == Side::desired);
  CHECK_THROWS_AS((void)s.entry(0), std::out_of_range);
}

TEST_CASE("resources in memory are found by address, in document order, and loaded whole") {
  SnapshotBuilder b(Side::actual);
  b.provenance().format = "memory";
  b.note({.code = "c", .address = "", .message = "m"});
  Resource z = resource("z", 1);
  z.kind = ResourceKind::component;
  z.pending_delete = true;
  CHECK(b.add(z).ok());
  Resource a = resource("a", 2);
  a.kind = ResourceKind::provider;
  a.pending_replacement = true;
  CHECK(b.add(a).ok());
  CHECK(b.size() == 2);
  CHECK(b.contains("a"));
  const Snapshot s = std::move(b).build();
  CHECK(s.side() == Side::actual);
  CHECK(s.provenance().format == "memory");
  CHECK(s.notes().size() == 1);
  CHECK(s.find("a") == 1);
  CHECK_FALSE(s.find("b").has_value());
  CHECK(s.entry(0).address == "z");
  CHECK(s.entry(0).type == "t1");
  CHECK(s.entry(0).kind == ResourceKind::component);
  CHECK(s.entry(0).pending_delete);
  CHECK_FALSE(s.entry(0).pending_replacement);
  CHECK(s.entry(1).kind == ResourceKind::provider);
  CHECK(s.entry(1).pending_replacement);
  CHECK_FALSE(s.entry(1).pending_delete);
  CHECK(s.entry(1).canonical == drift::resource_fingerprint(a));
  CHECK(s.load(1)->attributes == a.attributes);
  CHECK_THROWS_AS((void)s.load(2), std::out_of_range);
}

TEST_CASE("an address given twice is refused and changes nothing") {
  SnapshotBuilder b(Side::recorded);
  CHECK(b.add(resource("a", 1)).ok());
  const drift::Status twice = b.add(resource("a", 2));
  CHECK(twice.error().code() == Errc::duplicate_address);
  CHECK(twice.error().subject() == "a");
  CHECK(b.add(resource("b", 3)).ok());
  const Snapshot s = std::move(b).build();
  CHECK(s.size() == 2);
  CHECK(*s.load(0)->attributes.find("n") == drift::Value(1));
  CHECK(*s.load(1)->attributes.find("n") == drift::Value(3));
}

TEST_CASE("the content hash goes by content, not by order or side") {
  std::vector<Resource> resources;
  for (int i = 0; i < 50; ++i) resources.push_back(resource("r" + std::to_string(i), i));
  const auto build = [&](Side side) {
    SnapshotBuilder b(side);
    for (const Resource& r : resources) REQUIRE(b.add(r).ok());
    return std::move(b).build();
  };
  const std::string hash = build(Side::recorded).content_hash();
  CHECK(hash.size() == 64);
  std::mt19937_64 random(17);
  std::shuffle(resources.begin(), resources.end(), random);
  CHECK(build(Side::actual).content_hash() == hash);
  resources[7].attributes.edit_object().set("n", -1);
  CHECK(build(Side::recorded).content_hash() != hash);
  resources.pop_back();
  CHECK(build(Side::recorded).content_hash() != hash);
}

TEST_CASE("as() shows the same resources from another side") {
  SnapshotBuilder b(Side::recorded);
  REQUIRE(b.add(resource("a")).ok());
  const Snapshot s = std::move(b).build();
  const Snapshot other = s.as(Side::actual);
  CHECK(other.side() == Side::actual);
  CHECK(s.side() == Side::recorded);
  CHECK(other.entry(0).address.data() == s.entry(0).address.data());  // one body
  CHECK(other.content_hash() == s.content_hash());
}

TEST_CASE("entries on demand: spans number them, the loader builds them") {
  SnapshotBuilder b(Side::recorded);
  const Fingerprint one{.lo = 1, .hi = 2}, two{.lo = 2, .hi = 1};
  b.begin_span(one, 100, 50);
  CHECK(b.add_entry({.address = "r0", .type = "t", .canonical = {}}).ok());
  CHECK(b.add_entry({.address = "r1", .type = "t", .canonical = {}}).ok());
  b.begin_span(two, 150, 10);
  CHECK(b.add_entry({.address = "r2", .type = "u", .canonical = one}).ok());
  CHECK(b.add_entry({.address = "r2", .type = "u", .canonical = one}).error().code() == Errc::duplicate_address);
  b.begin_span(one, 160, 50);  // the same bytes once more
  const Snapshot s = std::move(b).build(std::make_shared<NamedLoader>());
  REQUIRE(s.spans() == 3);
  CHECK(s.span(0).first_entry == 0);
  CHECK(s.span(0).entries == 2);
  CHECK(s.span(1).first_entry == 2);
  CHECK(s.span(1).entries == 1);
  CHECK(s.span(1).offset == 150);
  CHECK(s.span(2).entries == 0);
  CHECK(s.find_span(one) == 0);
  CHECK(s.find_span(two) == 1);
  CHECK_FALSE(s.find_span({.lo = 1, .hi = 1}).has_value());
  CHECK(s.load(1)->address == "r1");
  CHECK(s.load(2).error().code() == Errc::changed_while_reading);
}

TEST_CASE("mixing the two ways to add, or entries without a loader, is a bug") {
  SnapshotBuilder a(Side::recorded);
  REQUIRE(a.add(resource("a")).ok());
  CHECK_THROWS_AS((void)a.add_entry({.address = "b", .type = "t", .canonical = {}}), std::logic_error);
  CHECK_THROWS_AS(a.begin_span({}, 0, 0), std::logic_error);
  SnapshotBuilder b(Side::recorded);
  REQUIRE(b.add_entry({.address = "b", .type = "t", .canonical = {}}).ok());
  CHECK_THROWS_AS((void)b.add(resource("a")), std::logic_error);
  CHECK_THROWS_AS((void)std::move(b).build(), std::logic_error);
}

TEST_CASE("100,000 entries: each found, none invented, about 150 bytes each") {
  constexpr std::uint32_t count = 100000;
  SnapshotBuilder b(Side::recorded);
  const auto address = [](std::uint32_t i) {
    return "module.region" + std::to_string(i % 17) + ".aws_s3_bucket.bucket_" + std::to_string(i);
  };
  const auto raw = [](std::uint32_t i) { return drift::fingerprint_bytes(std::to_string(i)); };
  for (std::uint32_t i = 0; i < count; ++i) {
    b.begin_span(raw(i), i, 1);
    REQUIRE(b.add_entry({.address = address(i), .type = "aws_type_" + std::to_string(i % 40), .canonical = {.lo = i, .hi = 0}}).ok());
  }
  const Snapshot s = std::move(b).build(std::make_shared<NamedLoader>());
  for (std::uint32_t i = 0; i < count; ++i) {
    REQUIRE(s.find(address(i)) == i);
    REQUIRE(s.entry(i).address == address(i));
    REQUIRE(s.find_span(raw(i)) == i);
  }
  CHECK(s.entry(41).type == "aws_type_1");
  CHECK_FALSE(s.find("module.region0.aws_s3_bucket.bucket_1").has_value());
  CHECK_FALSE(s.find_span(raw(count)).has_value());
  const double bytes = static_cast<double>(s.memory_bytes()) / count;
  INFO(bytes, " bytes an entry");
  CHECK(bytes > 100);
  CHECK(bytes < 170);
}

TEST_CASE("many threads may read at once") {
  SnapshotBuilder b(Side::recorded);
  for (int i = 0; i < 200; ++i) REQUIRE(b.add(resource("r" + std::to_string(i), i)).ok());
  const Snapshot s = std::move(b).build();
  std::vector<std::string> hashes(4);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < hashes.size(); ++t) {
    threads.emplace_back([&s, &hashes, t] {
      for (std::size_t i = 0; i < s.size(); ++i)
        if (s.find(s.load(i)->address) != i) return;
      hashes[t] = s.content_hash();
    });
  }
  for (auto& t : threads) t.join();
  for (const std::string& h : hashes) CHECK(h == s.content_hash());
}

TEST_CASE("sides have names") {
  CHECK(drift::side_name(Side::desired) == "desired");
  CHECK(drift::side_name(Side::recorded) == "recorded");
  CHECK(drift::side_name(Side::actual) == "actual");
  CHECK(drift::side_name(Side::baseline) == "baseline");
}
