// gRPC to a plugin: many calls at once over one connection (HTTP/2, a unix socket or TCP, TLS if wanted).
//
// Example:
//   Result<std::shared_ptr<GrpcChannel>> channel = GrpcChannel::connect({.unix_path = path}, ctx);
//   GrpcReply reply = (*channel)->call("/tfplugin6.Provider/GetProviderSchema", request, ctx);
//   if (!reply.ok()) return to_error(reply, "GetProviderSchema");
//
// Messages are bytes; who calls encodes and decodes them. Not compressed (grpc-accept-encoding: identity); up to 256 MiB unless told.
//
// Errors: a call always ends with exactly one GrpcReply. The connection lost is code 14 with connection_lost; then every further call ends
// so at once, and the channel is to be thrown away. A call is over for its caller within about 50 ms of its cancellation, at its deadline
// or when the connection is lost, whatever the plugin does; the plugin is told (RST_STREAM).
// Thread rule: any, several at once. Ownership: a channel owns its socket and its thread. In a child of fork() calls end with code 14.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "drift/base/cancel.hpp"
#include "plugin/connect.hpp"
#include "plugin/grpc_call.hpp"
#include "plugin/grpc_status.hpp"

namespace drift::plugin {

class GrpcConnection;

struct GrpcOptions {
  std::size_t max_message = std::size_t{256} << 20;  // that is taken in
};

class GrpcChannel {
 public:
  using Done = std::function<void(GrpcReply)>;
  using OnMessage = std::function<void(std::string_view)>;

  // Connects and waits for the peer's SETTINGS: it is there and speaks HTTP/2. E_IO, E_READ_TIMEOUT, E_CANCELLED, E_DEADLINE.
  [[nodiscard]] static Result<std::shared_ptr<GrpcChannel>> connect(const Endpoint& to, const OpContext& ctx, GrpcOptions options = {});
  GrpcChannel(const GrpcChannel&) = delete;
  GrpcChannel& operator=(const GrpcChannel&) = delete;
  ~GrpcChannel();

  // A unary call, which blocks. Not from a callback.
  [[nodiscard]] GrpcReply call(std::string_view path, std::string_view request, const OpContext& ctx);
  // A unary call that goes on by itself. `done` is called once, on the connection's thread, or on this one when the connection is lost
  // already; it has to be short, must not throw, and may start further calls.
  CallId start(std::string_view path, std::string_view request, Deadline deadline, Done done, const Clock& clock = system_clock());
  // Server streaming: each message to `on_message` on the connection's thread, `done` last (its reply has no message).
  CallId start_stream(std::string_view path, std::string_view request, Deadline deadline, OnMessage on_message, Done done,
                      const Clock& clock = system_clock());
  // The same, blocking until the stream has ended.
  [[nodiscard]] GrpcReply call_stream(std::string_view path, std::string_view request, OnMessage on_message, const OpContext& ctx);
  // Ends a call with code 1, unless it has ended; its `done` comes soon, once.
  void cancel(CallId id);

  // Ends the connection and the open calls (code 14), and waits for the thread, unless called from it. Twice does nothing.
  void close();
  [[nodiscard]] bool alive() const;
  [[nodiscard]] std::uint64_t calls() const noexcept { return next_id_.load(std::memory_order_relaxed) - 1; }  // begun so far

 private:
  struct Body;
  explicit GrpcChannel(std::unique_ptr<Body> body);
  CallId begin(std::string_view path, std::string_view request, Clock::Duration left, Done done, OnMessage on_message);
  GrpcReply wait(std::string_view path, std::string_view request, OnMessage on_message, const OpContext& ctx);
  [[nodiscard]] bool forked() const;

  std::unique_ptr<Body> b_;
  std::atomic<CallId> next_id_{1};
};

}  // namespace drift::plugin
