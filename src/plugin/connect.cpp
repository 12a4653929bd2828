#include "plugin/connect.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace drift::plugin {
namespace {

constexpr std::chrono::milliseconds slice(20);

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

Error cannot_connect(const Endpoint& to, const std::string& why) {
  return Error(Errc::io, "there was no connection to the plugin: " + why)
      .at(to.name())
      .next("see whether the plugin still runs; a new start may help");
}

Result<Address> unix_address(const Endpoint& to) {
  if (to.unix_path.size() > max_socket_path)
    return Error(Errc::io,
                 "the path of the plugin's socket was longer than the " + std::to_string(max_socket_path) + " bytes of the system")
        .at(to.unix_path)
        .next("let the plugin use a shorter folder (TMPDIR)");
  Address out;
  sockaddr_un un{};
  un.sun_family = AF_UNIX;
  std::memcpy(un.sun_path, to.unix_path.data(), to.unix_path.size());
  out.size = static_cast<socklen_t>(sizeof un);
  std::memcpy(&out.bytes, &un, sizeof un);
  return out;
}

Result<Address> tcp_address(const Endpoint& to) {
  const auto bad = [&] {
    return Error(Errc::invalid_argument, "the plugin's address was not like 127.0.0.1:50051")
        .at(to.name())
        .next("give a number and a port");
  };
  const std::size_t colon = to.host_port.rfind(':');
  if (colon == std::string::npos || colon == 0) return bad();
  std::string host = to.host_port.substr(0, colon);
  const std::string port = to.host_port.substr(colon + 1);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return bad();
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> held(found, ::freeaddrinfo);
  Address out;
  out.size = found->ai_addrlen;
  std::memcpy(&out.bytes, found->ai_addr, found->ai_addrlen);
  return out;
}

// Waits for a connect() under way; the errno of its end.
Result<int> wait_connected(int fd, const OpContext& ctx, std::chrono::milliseconds most) {
  for (const auto until = std::chrono::steady_clock::now() + most; std::chrono::steady_clock::now() < until;) {
    DRIFT_TRY(ctx.check());
    pollfd p{fd, POLLOUT, 0};
    if (::poll(&p, 1, static_cast<int>(slice.count())) <= 0) continue;
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
  }
  return ETIMEDOUT;
}

}  // namespace

Result<Fd> open_socket(const Endpoint& to, const OpContext& ctx) {
  Result<Address> address = to.unix_path.empty() ? tcp_address(to) : unix_address(to);
  if (!address) return std::move(address).error();
  const int family = address->bytes.ss_family;
  Fd fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.open()) return cannot_connect(to, errno_text(errno));
  const int one = 1;
  if (family != AF_UNIX) ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  int error = 0;
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address->bytes), address->size) != 0) error = errno;
  // A unix socket whose queue is full says EAGAIN at once, and is not getting connected.
  const auto until = std::chrono::steady_clock::now() + to.timeout;
  while (error == EAGAIN && std::chrono::steady_clock::now() < until) {
    DRIFT_TRY(ctx.check());
    ::poll(nullptr, 0, 5);
    error = ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address->bytes), address->size) == 0 ? 0 : errno;
  }
  if (error == EINPROGRESS || error == EINTR) {
    Result<int> end = wait_connected(fd.get(), ctx, to.timeout);
    if (!end) return std::move(end).error();
    error = *end;
  }
  if (error != 0) return cannot_connect(to, errno_text(error));
  return fd;
}

}  // namespace drift::plugin
