#include "provider/read_call.hpp"

#include <doctest/doctest.h>

#include <future>
#include <stdexcept>
#include <thread>

#include "unit/provider/fakes.hpp"

using namespace drift;
using namespace drift::provider_internal;
using namespace std::chrono_literals;

namespace {

constexpr char secret_text[] = "hunter2-in-an-exception";

struct Batch {
  std::vector<Resource> resources;
  std::vector<const Resource*> pointers;
  explicit Batch(std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) resources.push_back(test::resource("r" + std::to_string(i)));
    for (const Resource& r : resources) pointers.push_back(&r);
  }
};

std::vector<ReadAnswer> answers(test::FakeProvider& p, std::size_t n, const OpContext& ctx = {}, Clock::Duration timeout = 60s) {
  const Batch batch(n);
  ReadCall call(p, batch.pointers, ctx, timeout);
  CHECK_FALSE(call.can_be_left());
  call.make();
  return call.answers();
}

std::vector<ReadOutcome> call(test::FakeProvider& p, std::size_t n, const OpContext& ctx = {}, Clock::Duration timeout = 60s) {
  std::vector<ReadOutcome> out;
  for (ReadAnswer& a : answers(p, n, ctx, timeout)) out.push_back(std::move(a.outcome));
  return out;
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

TEST_CASE("what a provider waits for before it reads does not count") {
  test::FakeClock clock;
  OpContext ctx = test::on(clock);
  test::FakeProvider p;
  bool ends_well = true;
  p.whole = [&](std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& c) -> Status {
    REQUIRE(batch[0].time != nullptr);
    clock.advance(3s);
    const OpContext waiting = batch[0].time->stop();
    clock.advance(1h);
    CHECK_FALSE(c.check().ok());
    CHECK(waiting.check().ok());
    const OpContext reading = batch[0].time->start();
    clock.advance(4s);  // of 5: what had passed before does not count either
    DRIFT_TRY(reading.check());
    if (!ends_well) clock.advance(2s);
    DRIFT_TRY(reading.check());
    sink(0, ReadOutcome::found(*batch[0].resource));
    return {};
  };
  CHECK(answers(p, 1, ctx, 5s)[0].outcome.is_found());
  ends_well = false;
  CHECK(answers(p, 1, ctx, 5s)[0].ran_out);
  ctx.deadline = Deadline::after(clock, 30s);  // the operation's end holds also for who waits
  p.whole = [&](std::span<const ReadRequest> batch, const ReadSink&, const OpContext&) -> Status {
    const OpContext waiting = batch[0].time->stop();
    clock.advance(1h);
    return waiting.check();
  };
  const auto out = answers(p, 1, ctx, 5s);
  CHECK_FALSE(out[0].ran_out);
  CHECK(out[0].outcome.error().code() == Errc::deadline);
}

TEST_CASE("a call that waits is not overdue, and one that was left gets no new time") {
  test::FakeClock clock;
  const OpContext ctx = test::on(clock);
  const auto provider = std::make_shared<test::FakeProvider>();
  std::promise<void> waits, overdue;
  bool over = false;
  provider->whole = [&](std::span<const ReadRequest> batch, const ReadSink&, const OpContext&) -> Status {
    (void)batch[0].time->stop();
    waits.set_value();
    overdue.get_future().wait();
    over = !batch[0].time->start().check().ok();
    return {};
  };
  const Batch batch(1);
  ReadCall call(*provider, batch.pointers, ctx, 5s);
  std::thread thread([&] { call.make(); });
  waits.get_future().wait();
  clock.advance(1h);
  CHECK_FALSE(call.overdue());
  CHECK(call.leave(Error(Errc::cancelled, "stop"))[0].outcome.is_failed());
  overdue.set_value();
  thread.join();
  CHECK(over);
}

TEST_CASE("who ran out of time with an answer of its own is told from who got none") {
  test::FakeClock clock;
  test::FakeProvider p;
  p.whole = [&](std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& c) -> Status {
    sink(0, ReadOutcome::found(*batch[0].resource));
    clock.advance(10s);
    sink(1, ReadOutcome::failed(c.check().error()));
    return c.check();
  };
  const auto out = answers(p, 3, test::on(clock), 5s);
  CHECK(out[0].outcome.is_found());
  CHECK_FALSE(out[0].ran_out);
  CHECK(out[1].ran_out);
  CHECK(out[1].given);
  CHECK(out[2].ran_out);
  CHECK_FALSE(out[2].given);
}

TEST_CASE("a call that is left keeps what was answered, and touches nothing of its maker's afterwards") {
  const auto provider = std::make_shared<test::FakeProvider>();
  std::promise<void> inside, go_on;
  Errc seen{};
  provider->whole = [&](std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& c) -> Status {
    sink(0, ReadOutcome::found(*batch[0].resource));
    inside.set_value();
    go_on.get_future().wait();
    c.clock->sleep(1h);
    seen = c.check().error().code();
    sink(1, ReadOutcome::found(*batch[1].resource));  // the copies are still there
    return {};
  };
  std::optional<ReadCall> call;
  std::thread worker;
  {
    const test::FakeClock clock;
    const Batch batch(2);
    call.emplace(*provider, batch.pointers, test::on(clock), 5s);
    worker = std::thread([&] { call->make(); });
    inside.get_future().wait();
    CHECK(call->can_be_left());
    CHECK_FALSE(call->overdue());
    clock.advance(6s);
    CHECK(call->overdue());
    const auto out = call->leave(std::nullopt);
    CHECK(call->was_left());
    CHECK(out[0].outcome.is_found());
    CHECK(out[1].ran_out);
    CHECK(out[1].outcome.error().code() == Errc::read_timeout);
    CHECK(out[1].outcome.error().subject() == "r1");
  }
  go_on.set_value();
  worker.join();
  CHECK(seen == Errc::deadline);
}
