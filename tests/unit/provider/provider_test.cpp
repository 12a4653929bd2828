#include "drift/provider/provider.hpp"

#include <doctest/doctest.h>

#include "unit/provider/fakes.hpp"

using namespace drift;

namespace {

class OneType final : public Provider {
 public:
  explicit OneType(std::string type) : type_(std::move(type)) {}
  [[nodiscard]] std::string_view name() const override { return type_; }
  [[nodiscard]] bool handles(const Resource& r) const override { return r.type == type_; }
  Status read(std::span<const ReadRequest>, const ReadSink&, const OpContext&) override { return {}; }

 private:
  std::string type_;
};

}  // namespace

TEST_CASE("the registry gives the first provider that handles a resource") {
  ProviderRegistry registry;
  const auto a = std::make_shared<OneType>("a");
  const auto also_a = std::make_shared<OneType>("a");
  const auto b = std::make_shared<OneType>("b");
  for (const auto& p : {a, also_a, b}) registry.add(p);
  CHECK(registry.find(test::resource("x", "a")) == a.get());
  CHECK(registry.find(test::resource("x", "b")) == b.get());
  CHECK(registry.find(test::resource("x", "c")) == nullptr);
}

TEST_CASE("a provider that does not say otherwise has one lane, no schema and cannot list") {
  OneType p("a");
  CHECK(p.lane(test::resource("x")) == "a");
  CHECK(p.schema("a") == nullptr);
  CHECK_FALSE(p.capabilities().can_list);
  const Status s = p.list({}, [](const Resource&) {}, {});
  REQUIRE_FALSE(s.ok());
  CHECK(s.error().code() == Errc::read_unsupported);
  CHECK(s.error().subject() == "a");
  CHECK_FALSE(s.error().next_step().empty());
}

TEST_CASE("an outcome is exactly one of found, absent and failed") {
  const ReadOutcome found = ReadOutcome::found(test::resource("x"));
  const ReadOutcome absent = ReadOutcome::absent();
  const ReadOutcome failed = ReadOutcome::failed(Error(Errc::io, "no"));
  CHECK(found.is_found() + found.is_absent() + found.is_failed() == 1);
  CHECK(absent.is_found() + absent.is_absent() + absent.is_failed() == 1);
  CHECK(failed.is_found() + failed.is_absent() + failed.is_failed() == 1);
  CHECK(failed.is_failed());
}
