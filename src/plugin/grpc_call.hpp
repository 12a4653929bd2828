// One call on the client's side: what comes in on its stream, until it is a reply. No thread, no socket.
//
// Thread rule: one (the connection's). Source: gRPC over HTTP/2 (grpc/doc/PROTOCOL-HTTP2.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/grpc_status.hpp"

namespace drift::plugin {

using CallId = std::uint64_t;

// The 5 bytes in front of each message: 1 compressed or not, 4 its size.
[[nodiscard]] std::string frame_message(std::string_view message);

// A reply that this side makes.
[[nodiscard]] GrpcReply own_reply(int code, std::string message);

// Cuts the bytes of a stream into messages.
class MessageReader {
 public:
  // For a size that a peer only claims no more than `reserve` bytes are made ready.
  explicit MessageReader(std::size_t most, std::size_t reserve = std::size_t{64} << 20) : most_(most), reserve_(reserve) {}
  // False when the stream is of no use any more; why() says it then.
  bool feed(std::string_view bytes, const std::function<void(std::string&&)>& on_message);
  [[nodiscard]] const GrpcReply& why() const noexcept { return why_; }
  [[nodiscard]] bool amid_message() const noexcept { return prefix_size_ > 0; }

 private:
  bool begin();

  std::size_t most_, reserve_;
  std::uint8_t prefix_[5] = {};
  std::size_t prefix_size_ = 0;
  std::size_t want_ = 0;
  std::string message_{};
  GrpcReply why_{};
};

class GrpcCall {
 public:
  using Done = std::function<void(GrpcReply)>;
  using OnMessage = std::function<void(std::string_view)>;

  // With `on_message` the answer is a stream of any number of messages, else it is exactly one.
  GrpcCall(CallId id, Done done, OnMessage on_message, std::size_t max_message);

  void on_header(std::string_view name, std::string_view value);
  // False when this side has to give the call up: fault() is the reply.
  bool on_data(std::string_view bytes);
  [[nodiscard]] const GrpcReply& fault() const noexcept { return in_.why(); }
  // The reply once the other side has ended the stream.
  [[nodiscard]] GrpcReply ended();
  [[nodiscard]] bool has_status() const noexcept { return status_.has_value(); }
  // Hands the reply over; to be called once.
  void finish(GrpcReply reply);

  CallId id = 0;
  std::optional<std::chrono::steady_clock::time_point> deadline{};

 private:
  [[nodiscard]] std::optional<GrpcReply> refused_head() const;

  Done done_;
  OnMessage on_message_;
  MessageReader in_;
  std::size_t header_bytes_ = 0;
  int http_status_ = 0;
  std::string content_type_{};
  std::optional<int> status_{};
  std::string status_message_{};
  std::string details_{};
  std::optional<std::string> message_{};
  bool too_many_ = false;
};

}  // namespace drift::plugin
