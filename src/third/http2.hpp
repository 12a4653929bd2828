// HTTP/2 (RFC 9113) as a state machine without sockets: bytes in, bytes out, events in between (nghttp2 behind a std-only interface).
//
// Example:
//   Http2Session http({}, events);
//   auto stream = http.request({{":method", "POST"}, {":scheme", "http"}, {":path", "/x"}, {":authority", "localhost"}}, body);
//   while (!(bytes = http.pull()).empty()) send(bytes);
//   http.feed(received);                                     // calls events
//
// Both ends are here: a client opens streams with request(), a server answers with respond(), send() and finish(). Windows are large from
// the start (a plugin's schema has 20 MB) and opened anew as data comes in; SETTINGS and PING are acknowledged by themselves. Server push
// is off.
//
// Errors: feed() and pull() give false and nothing once the connection is beyond repair; fault() says why. Exceptions of an event's handler
// end the connection the same way: they do not pass through C code. Only the constructor throws (std::bad_alloc).
// Thread rule: one thread at a time. Ownership: a session owns the bodies that it was given; texts in events are borrowed for the call.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drift::third {

struct Http2Header {
  std::string_view name;  // lower case
  std::string_view value;
};

struct Http2Options {
  bool server = false;
  std::uint32_t stream_window = 32U << 20;
  std::uint32_t connection_window = 64U << 20;
  std::uint32_t max_streams = 1000;  // that the other side may open
};

// Error codes of RST_STREAM and GOAWAY (RFC 9113 section 7).
enum class Http2Code : std::uint32_t {
  no_error = 0,
  protocol_error = 1,
  internal_error = 2,
  flow_control_error = 3,
  settings_timeout = 4,
  stream_closed = 5,
  frame_size_error = 6,
  refused_stream = 7,
  cancel = 8,
  compression_error = 9,
  connect_error = 10,
  enhance_your_calm = 11,
  inadequate_security = 12,
  http_1_1_required = 13,
};
[[nodiscard]] std::string_view http2_code_name(Http2Code code) noexcept;

// What the other side did. Handlers may call the session, but for feed() and pull().
class Http2Events {
 public:
  virtual ~Http2Events() = default;
  virtual void on_settings() {}  // the first sign that the peer speaks HTTP/2
  virtual void on_header(std::int32_t stream, std::string_view name, std::string_view value) = 0;  // of the head or of the trailers
  virtual void on_data(std::int32_t stream, std::string_view bytes) = 0;
  virtual void on_end(std::int32_t stream) = 0;                    // the peer sends no more on it
  virtual void on_close(std::int32_t stream, Http2Code code) = 0;  // for every stream, last; refused_stream when it never began
  virtual void on_goaway(std::int32_t last_stream, Http2Code code) = 0;
};

class Http2Session {
 public:
  using Headers = std::vector<Http2Header>;

  Http2Session(const Http2Options& options, Http2Events& events);
  Http2Session(const Http2Session&) = delete;
  Http2Session& operator=(const Http2Session&) = delete;
  ~Http2Session();

  // Client: opens a stream. With `end` the body is all there is to send. None when this connection can open no more streams.
  std::optional<std::int32_t> request(const Headers& headers, std::string body, bool end = true);
  // Server: the head of an answer; with `end` it is the whole answer.
  void respond(std::int32_t stream, const Headers& headers, bool end = false);
  // More of a body that was not ended, and its end with trailers. Streams that are gone are passed over.
  void send(std::int32_t stream, std::string_view bytes);
  void finish(std::int32_t stream, const Headers& trailers);
  void reset(std::int32_t stream, Http2Code code);
  // Tells the peer that no stream after the last one seen is taken.
  void goaway(Http2Code code);

  bool feed(std::string_view bytes);
  // The next bytes to send, valid until the next call of anything; empty when there are none now.
  [[nodiscard]] std::string_view pull();
  // Nothing is left to say or to hear: after GOAWAY and the end of the last stream, or after a fault.
  [[nodiscard]] bool over() const;
  [[nodiscard]] const std::string& fault() const noexcept;

  struct State;

 private:
  std::unique_ptr<State> s_;
};

}  // namespace drift::third
