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
#include "plugin/grpc_channel.hpp"

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
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(server->address().substr(10))));
  REQUIRE(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
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
