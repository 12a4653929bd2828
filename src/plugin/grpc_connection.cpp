#include "plugin/grpc_connection.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <exception>

namespace drift::plugin {
namespace {

constexpr std::chrono::milliseconds slice(20);
constexpr std::size_t buffer_size = std::size_t{128} << 10;
constexpr std::size_t enough_to_send = std::size_t{256} << 10;
constexpr int reads_in_a_row = 16;  // then orders and deadlines have their turn

}  // namespace

GrpcConnection::GrpcConnection(Fd socket, Wake wake, std::unique_ptr<third::TlsSession> tls)
    : socket_(std::move(socket)), tls_(std::move(tls)), http_({}, *this), buffer_(buffer_size), wake_(std::move(wake)) {}

// ---- From any thread.

void GrpcConnection::begin(CallOrder order) {
  std::unique_lock lock(mutex_);
  if (lost()) {
    lock.unlock();
    return order.call->finish(lost_reply());
  }
  begun_.push_back(std::move(order));
  lock.unlock();
  if (asleep_.exchange(false)) wake_.ring();
}

void GrpcConnection::cancel(CallId id) {
  {
    const std::lock_guard lock(mutex_);
    cancelled_.push_back(id);
  }
  if (asleep_.exchange(false)) wake_.ring();
}

void GrpcConnection::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.ring();
}

Status GrpcConnection::wait_ready(const Endpoint& to, const OpContext& ctx) {
  const auto until = std::chrono::steady_clock::now() + to.timeout;
  std::unique_lock lock(mutex_);
  while (!ready_ && !lost()) {
    if (Status s = ctx.check(); !s.ok()) return Error(s.error()).in("while connecting to the plugin at " + to.name());
    if (std::chrono::steady_clock::now() >= until)
      return Error(Errc::read_timeout, "the plugin took the connection, and did not answer in time")
          .at(to.name())
          .next("see whether it is a plugin, and what it waits for");
    news_.wait_for(lock, slice);
  }
  if (ready_) return {};
  return Error(Errc::io, "there was no connection to the plugin: " + why_lost_)
      .at(to.name())
      .next("see whether a plugin of this kind listens there");
}

GrpcReply GrpcConnection::lost_reply() const {
  const std::lock_guard lock(mutex_);
  GrpcReply reply = own_reply(GrpcCode::unavailable, why_lost_.empty() ? "the connection was closed" : why_lost_);
  reply.connection_lost = true;
  return reply;
}

// ---- The thread.

void GrpcConnection::run() noexcept {
  own_thread_.store(std::this_thread::get_id());
  try {
    serve();
  } catch (const std::exception& e) {
    lose(std::string("an internal error: ") + e.what());
  }
  end_all();
  // Another process may hold a copy of the socket (a fork of the host): the peer learns of the end all the same.
  ::shutdown(socket_.get(), SHUT_RDWR);
  socket_.reset();
}

void GrpcConnection::serve() {
  for (;;) {
    take_orders();
    expire();
    if (!write()) return;
    if (http_.over()) {
      const std::string& fault = http_.fault();
      return lose(!goaway_.empty() ? goaway_ : fault.empty() ? "the plugin broke the rules of HTTP/2" : fault);
    }
    {
      const std::lock_guard lock(mutex_);
      if (closing_) break;
      if (begun_.empty() && cancelled_.empty()) asleep_.store(true);
    }
    pollfd p[2] = {{socket_.get(), POLLIN, 0}, {wake_.fd(), POLLIN, 0}};
    if (out_at_ < out_.size()) p[0].events |= POLLOUT;
    const int n = ::poll(p, 2, asleep_.load() ? poll_timeout() : 0);
    asleep_.store(false);
    if (n < 0 && errno != EINTR) return lose(errno_text(errno));
    if (n > 0 && p[1].revents != 0) wake_.hear();
    if (n > 0 && (p[0].revents & ~POLLOUT) != 0 && !read()) return;
  }
  http_.goaway(third::Http2Code::no_error);
  (void)write();
  lose("the connection was closed");
}

void GrpcConnection::take_orders() {
  std::vector<CallOrder> begun;
  std::vector<CallId> cancelled;
  {
    const std::lock_guard lock(mutex_);
    begun.swap(begun_);
    cancelled.swap(cancelled_);
  }
  for (CallOrder& order : begun) open_stream(std::move(order));
  for (const CallId id : cancelled) abandon(id, own_reply(GrpcCode::cancelled, "the call was cancelled"));
}

void GrpcConnection::open_stream(CallOrder order) {
  const auto refuse = [&](std::string why) {
    GrpcReply reply = own_reply(GrpcCode::unavailable, std::move(why));
    reply.connection_lost = true;
    order.call->finish(std::move(reply));
  };
  if (!goaway_.empty()) return refuse(goaway_);
  const CallId id = order.call->id;
  third::Http2Session::Headers headers = {
      {":method", "POST"}, {":scheme", tls_ ? "https" : "http"}, {":path", order.path},      {":authority", "localhost"},
      {"te", "trailers"},  {"content-type", "application/grpc"}, {"user-agent", "libdrift"}, {"grpc-accept-encoding", "identity"}};
  if (!order.timeout.empty()) headers.push_back({"grpc-timeout", order.timeout});
  const std::optional<std::int32_t> stream = http_.request(headers, std::move(order.body));
  if (!stream) return refuse("the connection can open no more streams");
  if (order.call->deadline) deadlines_.emplace(*order.call->deadline, id);
  streams_.emplace(id, *stream);
  calls_.emplace(*stream, std::move(order.call));
}

// Ends a call from this side.
void GrpcConnection::abandon(CallId id, GrpcReply reply) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  const std::int32_t stream = found->second;
  http_.reset(stream, third::Http2Code::cancel);
  if (const auto at = calls_.find(stream); at != calls_.end()) finish(at, std::move(reply));
}

void GrpcConnection::expire() {
  if (deadlines_.empty()) return;
  const Time now = std::chrono::steady_clock::now();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now)
    abandon(deadlines_.begin()->second, own_reply(GrpcCode::deadline_exceeded, "the plugin did not answer before the deadline"));
}

int GrpcConnection::poll_timeout() const {
  if (deadlines_.empty()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadlines_.begin()->first - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, INT_MAX));
}

bool GrpcConnection::write() {
  for (;;) {
    while (out_.size() - out_at_ < enough_to_send && (!tls_ || tls_->ready())) {
      const std::string_view bytes = http_.pull();
      if (bytes.empty()) break;
      if (!tls_) {
        out_.append(bytes);
        continue;
      }
      if (!tls_->write(bytes)) return lose(tls_->fault()), false;
      tls_->pull(out_);
    }
    if (tls_) tls_->pull(out_);  // of the handshake
    if (out_at_ == out_.size()) return true;
    const ssize_t n = ::send(socket_.get(), out_.data() + out_at_, out_.size() - out_at_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return true;
    // The peer may have said why before it went: that is still there to be read.
    if (n < 0) {
      const std::string why = errno_text(errno);
      if (read()) lose(why);
      return false;
    }
    out_at_ += static_cast<std::size_t>(n);
    if (out_at_ < out_.size() && out_at_ < enough_to_send) continue;
    out_.erase(0, out_at_);
    out_at_ = 0;
  }
}

bool GrpcConnection::read() {
  for (int i = 0; i < reads_in_a_row; ++i) {
    const ssize_t n = ::recv(socket_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return true;
    if (n < 0) return lose(errno_text(errno)), false;
    if (n == 0) return lose(!goaway_.empty() ? goaway_ : "the plugin closed the connection"), false;
    if (!take({buffer_.data(), static_cast<std::size_t>(n)})) return false;
    if (static_cast<std::size_t>(n) < buffer_.size()) return true;
  }
  return true;
}

bool GrpcConnection::take(std::string_view bytes) {
  if (tls_) {
    plain_.clear();
    const bool good = tls_->feed(bytes, plain_);
    if (!plain_.empty() && !http_.feed(plain_)) return lose(http_.fault()), false;
    if (!good) return lose("TLS: " + tls_->fault()), false;
    return true;
  }
  if (!http_.feed(bytes)) return lose(http_.fault()), false;
  return true;
}

void GrpcConnection::finish(Calls::iterator at, GrpcReply reply) {
  const std::unique_ptr<GrpcCall> call = std::move(at->second);
  calls_.erase(at);
  streams_.erase(call->id);
  if (call->deadline) deadlines_.erase({*call->deadline, call->id});
  call->finish(std::move(reply));
}

void GrpcConnection::lose(std::string why) {
  const std::lock_guard lock(mutex_);
  if (why_lost_.empty()) why_lost_ = std::move(why);
  lost_.store(true, std::memory_order_release);
  news_.notify_all();
}

void GrpcConnection::end_all() {
  lose("the connection was closed");
  std::vector<CallOrder> begun;
  {
    const std::lock_guard lock(mutex_);
    begun.swap(begun_);
  }
  while (!calls_.empty()) finish(calls_.begin(), lost_reply());
  for (CallOrder& order : begun) order.call->finish(lost_reply());
}

// ---- What the peer says.

void GrpcConnection::on_settings() {
  const std::lock_guard lock(mutex_);
  ready_ = true;
  news_.notify_all();
}

void GrpcConnection::on_header(std::int32_t stream, std::string_view name, std::string_view value) {
  if (const auto at = calls_.find(stream); at != calls_.end()) at->second->on_header(name, value);
}

void GrpcConnection::on_data(std::int32_t stream, std::string_view bytes) {
  const auto at = calls_.find(stream);
  if (at != calls_.end() && !at->second->on_data(bytes)) abandon(at->second->id, at->second->fault());
}

void GrpcConnection::on_end(std::int32_t stream) {
  if (const auto at = calls_.find(stream); at != calls_.end()) finish(at, at->second->ended());
}

void GrpcConnection::on_close(std::int32_t stream, third::Http2Code code) {
  const auto at = calls_.find(stream);
  if (at == calls_.end()) return;
  if (at->second->has_status()) return finish(at, at->second->ended());
  GrpcReply reply;
  reply.status.code = grpc_code_of_reset(code);
  reply.status.message = "the plugin reset the call (" + std::string(third::http2_code_name(code)) + ")";
  reply.own_words = true;
  if (!goaway_.empty()) {
    reply.status = {GrpcCode::unavailable, goaway_, {}};
    reply.connection_lost = true;
  }
  finish(at, std::move(reply));
}

void GrpcConnection::on_goaway(std::int32_t /*last_stream*/, third::Http2Code code) {
  goaway_ = "the plugin takes no more calls (GOAWAY " + std::string(third::http2_code_name(code)) + ")";
}

}  // namespace drift::plugin
