#include "provider/call_provider.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "unit/provider/fakes.hpp"

using namespace drift;
using namespace drift::provider_internal;
using namespace std::chrono_literals;

namespace {

constexpr char secret_text[] = "hunter2-in-an-exception";

std::vector<ReadOutcome> call(test::FakeProvider& p, std::size_t n, const OpContext& ctx = {}, Clock::Duration timeout = 60s) {
  std::vector<Resource> resources;
  for (std::size_t i = 0; i < n; ++i) resources.push_back(test::resource("r" + std::to_string(i)));
  std::vector<const Resource*> batch;
  for (const Resource& r : resources) batch.push_back(&r);
  return call_read(p, batch, ctx, timeout);
}

}  // namespace

TEST_CASE("answers come back in the order of the batch, whatever order they were given in") {
  test::FakeProvider p;
  p.whole = [](std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext&) -> Status {
    for (std::size_t i = batch.size(); i-- > 0;) sink(i, ReadOutcome::found(*batch[i].resource));
    return {};
  };
  const auto out = call(p, 3);
  REQUIRE(out.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(out[i].resource().address == "r" + std::to_string(i));
}

TEST_CASE("what a provider does not answer is failed, never absent") {
  test::FakeProvider p;
  p.whole = [](std::span<const ReadRequest>, const ReadSink& sink, const OpContext&) -> Status {
    sink(1, ReadOutcome::absent());
    return {};
  };
  const auto out = call(p, 2);
  REQUIRE(out[0].is_failed());
  CHECK(out[0].error().code() == Errc::read_failed);
  CHECK(out[0].error().message() == "the provider gave no answer");
  CHECK(out[0].error().subject() == "r0");
  CHECK(out[1].is_absent());
}

TEST_CASE("a status is the failure of what has no outcome") {
  test::FakeProvider p;
  p.whole = [](std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext&) -> Status {
    sink(0, ReadOutcome::found(*batch[0].resource));
    return Error(Errc::read_auth, "the token expired").next("log in");
  };
  const auto out = call(p, 3);
  CHECK(out[0].is_found());
  for (std::size_t i : {1U, 2U}) {
    REQUIRE(out[i].is_failed());
    CHECK(out[i].error().code() == Errc::read_auth);
    CHECK(out[i].error().next_step() == "log in");
  }
}

TEST_CASE("the first of two answers counts, and one for no request is passed over") {
  test::FakeProvider p;
  p.whole = [](std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext&) -> Status {
    sink(0, ReadOutcome::found(*batch[0].resource));
    sink(0, ReadOutcome::absent());
    sink(7, ReadOutcome::absent());
    return {};
  };
  CHECK(call(p, 1)[0].is_found());
}

TEST_CASE("an exception is the failure of what was not answered, and its text is not repeated") {
  test::FakeProvider p;
  for (const int kind : {0, 1, 2}) {
    p.whole = [kind](std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext&) -> Status {
      sink(0, ReadOutcome::found(*batch[0].resource));
      if (kind == 0) throw std::runtime_error(secret_text);
      if (kind == 1) throw std::bad_alloc();
      throw 42;  // NOLINT(hicpp-exception-baseclass)
    };
    const auto out = call(p, 2);
    CHECK(out[0].is_found());
    REQUIRE(out[1].is_failed());
    CHECK(out[1].error().code() == (kind == 1 ? Errc::out_of_memory : Errc::internal));
    CHECK_FALSE(out[1].error().is_retryable());
    CHECK(out[1].error().to_string().find(secret_text) == std::string::npos);
  }
}

TEST_CASE("lane() and capabilities() may throw as well") {
  test::FakeProvider p;
  p.lane_of = [](const Resource&) -> std::string { throw std::runtime_error(secret_text); };
  const Result<std::string> lane = call_lane(p, test::resource("r"));
  REQUIRE_FALSE(lane.ok());
  CHECK(lane.error().code() == Errc::internal);
  CHECK(call_capabilities(p).ok());
}

TEST_CASE("an attempt has the sooner of its own deadline and the operation's") {
  test::FakeClock clock;
  OpContext ctx = test::on(clock);
  Deadline given;
  test::FakeProvider p;
  p.answer = [&](const Resource& r, unsigned, const OpContext& c) {
    given = c.deadline;
    return ReadOutcome::found(r);
  };
  (void)call(p, 1, ctx, 5s);
  CHECK(given.left(clock) == 5s);
  ctx.deadline = Deadline::after(clock, 2s);
  (void)call(p, 1, ctx, 5s);
  CHECK(given.left(clock) == 2s);
  ctx.deadline = {};
  (void)call(p, 1, ctx, Clock::Duration::max());
  CHECK(given.never());
}

TEST_CASE("the attempt's deadline is a time-out that may be tried again, the operation's is not") {
  test::FakeClock clock;
  OpContext ctx = test::on(clock);
  test::FakeProvider p;
  p.whole = [&](std::span<const ReadRequest>, const ReadSink&, const OpContext& c) -> Status {
    clock.advance(10s);
    return c.check();
  };
  auto out = call(p, 1, ctx, 5s);
  REQUIRE(out[0].is_failed());
  CHECK(out[0].error().code() == Errc::read_timeout);
  CHECK(out[0].error().is_retryable());
  ctx.deadline = Deadline::after(clock, 5s);
  out = call(p, 1, ctx, 60s);
  REQUIRE(out[0].is_failed());
  CHECK(out[0].error().code() == Errc::deadline);
}
