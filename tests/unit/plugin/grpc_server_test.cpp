#include "plugin/grpc_server.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "plugin/fd.hpp"
#include "plugin/grpc_call.hpp"
#include "plugin/grpc_channel.hpp"
#include "third/http2.hpp"

using namespace drift;          // NOLINT(google-build-using-namespace)
using namespace drift::plugin;  // NOLINT(google-build-using-namespace)

namespace {

std::unique_ptr<GrpcServer> echo() {
  auto server = GrpcServer::start("drift-test", [](std::string_view path, std::string_view message) -> GrpcServer::Answer {
    if (path == "/t.Echo/Twice") return {.code = 0, .message = {}, .body = std::string(message) + std::string(message)};
    if (path == "/t.Echo/Throw") throw std::runtime_error("canary");
    if (path == "/t.Echo/Refuse") return {.code = GrpcCode::failed_precondition, .message = "50 % of \xc3\xa4", .body = {}};
    return {.code = GrpcCode::unimplemented, .message = {}, .body = {}};
  });
  REQUIRE(server.ok());
  return std::move(server).value();
}

std::shared_ptr<GrpcChannel> connect(const GrpcServer& server) {
  Endpoint to;
  to.host_port = server.address();
  auto channel = GrpcChannel::connect(to, {});
  if (!channel) FAIL(channel.error().to_string());
  return std::move(channel).value();
}

Fd reach(const GrpcServer& server) {
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(server.address().substr(10))));
  REQUIRE(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
  return fd;
}

// A caller that begins a message and never ends it.
class Unfinished final : private third::Http2Events {
 public:
  Unfinished(const GrpcServer& server, std::size_t size) : http_({}, *this), fd_(reach(server)) {
    std::string body = frame_message(std::string(size, 'x'));
    body.pop_back();
    REQUIRE(http_
                .request({{":method", "POST"},
                          {":scheme", "http"},
                          {":path", "/t.Echo/Twice"},
                          {":authority", "localhost"},
                          {"content-type", "application/grpc"},
                          {"te", "trailers"}},
                         std::move(body), false)
                .has_value());
  }
  // Says and hears what it can now.
  void pump() {
    char in[65536];
    for (bool more = true; more;) {
      more = false;
      if (out_.empty()) out_ = http_.pull();
      const ssize_t said = out_.empty() ? 0 : ::send(fd_.get(), out_.data(), out_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (said > 0) out_.erase(0, static_cast<std::size_t>(said));
      const ssize_t heard = ::recv(fd_.get(), in, sizeof in, MSG_DONTWAIT);
      if (heard > 0) REQUIRE(http_.feed({in, static_cast<std::size_t>(heard)}));
      more = said > 0 || heard > 0;
    }
  }
  [[nodiscard]] const std::string& status() const { return status_; }

 private:
  void on_header(std::int32_t /*stream*/, std::string_view name, std::string_view value) override {
    if (name == "grpc-status") status_ = value;
  }
  void on_data(std::int32_t /*stream*/, std::string_view /*bytes*/) override {}
  void on_end(std::int32_t /*stream*/) override {}
  void on_close(std::int32_t /*stream*/, third::Http2Code /*code*/) override {}
  void on_goaway(std::int32_t /*last*/, third::Http2Code /*code*/) override {}

  third::Http2Session http_;
  Fd fd_;
  std::string out_{};
  std::string status_{};
};

}  // namespace

TEST_CASE("grpc server: answers unary calls, empty and large ones") {
  const auto server = echo();
  CHECK(server->address().starts_with("127.0.0.1:"));
  const auto channel = connect(*server);
  CHECK(channel->call("/t.Echo/Twice", "ab", {}).message == "abab");
  CHECK(channel->call("/t.Echo/Twice", "", {}).message.empty());
  const std::string large(3 << 20, 'x');
  const GrpcReply reply = channel->call("/t.Echo/Twice", large, {});
  REQUIRE(reply.ok());
  CHECK(reply.message.size() == 2 * large.size());
}

TEST_CASE("grpc server: refusals, unknown methods and what a handler throws are statuses") {
  const auto server = echo();
  const auto channel = connect(*server);
  const GrpcReply refused = channel->call("/t.Echo/Refuse", "", {});
  CHECK(refused.status.code == GrpcCode::failed_precondition);
  CHECK(refused.status.message == "50 % of \xc3\xa4");
  CHECK(channel->call("/t.Echo/Other", "", {}).status.code == GrpcCode::unimplemented);
  const GrpcReply thrown = channel->call("/t.Echo/Throw", "", {});
  CHECK(thrown.status.code == GrpcCode::internal);
  CHECK(thrown.status.message.find("canary") == std::string::npos);
  CHECK(channel->call("/t.Echo/Twice", "a", {}).ok());
}

TEST_CASE("grpc server: a message that is too large is refused, and the connection stays") {
  const auto server = echo();
  const auto channel = connect(*server);
  CHECK(channel->call("/t.Echo/Twice", std::string((16 << 20) + 1, 'x'), {}).status.code == GrpcCode::resource_exhausted);
  CHECK(channel->call("/t.Echo/Twice", "a", {}).ok());
}

TEST_CASE("grpc server: what all callers together may leave unfinished is bounded, and given back when they go") {
  const auto server = echo();
  std::vector<std::unique_ptr<Unfinished>> callers;
  for (int i = 0; i < 5; ++i) callers.push_back(std::make_unique<Unfinished>(*server, std::size_t{16} << 20));
  std::size_t refused = 0;
  for (const Deadline late = Deadline::after(system_clock(), std::chrono::seconds(60)); refused == 0 && !late.passed(system_clock());) {
    for (const auto& caller : callers) {
      caller->pump();
      if (caller->status() == std::to_string(GrpcCode::resource_exhausted)) ++refused;
    }
  }
  CHECK(refused == 1);  // the other four are not more than there is room for
  callers.clear();
  CHECK(connect(*server)->call("/t.Echo/Twice", std::string(15 << 20, 'x'), {}).ok());
}

TEST_CASE("grpc server: many callers at once, and calls at once") {
  const auto server = echo();
  std::vector<std::shared_ptr<GrpcChannel>> channels;
  for (int i = 0; i < 10; ++i) channels.push_back(connect(*server));
  std::mutex mutex;
  std::condition_variable news;
  int good = 0, done = 0;
  for (int i = 0; i < 500; ++i)
    channels[static_cast<std::size_t>(i) % channels.size()]->start("/t.Echo/Twice", std::to_string(i), Deadline(),
                                                                   [&, want = std::to_string(i)](GrpcReply r) {
                                                                     const std::lock_guard lock(mutex);
                                                                     good += r.ok() && r.message == want + want ? 1 : 0;
                                                                     ++done;
                                                                     news.notify_one();
                                                                   });
  std::unique_lock lock(mutex);
  REQUIRE(news.wait_for(lock, std::chrono::seconds(30), [&] { return done == 500; }));
  CHECK(good == 500);
}

TEST_CASE("grpc server: who does not speak HTTP/2 costs nobody else anything") {
  const auto server = echo();
  const Fd fd = reach(*server);
  const std::string_view http1 = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  REQUIRE(::send(fd.get(), http1.data(), http1.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(http1.size()));
  char byte = 0;
  while (::recv(fd.get(), &byte, 1, 0) > 0) {  // until it is closed
  }
  CHECK(connect(*server)->call("/t.Echo/Twice", "a", {}).ok());
}

TEST_CASE("grpc server: nobody listens any more once it has stopped") {
  auto server = echo();
  const auto channel = connect(*server);
  Endpoint to;
  to.host_port = server->address();
  server->stop();
  server->stop();
  CHECK(channel->call("/t.Echo/Twice", "a", {}).connection_lost);
  CHECK_FALSE(GrpcChannel::connect(to, {}).ok());
}
