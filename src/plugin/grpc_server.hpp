// A small gRPC server for plugins that call their host: unary calls over HTTP/2 in plain text, on a port of 127.0.0.1 that the system
// chose.
//
// Example:
//   auto server = GrpcServer::start("drift-engine", [](std::string_view path, std::string_view message) -> GrpcServer::Answer {
//     if (path == "/grpc.health.v1.Health/Check") return {.body = serving};
//     return {.code = GrpcCode::unimplemented};
//   });
//   launch(plugin, (*server)->address());
//
// Whoever can reach the port can call (any user of this machine): answers must tell nothing, and take nothing for true. At most 64
// connections at a time, of 100 calls each, of 16 MiB each and 64 MiB together (RESOURCE_EXHAUSTED beyond); a peer that breaks the rules
// loses its connection. Who comes beyond the 64 gets the place of the one that was silent the longest, with GOAWAY: a gRPC client connects
// anew when it calls again.
// Thread rule: any; the handler is called on the server's own thread, one call at a time: it has to be short, and what it throws is
// answered as INTERNAL. Ownership: owns its socket and thread. In a child of fork() it is left alone. Source: grpc/doc/PROTOCOL-HTTP2.md.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "drift/base/result.hpp"
#include "plugin/grpc_status.hpp"

namespace drift::plugin {

class GrpcServer {
 public:
  struct Answer {
    int code = GrpcCode::ok;
    std::string message{};  // of the status
    std::string body{};     // of a call that went well
  };
  using Handler = std::function<Answer(std::string_view path, std::string_view message)>;

  // E_IO, E_INTERNAL (no thread).
  [[nodiscard]] static Result<std::unique_ptr<GrpcServer>> start(const char* thread_name, Handler handler);
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;
  ~GrpcServer();

  [[nodiscard]] const std::string& address() const noexcept { return address_; }  // "127.0.0.1:50051"
  // Closes the port and all connections, and waits for the thread. Twice does nothing.
  void stop();

 private:
  struct Body;
  GrpcServer() = default;
  std::shared_ptr<Body> body_{};
  std::string address_{};
};

}  // namespace drift::plugin
