#include "provider/call_provider.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "unit/provider/fakes.hpp"

using namespace drift;
using namespace drift::provider_internal;

namespace {

constexpr char secret_text[] = "hunter2-in-an-exception";

// Throws wherever it is asked.
class Thrower final : public Provider {
 public:
  [[nodiscard]] std::string_view name() const override { return "thrower"; }
  [[nodiscard]] ProviderCapabilities capabilities() const override { throw std::runtime_error(secret_text); }
  Status configure(const Value&, const OpContext&) override { throw std::runtime_error(secret_text); }
  [[nodiscard]] bool handles(const Resource&) const override { throw std::bad_alloc(); }
  [[nodiscard]] const Schema* schema(std::string_view) const override { throw std::runtime_error(secret_text); }
  [[nodiscard]] std::string lane(const Resource&) const override { throw 42; }  // NOLINT(hicpp-exception-baseclass)
  Status read(std::span<const ReadRequest>, const ReadSink&, const OpContext&) override { return {}; }
  Status list(const std::vector<std::string>&, const ListSink&, const OpContext&) override { throw std::runtime_error(secret_text); }
};

}  // namespace

TEST_CASE("whatever a provider throws, and where, is an error that does not repeat it") {
  const auto p = std::make_shared<Thrower>();
  ProviderRegistry all;
  all.add(p);
  const Resource r = test::resource("r");
  const auto error = [](const auto& answer) {
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().to_string().find(secret_text) == std::string::npos);
    return answer.error().code();
  };
  CHECK(error(call_lane(*p, r)) == Errc::internal);
  CHECK(error(call_capabilities(*p)) == Errc::internal);
  CHECK(error(call_schema(*p, r)) == Errc::internal);
  CHECK(error(call_find(all, r)) == Errc::out_of_memory);
  CHECK(error(call_list(*p, [](const Resource&) {}, {})) == Errc::internal);
  CHECK(error(call_configure(*p, Value(), {})) == Errc::internal);
}

TEST_CASE("where nothing is thrown, the answer is the provider's") {
  test::FakeProvider p;
  CHECK(*call_lane(p, test::resource("r")) == "fake");
  CHECK(call_capabilities(p)->max_batch == 64);
  CHECK(*call_schema(p, test::resource("r")) == nullptr);
  CHECK(*call_find({}, test::resource("r")) == nullptr);
}
