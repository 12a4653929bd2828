#include "plugin/grpc_channel.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <condition_variable>
#include <set>

#include "plugin/child_process.hpp"
#include "unit/plugin/fake_server.hpp"

using namespace drift;
using namespace drift::plugin;
using namespace drift::plugin::test;
using std::chrono::milliseconds;
using std::chrono::seconds;
using third::Http2Code;
using third::Http2Session;

namespace {

OpContext within(Clock::Duration d) {
  OpContext ctx;
  ctx.deadline = Deadline::after(system_clock(), d);
  return ctx;
}

std::shared_ptr<GrpcChannel> connect(const FakeServer& server, GrpcOptions options = {}) {
  auto channel = GrpcChannel::connect(server.endpoint(), within(seconds(20)), options);
  if (!channel) FAIL(channel.error().to_string());
  return *channel;
}

// Answers by the request's path.
void odd(Http2Session& http, const Request& r) {
  const auto id = r.stream;
  const std::string path = r.path();
  if (path == "/echo") return FakeServer::answer(http, id, r.message());
  if (path == "/trailers-only") return FakeServer::refuse(http, id, "12", "no %25 of caf%C3%A9, nor of %zz or %4");
  if (path == "/reset") return http.reset(id, Http2Code::enhance_your_calm);
  if (path == "/reset-cancel") return http.reset(id, Http2Code::cancel);
  if (path == "/http-503") return http.respond(id, {{":status", "503"}, {"content-type", "text/html"}}, true);
  if (path == "/html") {
    http.respond(id, {{":status", "200"}, {"content-type", "text/html"}});
    http.send(id, "<html>this is no gRPC, and longer than a prefix</html>");
    return http.finish(id, {});
  }
  FakeServer::begin(http, id);
  if (path == "/none") http.finish(id, {{"grpc-status", "0"}});
  if (path == "/no-status") {
    http.send(id, frame_message("x"));
    http.finish(id, {});
  }
  if (path == "/two") {
    http.send(id, frame_message("a") + frame_message("b"));
    http.finish(id, {{"grpc-status", "0"}});
  }
  if (path == "/cut-message") {
    http.send(id, frame_message("abcdef").substr(0, 8));
    http.finish(id, {{"grpc-status", "0"}});
  }
  if (path == "/gzip") {
    http.send(id, std::string("\x01\0\0\0\x01x", 6));
    http.finish(id, {{"grpc-status", "0"}});
  }
  if (path == "/failed-late") {
    http.send(id, frame_message("partial"));
    http.finish(id, {{"grpc-status", "9"}, {"grpc-message", "late"}, {"grpc-status-details-bin", "CAkSBGxhdGU"}});
  }
  if (path == "/stream") {
    for (int i = 0; i < 5; ++i) http.send(id, frame_message("message " + std::to_string(i)));
    http.finish(id, {{"grpc-status", "0"}});
  }
  if (path == "/large") {
    http.send(id, frame_message(std::string(std::size_t{20} << 20, 'L')));
    http.finish(id, {{"grpc-status", "0"}});
  }
  // "/silent" stays open.
}

GrpcReply call(GrpcChannel& channel, std::string_view path, Clock::Duration within_time = seconds(20)) {
  return channel.call(path, "request", within(within_time));
}

milliseconds took(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
}

// Replies of calls that were started, in any order.
struct Replies {
  std::mutex mutex;
  std::condition_variable came;
  std::vector<GrpcReply> all;
  GrpcChannel::Done done() {
    return [this](GrpcReply r) {
      const std::lock_guard lock(mutex);
      all.push_back(std::move(r));
      came.notify_all();
    };
  }
  bool wait(std::size_t count) {
    std::unique_lock lock(mutex);
    return came.wait_for(lock, seconds(30), [&] { return all.size() >= count; });
  }
};

void eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 5000 && !holds(); ++i) ::usleep(1000);
  CHECK(holds());
}

}  // namespace

TEST_CASE("a unary call carries its message both ways, empty and large ones too") {
  FakeServer server(odd);
  const auto channel = connect(server);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{16384}, std::size_t{5} << 20}) {
    std::string request(size, '\0');
    for (std::size_t i = 0; i < size; ++i) request[i] = static_cast<char>(i * 31);
    const GrpcReply reply = channel->call("/echo", request, within(seconds(30)));
    CHECK(reply.status.message == "");
    REQUIRE(reply.ok());
    CHECK(reply.message == request);
  }
  CHECK(channel->calls() == 4);
}

TEST_CASE("the request's head says what gRPC demands") {
  std::mutex mutex;
  std::map<std::string, std::string> seen;
  FakeServer server([&](Http2Session& http, const Request& r) {
    {
      const std::lock_guard lock(mutex);
      seen = r.headers;
    }
    FakeServer::answer(http, r.stream, "");
  });
  const auto channel = connect(server);
  REQUIRE(channel->call("/p.S/M", "", within(seconds(9))).ok());
  const std::lock_guard lock(mutex);
  CHECK(seen[":method"] == "POST");
  CHECK(seen[":path"] == "/p.S/M");
  CHECK(seen[":scheme"] == "http");
  CHECK(seen["te"] == "trailers");
  CHECK(seen["content-type"] == "application/grpc");
  CHECK(seen["grpc-accept-encoding"] == "identity");
  CHECK(seen["grpc-timeout"].ends_with("u"));  // 9 s are 8,9xx,xxx microseconds
}

TEST_CASE("an answer of trailers alone, percent-encoded") {
  FakeServer server(odd);
  const auto channel = connect(server);
  const GrpcReply reply = call(*channel, "/trailers-only");
  CHECK(reply.status.code == GrpcCode::unimplemented);
  CHECK(reply.status.message == "no % of caf\xc3\xa9, nor of %zz or %4");
  CHECK_FALSE(reply.connection_lost);
  CHECK(to_error(reply, "GetSchema").code() == Errc::read_unsupported);
}

TEST_CASE("a status after a message counts, its details are kept") {
  FakeServer server(odd);
  const GrpcReply reply = call(*connect(server), "/failed-late");
  CHECK(reply.status.code == GrpcCode::failed_precondition);
  CHECK(reply.status.message == "late");
  CHECK(reply.status.details == std::string("\x08\x09\x12\x04late"));
  CHECK(reply.message == "");
}

TEST_CASE("answers that are no valid gRPC are errors of their own, and the next call is well") {
  FakeServer server(odd);
  const auto channel = connect(server);
  const auto code = [&](const char* path) { return call(*channel, path).status.code; };
  CHECK(code("/none") == GrpcCode::internal);
  CHECK(code("/no-status") == GrpcCode::internal);
  CHECK(code("/two") == GrpcCode::internal);
  CHECK(code("/cut-message") == GrpcCode::internal);
  CHECK(code("/html") == GrpcCode::unknown);
  CHECK(code("/http-503") == GrpcCode::unavailable);
  const GrpcReply gzip = call(*channel, "/gzip");
  CHECK(gzip.status.code == GrpcCode::internal);
  CHECK(gzip.status.message.find("compressed") != std::string::npos);
  CHECK(to_error(gzip, "M").code() == Errc::bad_structure);
  CHECK(call(*channel, "/echo").ok());
}

TEST_CASE("a call that the plugin resets fails, and no other") {
  FakeServer server(odd);
  const auto channel = connect(server);
  const GrpcReply calm = call(*channel, "/reset");
  CHECK(calm.status.code == GrpcCode::resource_exhausted);
  CHECK_FALSE(calm.connection_lost);
  const GrpcReply cancelled = call(*channel, "/reset-cancel");
  CHECK(cancelled.status.code == GrpcCode::cancelled);
  CHECK(to_error(cancelled, "M").code() == Errc::read_failed);  // nobody here cancelled anything
  CHECK(call(*channel, "/echo").ok());
}

TEST_CASE("frames that come a byte at a time") {
  FakeServer server(odd, {.write_at_most = 1});
  const auto channel = connect(server);
  CHECK(call(*channel, "/echo").message == "request");
  CHECK(call(*channel, "/trailers-only").status.code == GrpcCode::unimplemented);
}

TEST_CASE("20 MB come through, at once and over TCP") {
  for (const bool tcp : {false, true}) {
    FakeServer server(odd, {.tcp = tcp});
    const auto channel = connect(server);
    const GrpcReply reply = call(*channel, "/large", seconds(60));
    REQUIRE(reply.ok());
    CHECK(reply.message.size() == std::size_t{20} << 20);
    CHECK(reply.message.find_first_not_of('L') == std::string::npos);
  }
}

TEST_CASE("a message beyond the limit ends its call, and not the connection") {
  FakeServer server(odd);
  const auto channel = connect(server, {.max_message = 1000});
  const GrpcReply reply = call(*channel, "/large");
  CHECK(reply.status.code == GrpcCode::resource_exhausted);
  CHECK(to_error(reply, "M").code() == Errc::byte_limit);
  CHECK(call(*channel, "/echo").ok());
}

TEST_CASE("1,000 calls at once, also to a server that takes 7 at a time") {
  for (const std::size_t streams : {std::size_t{5000}, std::size_t{7}}) {
    FakeServer server(odd, {.max_streams = streams});
    const auto channel = connect(server);
    Replies replies;
    for (int i = 0; i < 1000; ++i) channel->start("/echo", std::to_string(i), Deadline::after(system_clock(), seconds(60)), replies.done());
    REQUIRE(replies.wait(1000));
    std::set<std::string> seen;
    for (const GrpcReply& r : replies.all) {
      CHECK(r.ok());
      seen.insert(r.message);
    }
    CHECK(seen.size() == 1000);
  }
}

TEST_CASE("many threads call at once") {
  FakeServer server(odd);
  const auto channel = connect(server);
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 10; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string text = std::to_string(t) + "/" + std::to_string(i);
        if (channel->call("/echo", text, within(seconds(30))).message == text) ++good;
      }
    });
  for (auto& t : threads) t.join();
  CHECK(good == 500);
}

TEST_CASE("a stream of messages, and one that never ends") {
  FakeServer server(odd);
  const auto channel = connect(server);
  std::vector<std::string> got;
  const GrpcReply reply = channel->call_stream(
      "/stream", "", [&](std::string_view m) { got.emplace_back(m); }, within(seconds(20)));
  CHECK(reply.ok());
  REQUIRE(got.size() == 5);
  CHECK(got[4] == "message 4");
  CHECK(channel
            ->call_stream(
                "/trailers-only", "", [](std::string_view) {}, within(seconds(20)))
            .status.code == 12);

  // Messages come as they are sent, not at the end.
  std::atomic<int> count{0};
  Replies replies;
  std::atomic<std::int32_t> stream{0};
  FakeServer open([&](Http2Session& http, const Request& r) {
    FakeServer::begin(http, r.stream);
    http.send(r.stream, frame_message("first"));
    stream = r.stream;
  });
  const auto second = connect(open);
  const CallId id = second->start_stream(
      "/x", "", Deadline(), [&](std::string_view) { ++count; }, replies.done());
  eventually([&] { return count == 1; });
  open.post([&](Http2Session& http) { http.send(stream, frame_message("second")); });
  eventually([&] { return count == 2; });
  second->cancel(id);
  REQUIRE(replies.wait(1));
  CHECK(replies.all[0].status.code == GrpcCode::cancelled);
}

TEST_CASE("a deadline ends a call that gets no answer, and the plugin is told") {
  FakeServer server(odd);
  const auto channel = connect(server);
  GrpcReply reply;
  const auto time = took([&] { reply = call(*channel, "/silent", milliseconds(100)); });
  CHECK(reply.status.code == GrpcCode::deadline_exceeded);
  CHECK(to_error(reply, "M").code() == Errc::read_timeout);
  CHECK(time >= milliseconds(95));
  eventually([&] { return server.resets == 1; });

  Replies replies;  // without a thread that waits
  channel->start("/silent", "", Deadline::after(system_clock(), milliseconds(50)), replies.done());
  REQUIRE(replies.wait(1));
  CHECK(replies.all[0].status.code == GrpcCode::deadline_exceeded);
  eventually([&] { return server.resets == 2; });
  CHECK(call(*channel, "/echo").ok());
}

TEST_CASE("a deadline that has passed already asks nobody") {
  FakeServer server(odd);
  const auto channel = connect(server);
  CHECK(call(*channel, "/echo", milliseconds(-1)).status.code == GrpcCode::deadline_exceeded);
  CHECK(server.requests == 0);
}

TEST_CASE("a cancelled call returns soon, whatever the plugin does") {
  FakeServer server(odd);
  const auto channel = connect(server);
  OpContext ctx;
  std::thread canceller([&] {
    eventually([&] { return server.requests == 1; });
    ctx.cancel.cancel();
  });
  GrpcReply reply = channel->call("/silent", "", ctx);
  canceller.join();
  CHECK(reply.status.code == GrpcCode::cancelled);
  CHECK(to_error(reply, "M").code() == Errc::cancelled);
  eventually([&] { return server.resets == 1; });

  Replies replies;
  const CallId id = channel->start("/silent", "", Deadline(), replies.done());
  channel->cancel(id);
  channel->cancel(id);
  channel->cancel(424242);
  REQUIRE(replies.wait(1));
  CHECK(replies.all[0].status.code == GrpcCode::cancelled);
  CHECK(call(*channel, "/echo").ok());
  CHECK(replies.all.size() == 1);
}

TEST_CASE("GOAWAY: what the plugin still answers is taken, what it does not is an error, and nothing new begins") {
  FakeServer* self = nullptr;
  std::atomic<std::int32_t> held{0};
  FakeServer server([&](Http2Session& http, const Request& r) {
    if (r.path() == "/held") {
      FakeServer::begin(http, r.stream);
      held = r.stream;
      return;
    }
    odd(http, r);
  });
  self = &server;
  const auto channel = connect(server);
  Replies replies;
  channel->start("/held", "", Deadline(), replies.done());
  eventually([&] { return held != 0; });
  self->post([](Http2Session& http) { http.goaway(Http2Code::enhance_your_calm); });
  // The one that was begun before may be answered.
  self->post([&](Http2Session& http) {
    http.send(held, frame_message("late"));
    http.finish(held, {{"grpc-status", "0"}});
  });
  REQUIRE(replies.wait(1));
  CHECK(replies.all[0].message == "late");
  eventually([&] { return !channel->alive(); });
  const GrpcReply reply = call(*channel, "/echo");
  CHECK(reply.status.code == GrpcCode::unavailable);
  CHECK(reply.connection_lost);
  CHECK(reply.status.message.find("GOAWAY") != std::string::npos);
}

TEST_CASE("the connection cut: every open call ends, and every later one") {
  FakeServer server(odd);
  const auto channel = connect(server);
  Replies replies;
  for (int i = 0; i < 20; ++i) channel->start("/silent", "", Deadline(), replies.done());
  eventually([&] { return server.requests == 20; });
  server.cut();
  REQUIRE(replies.wait(20));
  for (const GrpcReply& r : replies.all) {
    CHECK(r.status.code == GrpcCode::unavailable);
    CHECK(r.connection_lost);
  }
  CHECK_FALSE(channel->alive());
  const GrpcReply later = call(*channel, "/echo");
  CHECK(later.connection_lost);
  const Error error = to_error(later, "ReadResource");
  CHECK(error.code() == Errc::read_failed);
  CHECK(error.is_retryable());
  CHECK(error.to_string().find("ReadResource") != std::string::npos);
}

TEST_CASE("close() ends open calls, from any thread and from a callback") {
  FakeServer server(odd);
  auto channel = connect(server);
  Replies replies;
  channel->start("/silent", "", Deadline(), replies.done());
  channel->close();
  channel->close();
  REQUIRE(replies.wait(1));
  CHECK(replies.all[0].connection_lost);
  CHECK(call(*channel, "/echo").connection_lost);

  // The last owner is the callback.
  auto second = connect(server);
  std::atomic<bool> gone{false};
  GrpcChannel* raw = second.get();
  raw->start("/echo", "x", Deadline(), [held = std::move(second), &gone](GrpcReply r) mutable {
    CHECK(r.ok());
    held.reset();
    gone = true;
  });
  eventually([&] { return gone.load(); });
}

TEST_CASE("TLS: exactly the two certificates, and nothing else") {
  auto client = third::make_tls_identity(system_clock().wall());
  auto plugin = third::make_tls_identity(system_clock().wall());
  auto other = third::make_tls_identity(system_clock().wall());
  REQUIRE((client.ok() && plugin.ok() && other.ok()));
  FakeServer server(odd, {.identity = &*plugin, .client_der = client->certificate_der});
  Endpoint to = server.endpoint();
  to.identity = &*client;
  to.peer_certificate_der = plugin->certificate_der;
  {
    auto channel = GrpcChannel::connect(to, within(seconds(20)));
    if (!channel) FAIL(channel.error().to_string());
    CHECK(call(**channel, "/echo").message == "request");
    CHECK(call(**channel, "/large", seconds(60)).message.size() == std::size_t{20} << 20);
  }
  Endpoint wrong_plugin = to;
  wrong_plugin.peer_certificate_der = other->certificate_der;
  auto refused = GrpcChannel::connect(wrong_plugin, within(seconds(20)));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().to_string().find("certificate verify failed") != std::string::npos);
  Endpoint wrong_client = to;
  wrong_client.identity = &*other;
  CHECK_FALSE(GrpcChannel::connect(wrong_client, within(seconds(20))).ok());
  CHECK_FALSE(GrpcChannel::connect(server.endpoint(), within(seconds(20))).ok());  // without TLS
}

namespace {

// Takes one connection and does one thing with it.
class RawServer {
 public:
  explicit RawServer(std::function<void(int)> serve) {
    sockaddr_un un{};
    un.sun_family = AF_UNIX;
    std::strncpy(un.sun_path, folder_.file("s").c_str(), sizeof un.sun_path - 1);
    REQUIRE(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&un), sizeof un) == 0);
    REQUIRE(::listen(listener_.get(), 4) == 0);
    thread_ = std::thread([this, serve = std::move(serve)] {
      const Fd peer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      serve(peer.get());
    });
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  ~RawServer() { thread_.join(); }
  [[nodiscard]] Endpoint endpoint() const {
    Endpoint to;
    to.unix_path = folder_.file("s");
    return to;
  }

 private:
  TempFolder folder_;
  Fd listener_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::thread thread_;
};

void read_all(int fd) {
  char bytes[4096];
  while (::read(fd, bytes, sizeof bytes) > 0) {
  }
}

}  // namespace

TEST_CASE("peers that are no gRPC server: each a clear error") {
  SUBCASE("silent") {
    RawServer server(read_all);
    Endpoint to = server.endpoint();
    to.timeout = milliseconds(100);
    const auto channel = GrpcChannel::connect(to, OpContext{});
    REQUIRE_FALSE(channel.ok());
    CHECK(channel.error().code() == Errc::read_timeout);
  }
  SUBCASE("silent, cancelled") {
    RawServer server(read_all);
    OpContext ctx;
    ctx.cancel.cancel();
    const auto channel = GrpcChannel::connect(server.endpoint(), ctx);
    REQUIRE_FALSE(channel.ok());
    CHECK(channel.error().code() == Errc::cancelled);
    (void)open_socket(server.endpoint(), OpContext{});  // the server takes one connection
  }
  SUBCASE("another protocol") {
    RawServer server([](int fd) {
      const std::string_view text = "HTTP/1.1 400 Bad Request\r\n\r\n";
      (void)!::write(fd, text.data(), text.size());
      read_all(fd);
    });
    const auto channel = GrpcChannel::connect(server.endpoint(), within(seconds(20)));
    REQUIRE_FALSE(channel.ok());
    CHECK(channel.error().code() == Errc::io);
    CHECK(channel.error().to_string().find("HTTP/2") != std::string::npos);
  }
  SUBCASE("gone at once") {
    RawServer server([](int) {});
    const auto channel = GrpcChannel::connect(server.endpoint(), within(seconds(20)));
    REQUIRE_FALSE(channel.ok());
    CHECK(channel.error().code() == Errc::io);
  }
  SUBCASE("nobody") {
    const TempFolder folder;
    Endpoint to;
    to.unix_path = folder.file("none");
    const auto channel = GrpcChannel::connect(to, within(seconds(20)));
    REQUIRE_FALSE(channel.ok());
    CHECK(channel.error().code() == Errc::io);
    CHECK_FALSE(channel.error().next_step().empty());
    to.unix_path = folder.file(std::string(120, 'x'));
    CHECK(GrpcChannel::connect(to, within(seconds(20))).error().to_string().find("107 bytes") != std::string::npos);
    for (const char* bad : {"", "localhost", "example.org:80", "127.0.0.1:x", ":80", "[::1"}) {
      Endpoint tcp;
      tcp.host_port = bad;
      CHECK(GrpcChannel::connect(tcp, within(seconds(20))).error().code() == Errc::invalid_argument);
    }
  }
}

TEST_CASE("a peer that takes nothing any more: an error, and no SIGPIPE, though nobody ignores that") {
  RawServer server([](int fd) {
    char byte = 0;
    must(::read(fd, &byte, 1) == 1 && ::shutdown(fd, SHUT_RD) == 0);
    const std::string_view settings("\0\0\0\4\0\0\0\0\0", 9);
    must(::send(fd, settings.data(), settings.size(), MSG_NOSIGNAL) == 9);
    // Until the client goes: it is not to learn from the end of the stream that nobody is there.
    pollfd p{fd, 0, 0};  // POLLHUP
    while (::poll(&p, 1, -1) < 0 && errno == EINTR) {
    }
  });
  // In a process of its own, with the signal at its default. Two things keep it away: it is not asked for, and the thread blocks it.
  const auto client = ChildProcess::spawn({.program = DRIFT_PLUGIN_FIXTURE, .args = {"calls", server.endpoint().unix_path}}, OpContext{});
  REQUIRE(client.ok());
  const auto line = (*client)->first_line(within(seconds(30)));
  REQUIRE(line.ok());
  CHECK(line->value_or("").find("Broken pipe") != std::string::npos);
  CHECK((*client)->wait(seconds(30)));
  CHECK((*client)->exit_status()->text() == "exit status 0");
}

TEST_CASE("a child of fork() has no channel, and its parent keeps it") {
  FakeServer server(odd);
  auto channel = connect(server);
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    const bool right = channel->call("/echo", "", OpContext{}).connection_lost && !channel->alive();
    channel->close();
    channel.reset();
    ::_exit(right ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(call(*channel, "/echo").ok());
}
