// A small HTTP/1.1 server on 127.0.0.1 for tests: each request is handed to a function of the test, whose answer it sends as it is told to.
//
// Example:
//   HttpServer server([](const HttpServer::Request& r) { return HttpServer::Answer{.status = 404, .body = "no " + r.path}; });
//   use(server.url());
//   CHECK(server.requests().size() == 1);
//
// Thread rule: the function runs in the server's thread, one request at a time. The destructor ends what still waits.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace drift::test {

class HttpServer {
 public:
  struct Request {
    std::string method, path, body;
    std::map<std::string, std::string> headers;  // names in lower case
  };
  struct Answer {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
    std::size_t cut = std::string::npos;  // so many bytes of the body are sent, then the connection is closed
    bool silent = false;                  // nothing is sent, and the connection stays open
  };
  using Handler = std::function<Answer(const Request&)>;

  explicit HttpServer(Handler handler) : handler_(std::move(handler)) {
    listen_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    if (listen_ < 0 || ::bind(listen_, reinterpret_cast<sockaddr*>(&at), size) != 0 || ::listen(listen_, 16) != 0 ||
        ::getsockname(listen_, reinterpret_cast<sockaddr*>(&at), &size) != 0 || ::pipe(wake_) != 0)
      throw std::runtime_error("no server");
    port_ = ntohs(at.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer() {
    ::close(wake_[1]);
    thread_.join();
    for (const int fd : silent_) ::close(fd);
    ::close(listen_);
    ::close(wake_[0]);
  }

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::vector<Request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  // False: the server is to end.
  bool wait(int fd) const {
    pollfd both[2] = {{fd, POLLIN, 0}, {wake_[0], POLLIN, 0}};
    while (::poll(both, 2, -1) < 0) {
    }
    return both[1].revents == 0;
  }

  void serve() {
    while (wait(listen_)) {
      const int fd = ::accept(listen_, nullptr, nullptr);
      if (fd < 0) continue;
      Request request;
      if (!read(fd, request)) {
        ::close(fd);
        continue;
      }
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      const Answer answer = handler_(request);
      if (answer.silent) {
        silent_.push_back(fd);
        continue;
      }
      send(fd, answer);
      ::close(fd);
    }
  }

  bool more(int fd, std::string& text) const {
    char room[4096];
    if (!wait(fd)) return false;
    const ssize_t n = ::recv(fd, room, sizeof room, 0);
    if (n <= 0) return false;
    text.append(room, static_cast<std::size_t>(n));
    return true;
  }

  bool read(int fd, Request& out) const {
    std::string text;
    std::size_t end = std::string::npos;
    while ((end = text.find("\r\n\r\n")) == std::string::npos)
      if (!more(fd, text)) return false;
    std::string head = text.substr(0, end + 2);
    out.body = text.substr(end + 4);
    const std::size_t first = head.find("\r\n");
    const std::string line = head.substr(0, first);
    const std::size_t space = line.find(' ');
    out.method = line.substr(0, space);
    out.path = line.substr(space + 1, line.rfind(' ') - space - 1);
    for (std::size_t at = first + 2; at < head.size();) {
      const std::size_t eol = head.find("\r\n", at);
      const std::size_t colon = head.find(':', at);
      std::string name = head.substr(at, colon - at);
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      out.headers[name] = head.substr(std::min(colon + 2, eol), eol - std::min(colon + 2, eol));
      at = eol + 2;
    }
    const auto length = out.headers.find("content-length");
    const std::size_t wanted = length != out.headers.end() ? std::stoul(length->second) : 0;
    while (out.body.size() < wanted)
      if (!more(fd, out.body)) return false;
    return true;
  }

  static void send(int fd, const Answer& a) {
    std::string text =
        "HTTP/1.1 " + std::to_string(a.status) + " Words\r\nContent-Length: " + std::to_string(a.body.size()) + "\r\nConnection: close\r\n";
    for (const auto& [name, value] : a.headers) text += name + ": " + value + "\r\n";
    text += "\r\n" + a.body.substr(0, a.cut);
    for (std::size_t at = 0; at < text.size();) {
      const ssize_t n = ::send(fd, text.data() + at, text.size() - at, MSG_NOSIGNAL);
      if (n <= 0) return;
      at += static_cast<std::size_t>(n);
    }
  }

  Handler handler_;
  int listen_ = -1, port_ = 0;
  int wake_[2] = {-1, -1};
  std::vector<int> silent_;
  mutable std::mutex mutex_;
  std::vector<Request> requests_;
  std::thread thread_;
};

}  // namespace drift::test
