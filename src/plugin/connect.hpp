// Where a plugin listens, and a connected socket to it.
//
// Thread rule: any. Errors: E_IO (nobody listens there, the path is too long), E_INVALID_ARGUMENT (no address), E_CANCELLED, E_DEADLINE.
#pragma once

#include <chrono>
#include <string>

#include "drift/base/cancel.hpp"
#include "plugin/fd.hpp"

namespace drift::third {
struct TlsIdentity;
}

namespace drift::plugin {

// Plugins run on this machine, so that addresses are numbers or "localhost": no name is looked up, which could take long.
struct Endpoint {
  std::string unix_path{};                       // or
  std::string host_port{};                       // "127.0.0.1:50051", "[::1]:50051", "localhost:50051"
  const third::TlsIdentity* identity = nullptr;  // borrowed for connect(); with it the connection is TLS
  std::string peer_certificate_der{};            // and this is the one certificate that the peer may show
  std::chrono::milliseconds timeout{20000};      // for the connection to be ready; a sooner deadline of the context holds

  [[nodiscard]] const std::string& name() const { return unix_path.empty() ? host_port : unix_path; }
};

// A connected socket: non-blocking, CLOEXEC, TCP without delay.
[[nodiscard]] Result<Fd> open_socket(const Endpoint& to, const OpContext& ctx);

// The most that a path of a socket may have (sun_path with its NUL).
inline constexpr std::size_t max_socket_path = 107;

}  // namespace drift::plugin
