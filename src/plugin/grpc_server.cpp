#include "plugin/grpc_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <exception>
#include <list>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "plugin/fd.hpp"
#include "plugin/grpc_call.hpp"
#include "plugin/quiet_thread.hpp"

namespace drift::plugin {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t most_connections = 64;
constexpr std::uint32_t most_streams = 100;
constexpr std::size_t most_message = std::size_t{16} << 20;
constexpr std::size_t most_held = std::size_t{64} << 20;
constexpr std::size_t most_header = 256;  // what is asked for is shorter
constexpr std::uint32_t window = 1U << 20;
constexpr std::size_t buffer_size = std::size_t{64} << 10;
constexpr std::chrono::milliseconds no_room_pause(100);
constexpr std::string_view only_unary = "only unary calls are answered";

// What grpc-message may hold as it is (PROTOCOL-HTTP2: Percent-Encoded).
std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c >= 0x20 && c <= 0x7e && c != '%') {
      out += c;
      continue;
    }
    const auto b = static_cast<unsigned char>(c);
    out += '%';
    out += "0123456789ABCDEF"[b >> 4U];
    out += "0123456789ABCDEF"[b & 0xfU];
  }
  return out;
}

// A stream's part of what all connections hold of messages.
class Part {
 public:
  explicit Part(std::size_t& all) : all_(&all) {}
  Part(Part&& other) noexcept : all_(other.all_), own_(std::exchange(other.own_, 0)) {}
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  Part& operator=(Part&&) = delete;
  ~Part() { *all_ -= own_; }
  [[nodiscard]] bool grow(std::size_t n) {
    if (n > most_held - *all_) return false;
    *all_ += n;
    own_ += n;
    return true;
  }

 private:
  std::size_t* all_;
  std::size_t own_ = 0;
};

struct Stream {
  Part part;
  std::string path{};
  std::string content_type{};
  std::optional<MessageReader> in{};
  std::optional<std::string> message{};
};

class Connection final : private third::Http2Events {
 public:
  Connection(Fd socket, const GrpcServer::Handler& handler, std::size_t& held)
      : socket_(std::move(socket)),
        handler_(handler),
        held_(held),
        http_({.server = true, .stream_window = window, .connection_window = 4 * window, .max_streams = most_streams}, *this) {}

  [[nodiscard]] int fd() const noexcept { return socket_.get(); }
  [[nodiscard]] bool wants_write() const noexcept { return at_ < out_.size(); }
  [[nodiscard]] bool busy() const noexcept { return !streams_.empty() || wants_write(); }
  // Later than all that was heard before, of any connection.
  void heard(std::uint64_t when) noexcept { heard_ = when; }
  [[nodiscard]] std::uint64_t last_heard() const noexcept { return heard_; }

  // False: it is over.
  bool read(std::vector<char>& buffer) {
    const ssize_t n = ::recv(fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n < 0) return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK;
    return n > 0 && http_.feed({buffer.data(), static_cast<std::size_t>(n)});
  }
  bool write() {
    for (;;) {
      // A peer that does not read leaves the rest where it is.
      while (out_.size() - at_ < buffer_size) {
        const std::string_view bytes = http_.pull();
        if (bytes.empty()) break;
        out_.append(bytes);
      }
      if (!wants_write()) return !http_.over();
      const ssize_t n = ::send(fd(), out_.data() + at_, out_.size() - at_, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
      at_ += static_cast<std::size_t>(n);
      if (wants_write()) continue;
      out_.clear();
      at_ = 0;
    }
  }
  // Before its end: what comes now is not taken, and may be said again on another connection.
  void say_goodbye() {
    http_.goaway(third::Http2Code::no_error);
    (void)write();
  }

 private:
  void on_header(std::int32_t id, std::string_view name, std::string_view value) override {
    Stream& s = streams_.try_emplace(id, Stream{.part = Part(held_)}).first->second;
    if (name == ":path") s.path = value.substr(0, most_header);
    if (name == "content-type") s.content_type = value.substr(0, most_header);
  }
  void on_data(std::int32_t id, std::string_view bytes) override {
    const auto at = streams_.find(id);
    if (at == streams_.end()) return;
    Stream& s = at->second;
    if (!s.in) s.in.emplace(most_message, 0);  // a size that is only claimed is not held
    bool too_many = false;
    const auto take = [&](std::string&& message) {
      too_many |= s.message.has_value();
      s.message = std::move(message);
    };
    const bool room = s.part.grow(bytes.size());
    if (room && s.in->feed(bytes, take) && !too_many) return;
    const int code = !room ? GrpcCode::resource_exhausted : too_many ? GrpcCode::unimplemented : s.in->why().status.code;
    streams_.erase(at);
    fail(id, code, too_many ? only_unary : "the message is not taken");
  }
  void on_end(std::int32_t id) override {
    const auto at = streams_.find(id);
    if (at == streams_.end()) return;
    const Stream s(std::move(at->second));
    streams_.erase(at);
    if (!s.content_type.starts_with("application/grpc")) return http_.respond(id, {{":status", "415"}}, true);
    if (!s.message || s.in->amid_message()) return fail(id, GrpcCode::unimplemented, only_unary);
    answer(id, s);
  }
  void on_close(std::int32_t id, third::Http2Code /*code*/) override { streams_.erase(id); }
  void on_goaway(std::int32_t /*last_stream*/, third::Http2Code /*code*/) override {}

  void answer(std::int32_t id, const Stream& s) {
    GrpcServer::Answer a;
    try {
      a = handler_(s.path, *s.message);
    } catch (const std::exception&) {
      return fail(id, GrpcCode::internal, "an internal error");
    }
    if (a.code != GrpcCode::ok) return fail(id, a.code, a.message);
    http_.respond(id, {{":status", "200"}, {"content-type", "application/grpc"}});
    http_.send(id, frame_message(a.body));
    http_.finish(id, {{"grpc-status", "0"}});
  }
  void fail(std::int32_t id, int code, std::string_view message) {
    const std::string number = std::to_string(code), text = percent_encode(message);
    http_.respond(id, {{":status", "200"}, {"content-type", "application/grpc"}, {"grpc-status", number}, {"grpc-message", text}}, true);
  }

  Fd socket_;
  const GrpcServer::Handler& handler_;
  std::size_t& held_;
  third::Http2Session http_;
  std::map<std::int32_t, Stream> streams_{};
  std::string out_{};
  std::size_t at_ = 0;
  std::uint64_t heard_ = 0;
};

// What another try at once may mend.
bool passes(int accept_error) {
  return accept_error == EINTR || accept_error == EAGAIN || accept_error == EWOULDBLOCK || accept_error == ECONNABORTED;
}

Result<Fd> listen_here(std::string& address) {
  const auto failed = [](const char* what) {
    return Error(Errc::io, std::string("there was no port for plugins to call: ") + what + ": " + errno_text(errno))
        .next("see whether 127.0.0.1 is there, and the limit of open files");
  };
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.open()) return failed("socket");
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0) return failed("bind");
  if (::listen(fd.get(), 128) != 0) return failed("listen");
  socklen_t size = sizeof here;
  if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&here), &size) != 0) return failed("getsockname");
  address = "127.0.0.1:" + std::to_string(ntohs(here.sin_port));
  return fd;
}

}  // namespace

struct GrpcServer::Body {
  Body(Fd listening, Wake bell, Handler h) : socket(std::move(listening)), wake(std::move(bell)), handler(std::move(h)) {}

  void run() noexcept {
    std::vector<char> buffer(buffer_size);
    while (!stopping.load()) {
      const auto pause = std::chrono::ceil<std::chrono::milliseconds>(deaf_until - Steady::now());
      const bool deaf = pause.count() > 0;
      std::vector<pollfd> fds = {{wake.fd(), POLLIN, 0}, {deaf ? -1 : socket.get(), POLLIN, 0}};
      for (const Connection& c : connections) fds.push_back({c.fd(), static_cast<short>(POLLIN | (c.wants_write() ? POLLOUT : 0)), 0});
      if (::poll(fds.data(), fds.size(), deaf ? static_cast<int>(pause.count()) : -1) < 0 && errno != EINTR) break;
      if (fds[0].revents != 0) wake.hear();
      serve(fds, buffer);
      if (fds[1].revents != 0) accept();
    }
    connections.clear();
    socket.reset();
  }

  void serve(const std::vector<pollfd>& fds, std::vector<char>& buffer) {
    std::size_t i = 2;
    for (auto c = connections.begin(); c != connections.end() && i < fds.size(); ++i) {
      const auto at = c++;
      if (fds[i].revents == 0) continue;
      const bool has_news = (fds[i].revents & ~POLLOUT) != 0;
      if (has_news) at->heard(++heard);
      const bool good = !has_news || at->read(buffer);
      const bool said = at->write();
      if (!good || !said) connections.erase(at);
    }
  }

  // Without a descriptor for it, who wants in stays at the door: to look again at once would be to do nothing else.
  void accept() {
    Fd fd(::accept4(socket.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd.open()) {
      if (!passes(errno)) deaf_until = Steady::now() + no_room_pause;
      return;
    }
    const int one = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connections.size() >= most_connections) make_room();
    Connection& c = connections.emplace_back(std::move(fd), handler, held);
    c.heard(++heard);
    if (!c.write()) connections.pop_back();
  }

  // Anybody may fill the server with connections, and the plugin has to come in all the same: the longest silent one goes, of those without
  // a call if there are any.
  void make_room() {
    const auto last = std::min_element(connections.begin(), connections.end(), [](const Connection& a, const Connection& b) {
      return std::make_pair(a.busy(), a.last_heard()) < std::make_pair(b.busy(), b.last_heard());
    });
    last->say_goodbye();
    connections.erase(last);
  }

  Fd socket;
  Wake wake;
  const Handler handler;
  std::size_t held = 0;             // of messages, by all connections
  std::uint64_t heard = 0;          // times that anybody said something
  Steady::time_point deaf_until{};  // to those who want in
  std::list<Connection> connections{};
  std::atomic<bool> stopping{false};
  std::optional<QuietThread> thread{};
  const pid_t host = ::getpid();
};

Result<std::unique_ptr<GrpcServer>> GrpcServer::start(const char* thread_name, Handler handler) {
  std::unique_ptr<GrpcServer> server(new GrpcServer);
  Result<Fd> socket = listen_here(server->address_);
  if (!socket) return std::move(socket).error();
  Result<Wake> wake = Wake::make();
  if (!wake) return std::move(wake).error();
  server->body_ = std::make_shared<Body>(*std::move(socket), *std::move(wake), std::move(handler));
  Result<QuietThread> thread = QuietThread::start(thread_name, [body = server->body_] { body->run(); });
  if (!thread) return std::move(thread).error();
  server->body_->thread.emplace(*std::move(thread));
  return server;
}

void GrpcServer::stop() {
  if (!body_ || !body_->thread || body_->host != ::getpid()) return;
  body_->stopping.store(true);
  body_->wake.ring();
  body_->thread->join();
  body_->thread.reset();
}

GrpcServer::~GrpcServer() { stop(); }

}  // namespace drift::plugin
