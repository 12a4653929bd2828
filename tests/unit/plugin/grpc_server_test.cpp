#include "plugin/grpc_server.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "plugin/fd.hpp"
#include "plugin/grpc_call.hpp"
#include "plugin/grpc_channel.hpp"
#include "third/http2.hpp"

using namespace drift;          // NOLINT(google-build-using-namespace)
using namespace drift::plugin;  // NOLINT(google-build-using-namespace)

namespace {

// By the calling thread, of the processor's time.
std::chrono::nanoseconds spent() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
}

std::unique_ptr<GrpcServer> echo() {
  auto server = GrpcServer::start("drift-test", [](std::string_view path, std::string_view message) -> GrpcServer::Answer {
    if (path == "/t.Echo/Twice") return {.code = 0, .message = {}, .body = std::string(message) + std::string(message)};
    if (path == "/t.Echo/Spent") return {.code = 0, .message = {}, .body = std::to_string(spent().count())};
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
  OpContext ctx;
  ctx.deadline = Deadline::after(system_clock(), std::chrono::seconds(20));
  auto channel = GrpcChannel::connect(to, ctx);
  if (!channel) FAIL(channel.error().to_string());
  return std::move(channel).value();
}

Fd reach(const GrpcServer& server, Fd fd = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(server.address().substr(10))));
  REQUIRE(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
  return fd;
}

// The server speaks first.
void wait_until_in(const Fd& fd) {
  char byte = 0;
  REQUIRE(::recv(fd.get(), &byte, 1, MSG_PEEK) == 1);
}

bool is_closed(const Fd& fd) {
  char in[256];
  ssize_t n = 0;
  while ((n = ::recv(fd.get(), in, sizeof in, MSG_DONTWAIT)) > 0) {
  }
  return n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

// A caller that begins messages and never ends them.
class Unfinished final : private third::Http2Events {
 public:
  Unfinished(const GrpcServer& server, std::size_t size) : http_({}, *this), fd_(reach(server)) {
    std::string body = frame_message(std::string(size, 'x'));
    body.pop_back();
    begin(std::move(body));
  }
  // Only says that each of so many will be large; status() is that of a call after them.
  static std::unique_ptr<Unfinished> claims(const GrpcServer& server, int messages) {
    std::unique_ptr<Unfinished> out(new Unfinished(server));
    for (int i = 0; i < messages; ++i) out->begin(frame_message(std::string(std::size_t{1} << 20, 'x')).substr(0, 6));
    out->begin(frame_message("a"), true);
    return out;
  }
  [[nodiscard]] bool closed() const { return is_closed(fd_); }
  void begin(std::string body, bool end = false) {
    REQUIRE(http_
                .request({{":method", "POST"},
                          {":scheme", "http"},
                          {":path", "/t.Echo/Twice"},
                          {":authority", "localhost"},
                          {"content-type", "application/grpc"},
                          {"te", "trailers"}},
                         std::move(body), end)
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
  explicit Unfinished(const GrpcServer& server) : http_({}, *this), fd_(reach(server)) {}
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

TEST_CASE("grpc server: who is not heard of the longest makes room for who comes, and a call is no silence") {
  const auto server = echo();
  Unfinished caller(*server, 100);
  caller.pump();
  const auto channel = connect(*server);
  std::vector<Fd> idle;
  while (idle.size() < 62) idle.push_back(reach(*server));
  for (const Fd& fd : idle) wait_until_in(fd);
  REQUIRE(channel->call("/t.Echo/Twice", "a", {}).ok());
  const auto late = connect(*server);
  CHECK(late->call("/t.Echo/Twice", "a", {}).ok());
  CHECK(is_closed(idle[0]));
  CHECK_FALSE(is_closed(idle[1]));
  CHECK(channel->call("/t.Echo/Twice", "a", {}).ok());
  while (idle.size() < 150) {
    idle.push_back(reach(*server));
    wait_until_in(idle.back());
  }
  CHECK(connect(*server)->call("/t.Echo/Twice", "a", {}).ok());
  CHECK_FALSE(caller.closed());
}

TEST_CASE("grpc server: nor do those keep others out who never end a call") {
  const auto server = echo();
  std::vector<std::unique_ptr<Unfinished>> callers;
  for (int i = 0; i < 64; ++i) {
    callers.push_back(std::make_unique<Unfinished>(*server, 100));
    callers.back()->pump();
  }
  CHECK(connect(*server)->call("/t.Echo/Twice", "a", {}).ok());
}

#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
TEST_CASE("grpc server: for what is only claimed no memory is taken") {
  const auto server = echo();
  std::vector<std::unique_ptr<Unfinished>> callers;
  callers.reserve(10);
  for (int i = 0; i < 10; ++i) callers.push_back(Unfinished::claims(*server, 99));
  const std::size_t before = ::mallinfo2().uordblks;
  for (const auto& caller : callers) {
    for (const Deadline late = Deadline::after(system_clock(), std::chrono::seconds(20));
         caller->status().empty() && !late.passed(system_clock());)
      caller->pump();
    REQUIRE(caller->status() == "0");
  }
  CHECK(::mallinfo2().uordblks - before < std::size_t{16} << 20);
}
#endif

TEST_CASE("grpc server: without a descriptor for who wants in it waits, and takes him when there is one") {
  const auto server = echo();
  const auto channel = connect(*server);
  const auto spent_by_server = [&] { return std::chrono::nanoseconds(std::stoll(channel->call("/t.Echo/Spent", "", {}).message)); };
  Fd own(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit few = {256, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
  std::vector<Fd> taken;
  for (bool more = true; more;) {
    taken.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    more = taken.back().open();
  }
  const Fd waiting = reach(*server, std::move(own));
  const auto begun = spent_by_server();
  std::chrono::nanoseconds used{0};
  for (int i = 0; i < 20; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    used = spent_by_server() - begun;
  }
  taken.clear();
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(used < std::chrono::milliseconds(50));
  CHECK(connect(*server)->call("/t.Echo/Twice", "a", {}).ok());
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
