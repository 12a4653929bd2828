// The inside of a GrpcChannel: one socket, one HTTP/2 session, one thread that serves both.
//
// Other threads leave orders (begin a call, cancel it, close) in a box and ring; everything else belongs to the connection's own thread.
// Thread rule: order(), lost_why(), wait_ready() and counters from any thread; run() is the thread's work.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "drift/base/cancel.hpp"
#include "plugin/connect.hpp"
#include "plugin/grpc_call.hpp"
#include "third/http2.hpp"
#include "third/tls.hpp"

namespace drift::plugin {

struct CallOrder {
  std::unique_ptr<GrpcCall> call{};
  std::string path{};
  std::string body{};     // framed
  std::string timeout{};  // of grpc-timeout; empty: none
};

class GrpcConnection final : private third::Http2Events {
 public:
  GrpcConnection(Fd socket, Wake wake, std::unique_ptr<third::TlsSession> tls);

  // Begins a call; when the connection is lost already, finishes it in the calling thread.
  void begin(CallOrder order);
  void cancel(CallId id);
  void close();  // tells the thread to end; open calls are finished by it
  // Waits until the peer has shown that it speaks HTTP/2.
  Status wait_ready(const Endpoint& to, const OpContext& ctx);
  [[nodiscard]] bool lost() const { return lost_.load(std::memory_order_acquire); }

  void run() noexcept;  // the work of the connection's thread
  [[nodiscard]] bool in_own_thread() const { return own_thread_.load() == std::this_thread::get_id(); }

 private:
  using Time = std::chrono::steady_clock::time_point;
  using Calls = std::unordered_map<std::int32_t, std::unique_ptr<GrpcCall>>;

  void on_settings() override;
  void on_header(std::int32_t stream, std::string_view name, std::string_view value) override;
  void on_data(std::int32_t stream, std::string_view bytes) override;
  void on_end(std::int32_t stream) override;
  void on_close(std::int32_t stream, third::Http2Code code) override;
  void on_goaway(std::int32_t last_stream, third::Http2Code code) override;

  void serve();
  void take_orders();
  void open_stream(CallOrder order);
  void abandon(CallId id, GrpcReply reply);
  void expire();
  [[nodiscard]] int poll_timeout() const;
  bool write();  // false: the connection is lost
  bool read();
  bool take(std::string_view bytes);
  void finish(Calls::iterator at, GrpcReply reply);
  void lose(std::string why);
  void end_all();
  [[nodiscard]] GrpcReply lost_reply() const;

  // Of the thread.
  Fd socket_;
  std::unique_ptr<third::TlsSession> tls_;
  third::Http2Session http_;
  Calls calls_{};
  std::unordered_map<CallId, std::int32_t> streams_{};
  std::set<std::pair<Time, CallId>> deadlines_{};
  std::string out_{};
  std::size_t out_at_ = 0;
  std::string plain_{};
  std::vector<char> buffer_;
  std::string goaway_{};

  // Shared.
  Wake wake_;
  std::atomic<bool> asleep_{false};  // the thread is in poll(), or about to be: a ring is needed
  std::atomic<bool> lost_{false};
  std::atomic<std::thread::id> own_thread_{};
  mutable std::mutex mutex_;
  std::condition_variable news_;
  std::vector<CallOrder> begun_{};
  std::vector<CallId> cancelled_{};
  std::string why_lost_{};
  bool closing_ = false;
  bool ready_ = false;
};

}  // namespace drift::plugin
