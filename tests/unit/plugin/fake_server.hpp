// A gRPC server in a thread of the test, on the server's side of Http2Session, with a hand for every odd thing that a peer can do.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "plugin/connect.hpp"
#include "plugin/fd.hpp"
#include "plugin/grpc_call.hpp"
#include "third/http2.hpp"
#include "third/tls.hpp"

namespace drift::plugin::test {

inline void must(bool holds) {
  if (!holds) throw std::runtime_error("the test's own server could not be set up");
}

// A folder of the test's own.
class TempFolder {
 public:
  TempFolder() {
    char name[] = "/tmp/drift-test-XXXXXX";
    must(::mkdtemp(name) != nullptr);
    path_ = name;
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() { (void)!std::system(("rm -rf '" + path_ + "'").c_str()); }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Request {
  std::int32_t stream = 0;
  std::map<std::string, std::string> headers{};
  std::string body{};

  [[nodiscard]] std::string path() const { return headers.count(":path") != 0 ? headers.at(":path") : ""; }
  // Of the one message.
  [[nodiscard]] std::string message() const { return body.size() >= 5 ? body.substr(5) : ""; }
};

class FakeServer {
 public:
  using Http2Session = third::Http2Session;
  using Handler = std::function<void(Http2Session&, const Request&)>;

  struct Options {
    std::size_t write_at_most = 0;  // bytes in one send(); 0: all
    bool tcp = false;
    std::string path{};  // of the socket; empty: in a folder of its own
    const third::TlsIdentity* identity = nullptr;
    std::string client_der{};
    std::size_t max_streams = 1000;
  };

  explicit FakeServer(Handler handler) : FakeServer(std::move(handler), Options{}) {}
  FakeServer(Handler handler, Options options) : handler_(std::move(handler)), options_(std::move(options)) {
    if (options_.path.empty()) folder_ = std::make_unique<TempFolder>();
    auto wake = Wake::make();
    must(wake.ok());
    wake_ = std::make_unique<Wake>(std::move(*wake));
    listen();
    thread_ = std::thread([this] { run(); });
  }
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;
  ~FakeServer() { stop(); }

  void stop() {
    if (!thread_.joinable()) return;
    post([this](Http2Session&) { stop_ = true; });
    thread_.join();
  }

  [[nodiscard]] Endpoint endpoint() const {
    Endpoint to;
    if (options_.tcp)
      to.host_port = "127.0.0.1:" + std::to_string(port_);
    else
      to.unix_path = socket_path();
    return to;
  }

  [[nodiscard]] std::string socket_path() const { return folder_ ? folder_->file("s") : options_.path; }

  // Runs something in the server's thread. With no connection it is run by the next one, but for stop().
  void post(std::function<void(Http2Session&)> work) {
    {
      const std::lock_guard lock(mutex_);
      posted_.push_back(std::move(work));
    }
    wake_->ring();
  }

  // Cuts the connection without a word.
  void cut() {
    post([this](Http2Session&) { cut_ = true; });
  }

  std::atomic<int> resets{0};  // streams that the client cancelled
  std::atomic<int> requests{0};
  std::atomic<int> connections{0};

  // A whole good answer.
  static void answer(Http2Session& http, std::int32_t stream, std::string_view message) {
    begin(http, stream);
    http.send(stream, frame_message(message));
    http.finish(stream, {{"grpc-status", "0"}});
  }
  static void begin(Http2Session& http, std::int32_t stream) {
    http.respond(stream, {{":status", "200"}, {"content-type", "application/grpc"}});
  }
  // A trailers-only answer.
  static void refuse(Http2Session& http, std::int32_t stream, std::string_view code, std::string_view message) {
    http.respond(stream, {{":status", "200"}, {"content-type", "application/grpc"}, {"grpc-status", code}, {"grpc-message", message}},
                 true);
  }

 private:
  struct Peer final : third::Http2Events {
    FakeServer& server;
    Http2Session http;
    std::map<std::int32_t, Request> requests{};
    explicit Peer(FakeServer& s)
        : server(s), http({.server = true, .max_streams = static_cast<std::uint32_t>(s.options_.max_streams)}, *this) {}
    void on_header(std::int32_t stream, std::string_view name, std::string_view value) override {
      requests[stream].headers[std::string(name)] = value;
    }
    void on_data(std::int32_t stream, std::string_view bytes) override { requests[stream].body += bytes; }
    void on_end(std::int32_t stream) override {
      requests[stream].stream = stream;
      ++server.requests;
      server.handler_(http, requests[stream]);
    }
    void on_close(std::int32_t stream, third::Http2Code code) override {
      if (code == third::Http2Code::cancel) ++server.resets;
      requests.erase(stream);
    }
    void on_goaway(std::int32_t /*last*/, third::Http2Code /*code*/) override {}
  };

  void listen() {
    listener_ = Fd(::socket(options_.tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (options_.tcp) {
      sockaddr_in in{};
      in.sin_family = AF_INET;
      in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      must(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&in), sizeof in) == 0);
      socklen_t size = sizeof in;
      must(::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&in), &size) == 0);
      port_ = ntohs(in.sin_port);
    } else {
      sockaddr_un un{};
      un.sun_family = AF_UNIX;
      std::strncpy(un.sun_path, socket_path().c_str(), sizeof un.sun_path - 1);
      must(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&un), sizeof un) == 0);
    }
    must(::listen(listener_.get(), 16) == 0);
  }

  void run() {
    while (!stop_) {
      pollfd p[2] = {{listener_.get(), POLLIN, 0}, {wake_->fd(), POLLIN, 0}};
      ::poll(p, 2, -1);
      if (p[0].revents != 0) {
        const Fd peer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        ++connections;
        serve(peer.get());
      } else {
        Peer nobody(*this);
        run_posted(nobody.http);
      }
    }
  }

  void run_posted(Http2Session& http) {
    wake_->hear();
    std::vector<std::function<void(Http2Session&)>> posted;
    {
      const std::lock_guard lock(mutex_);
      posted.swap(posted_);
    }
    for (const auto& work : posted) work(http);
  }

  bool flush(int fd, Peer& peer, third::TlsSession* tls, std::string& out) const {
    for (;;) {
      while (out.size() < 1U << 18 && (tls == nullptr || tls->ready())) {
        const std::string_view bytes = peer.http.pull();
        if (bytes.empty()) break;
        if (tls == nullptr) {
          out += bytes;
          continue;
        }
        tls->write(bytes);
        tls->pull(out);
      }
      if (tls != nullptr) tls->pull(out);
      if (out.empty()) return true;
      const std::size_t most = options_.write_at_most == 0 ? out.size() : std::min(out.size(), options_.write_at_most);
      const ssize_t n = ::send(fd, out.data(), most, MSG_NOSIGNAL);
      if (n < 0) return errno == EAGAIN;
      out.erase(0, static_cast<std::size_t>(n));
    }
  }

  void serve(int fd) {
    Peer peer(*this);
    std::unique_ptr<third::TlsSession> tls;
    if (options_.identity != nullptr) {
      auto made = third::TlsSession::server(*options_.identity, options_.client_der);
      must(made.ok());
      tls = std::move(*made);
    }
    std::string out, plain;
    std::vector<char> buffer(1 << 16);
    cut_ = false;
    while (!stop_ && !cut_) {
      if (!flush(fd, peer, tls.get(), out) || peer.http.over()) return;
      pollfd p[2] = {{fd, static_cast<short>(out.empty() ? POLLIN : POLLIN | POLLOUT), 0}, {wake_->fd(), POLLIN, 0}};
      ::poll(p, 2, -1);
      if (p[1].revents != 0) run_posted(peer.http);
      const ssize_t n = ::recv(fd, buffer.data(), buffer.size(), 0);
      if (n == 0 || (n < 0 && errno != EAGAIN)) return;
      if (n < 0) continue;
      plain.assign(buffer.data(), static_cast<std::size_t>(n));
      if (tls) {
        const std::string wire = std::exchange(plain, {});
        if (!tls->feed(wire, plain)) {
          flush(fd, peer, tls.get(), out);  // the alert
          return;
        }
      }
      if (!peer.http.feed(plain)) return;
    }
  }

  std::unique_ptr<TempFolder> folder_{};  // none: the path is given
  Handler handler_;
  Options options_;
  Fd listener_{};
  int port_ = 0;
  std::unique_ptr<Wake> wake_{};
  std::mutex mutex_{};
  std::vector<std::function<void(Http2Session&)>> posted_{};
  bool stop_ = false;
  bool cut_ = false;
  std::thread thread_{};
};

}  // namespace drift::plugin::test
