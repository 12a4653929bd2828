#include "third/http2.hpp"

#include <doctest/doctest.h>

#include <map>
#include <stdexcept>

using namespace drift::third;

namespace {

// Keeps what came, stream by stream.
struct Seen final : Http2Events {
  std::map<std::int32_t, std::string> headers, data;
  std::map<std::int32_t, Http2Code> closed;
  std::vector<std::int32_t> ended;
  std::vector<Http2Code> goaways;
  int settings = 0;
  bool throws = false;

  void on_settings() override { ++settings; }
  void on_header(std::int32_t stream, std::string_view name, std::string_view value) override {
    headers[stream] += std::string(name) + "=" + std::string(value) + ";";
  }
  void on_data(std::int32_t stream, std::string_view bytes) override {
    if (throws) throw std::runtime_error("the handler threw");
    data[stream] += bytes;
  }
  void on_end(std::int32_t stream) override { ended.push_back(stream); }
  void on_close(std::int32_t stream, Http2Code code) override { closed[stream] = code; }
  void on_goaway(std::int32_t /*last*/, Http2Code code) override { goaways.push_back(code); }
};

// Both ends without a socket between them.
struct Pair {
  Seen at_client, at_server;
  Http2Session client{{}, at_client};
  Http2Session server{{.server = true, .max_streams = 2}, at_server};

  // Until neither has anything to say. False: one of them gave up.
  bool talk() {
    for (;;) {
      const std::string to_server(client.pull());
      const std::string to_client = to_server.empty() ? std::string(server.pull()) : std::string();
      if (to_server.empty() && to_client.empty()) return true;
      if (!to_server.empty() && !server.feed(to_server)) return false;
      if (!to_client.empty() && !client.feed(to_client)) return false;
    }
  }
  std::int32_t ask(std::string body = {}) {
    return client.request({{":method", "POST"}, {":scheme", "http"}, {":path", "/p"}, {":authority", "h"}}, std::move(body)).value_or(-1);
  }
};

}  // namespace

TEST_CASE("a request and its answer, with trailers and 30 MB each way") {
  Pair p;
  const std::string large(std::size_t{30} << 20, 'x');
  const std::int32_t id = p.ask(large);
  REQUIRE(p.talk());
  CHECK(p.at_client.settings == 1);
  CHECK(p.at_server.headers[id] == ":method=POST;:scheme=http;:path=/p;:authority=h;");
  CHECK(p.at_server.data[id] == large);
  CHECK(p.at_server.ended == std::vector<std::int32_t>{id});
  p.server.respond(id, {{":status", "200"}});
  REQUIRE(p.talk());
  CHECK(p.at_client.ended.empty());  // it waits for more
  p.server.send(id, "first,");
  REQUIRE(p.talk());
  CHECK(p.at_client.data[id] == "first,");
  p.server.send(id, large);
  p.server.finish(id, {{"a", "1"}, {"b", "2"}});
  REQUIRE(p.talk());
  CHECK(p.at_client.data[id] == "first," + large);
  CHECK(p.at_client.headers[id] == ":status=200;a=1;b=2;");
  CHECK(p.at_client.ended == std::vector<std::int32_t>{id});
  CHECK(p.at_client.closed[id] == Http2Code::no_error);
}

TEST_CASE("a server that answers before it has all takes no more of the request") {
  Pair p;
  const auto id = p.client.request({{":method", "POST"}, {":scheme", "http"}, {":path", "/p"}, {":authority", "h"}}, "part", false);
  REQUIRE(id.has_value());
  REQUIRE(p.talk());
  p.server.respond(*id, {{":status", "413"}}, true);
  REQUIRE(p.talk());
  CHECK(p.at_client.closed.count(*id) == 1);
  CHECK(p.at_server.closed.count(*id) == 1);
}

TEST_CASE("a stream can be reset from either side, and streams beyond the limit wait") {
  Pair p;
  REQUIRE(p.talk());
  const std::int32_t a = p.ask(), b = p.ask(), c = p.ask();
  REQUIRE(p.talk());
  CHECK(p.at_server.ended == std::vector<std::int32_t>{a, b});
  p.client.reset(a, Http2Code::cancel);
  REQUIRE(p.talk());
  CHECK(p.at_server.closed[a] == Http2Code::cancel);
  CHECK(p.at_server.ended.back() == c);
  p.server.reset(c, Http2Code::enhance_your_calm);
  REQUIRE(p.talk());
  CHECK(p.at_client.closed[c] == Http2Code::enhance_your_calm);
  CHECK(http2_code_name(Http2Code::enhance_your_calm) == "ENHANCE_YOUR_CALM");
}

TEST_CASE("after GOAWAY nothing new begins, and every stream is told its end") {
  Pair p;
  const std::int32_t a = p.ask();
  REQUIRE(p.talk());
  p.server.goaway(Http2Code::no_error);
  REQUIRE(p.talk());
  CHECK(p.at_client.goaways == std::vector<Http2Code>{Http2Code::no_error});
  CHECK_FALSE(p.client.over());
  if (const std::int32_t late = p.ask(); late > 0) {
    REQUIRE(p.talk());
    CHECK(p.at_client.closed[late] == Http2Code::refused_stream);
  }
  p.server.respond(a, {{":status", "200"}}, true);
  REQUIRE(p.talk());
  CHECK(p.at_client.closed[a] == Http2Code::no_error);
  CHECK(p.client.over());
}

TEST_CASE("what is no HTTP/2 ends the session, and so does a handler that throws") {
  Seen seen;
  Http2Session client({}, seen);
  (void)client.feed("HTTP/1.1 400 Bad Request\r\n\r\n");
  while (!client.pull().empty()) {
  }
  CHECK(client.over());
  CHECK(client.fault().find("HTTP/2") != std::string::npos);

  Pair p;
  p.at_server.throws = true;
  p.ask("body");
  CHECK_FALSE(p.talk());
  CHECK(p.server.fault() == "the handler threw");
}
