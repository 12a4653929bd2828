#include "provider/hosted/list_stream.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "unit/plugin/fake_server.hpp"
#include "unit/provider/fakes.hpp"

using namespace drift;                   // NOLINT(google-build-using-namespace)
using namespace drift::hosted_internal;  // NOLINT(google-build-using-namespace)
using plugin::test::FakeServer;
using Http2Session = third::Http2Session;
using Lines = std::vector<std::string>;

namespace {

// A server that streams what it is told, and ends the stream or does not.
class World {
 public:
  std::shared_ptr<plugin::GrpcChannel> channel;
  ListBounds left{.events = 3};
  Lines taken;
  std::function<void()> on_event;

  explicit World(Lines events, bool ends) : server_([this](Http2Session& http, const plugin::test::Request& r) { serve(http, r); }) {
    say(std::move(events), ends);
    channel = plugin::GrpcChannel::connect(server_.endpoint(), {}).value();
  }
  void say(Lines events, bool ends) {
    const std::lock_guard lock(mutex_);
    events_ = std::move(events);
    ends_ = ends;
  }
  void stop() { server_.stop(); }
  StreamEnd take(const OpContext& ctx = {}) {
    const auto one = [this](std::string_view event) {
      taken.emplace_back(event);
      if (on_event) on_event();
    };
    return take_stream(*channel, "/t.T/List", "", left, one, ctx);
  }

 private:
  void serve(Http2Session& http, const plugin::test::Request& r) {
    const std::lock_guard lock(mutex_);
    http.respond(r.stream, {{":status", "200"}, {"content-type", "application/grpc"}});
    for (const std::string& event : events_) http.send(r.stream, plugin::frame_message(event));
    if (ends_) http.finish(r.stream, {{"grpc-status", "0"}});
  }

  std::mutex mutex_;
  Lines events_;
  bool ends_ = true;
  FakeServer server_;
};

}  // namespace

TEST_CASE("list stream: what comes is taken in its order, and counted") {
  World w({"a", "bc"}, true);
  const StreamEnd end = w.take();
  CHECK(end.reply.ok());
  CHECK_FALSE(end.beyond);
  CHECK_FALSE(end.silent);
  CHECK_FALSE(end.late);
  CHECK(w.taken == Lines{"a", "bc"});
  CHECK(w.left.events == 1);
  CHECK(w.left.bytes == ListBounds::most_bytes - 3);
}

TEST_CASE("list stream: beyond the bounds nothing is taken, and the stream is ended") {
  World w({"a", "bc", "d", "e"}, false);
  SUBCASE("too many") {
    CHECK(w.take().beyond);
    CHECK(w.taken == Lines{"a", "bc", "d"});
    CHECK(w.left.events == 0);
  }
  SUBCASE("too large") {
    w.left.bytes = 3;
    CHECK(w.take().beyond);
    CHECK(w.taken == Lines{"a", "bc"});
    CHECK(w.left.events == 1);
  }
  w.say({}, true);
  CHECK(w.take().reply.ok());  // the connection stays
}

TEST_CASE("list stream: one that says nothing any more is given up") {
  World w({"a"}, false);
  const test::HurriedClock clock(Clock::Duration(0));
  w.on_event = [&] { clock.hurry(std::chrono::seconds(20)); };
  const StreamEnd end = w.take(test::on(clock));
  CHECK(end.reply.status.code == plugin::GrpcCode::deadline_exceeded);
  CHECK(end.reply.own_words);
  CHECK_FALSE(end.reply.connection_lost);
  CHECK(end.silent);
  CHECK_FALSE(end.late);
  CHECK(w.taken == Lines{"a"});
}

TEST_CASE("list stream: one of which there is always more is given up, too") {
  World w({"a"}, false);
  const test::HurriedClock clock(Clock::Duration(0));
  w.left.until = end_of_list(test::on(clock));
  w.on_event = [&] { clock.hurry(std::chrono::minutes(30)); };  // at once later than that
  StreamEnd end = w.take(test::on(clock));
  CHECK(end.reply.status.code == plugin::GrpcCode::deadline_exceeded);
  CHECK(end.reply.own_words);
  CHECK(end.late);
  CHECK_FALSE(end.silent);
  CHECK(w.taken == Lines{"a"});
  w.say({"b"}, true);
  end = w.take(test::on(clock));  // the next page is not asked for
  CHECK(end.late);
  CHECK(w.taken == Lines{"a"});
}

TEST_CASE("list stream: whose context ends does not wait") {
  World w({}, false);
  OpContext ctx;
  ctx.cancel.cancel();
  const StreamEnd end = w.take(ctx);
  CHECK_FALSE(end.reply.ok());
  CHECK_FALSE(end.silent);
}

TEST_CASE("list stream: a connection that is lost says so") {
  World w({}, true);
  w.stop();
  CHECK(w.take().reply.connection_lost);
}
