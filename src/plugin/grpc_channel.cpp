#include "plugin/grpc_channel.hpp"

#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "plugin/grpc_connection.hpp"
#include "plugin/quiet_thread.hpp"

namespace drift::plugin {
namespace {

// A token of cancellation cannot wake anybody, so that it is looked at this often.
constexpr std::chrono::milliseconds slice(20);
// Beyond this no deadline is worth a timer, and sums of times stay in range.
constexpr std::chrono::hours far(24 * 365);

// A call that somebody waits for.
struct Waiter {
  std::mutex mutex;
  std::condition_variable came;
  std::optional<GrpcReply> reply;
  bool left = false;  // nobody waits any more
  GrpcChannel::OnMessage on_message;

  void put(GrpcReply r) {
    const std::lock_guard lock(mutex);
    reply = std::move(r);
    came.notify_all();
  }
  // Messages come to the caller's function only while the caller is there.
  void pass(std::string_view message) {
    const std::lock_guard lock(mutex);
    if (!left) on_message(message);
  }
};

GrpcReply reply_of(const Error& stop) {
  if (stop.code() == Errc::cancelled) return own_reply(GrpcCode::cancelled, "the call was cancelled");
  return own_reply(GrpcCode::deadline_exceeded, "the plugin did not answer before the deadline");
}

}  // namespace

struct GrpcChannel::Body {
  std::shared_ptr<GrpcConnection> connection;
  QuietThread thread;
  std::size_t max_message;
  std::mutex closing;
  pid_t pid = ::getpid();

  Body(std::shared_ptr<GrpcConnection> c, QuietThread t, std::size_t most)
      : connection(std::move(c)), thread(std::move(t)), max_message(most) {}
};

GrpcChannel::GrpcChannel(std::unique_ptr<Body> body) : b_(std::move(body)) {}

Result<std::shared_ptr<GrpcChannel>> GrpcChannel::connect(const Endpoint& to, const OpContext& ctx, GrpcOptions options) {
  Result<Fd> socket = open_socket(to, ctx);
  if (!socket) return std::move(socket).error();
  Result<Wake> wake = Wake::make();
  if (!wake) return std::move(wake).error();
  std::unique_ptr<third::TlsSession> tls;
  if (to.identity != nullptr) {
    auto made = third::TlsSession::client(*to.identity, to.peer_certificate_der);
    if (!made) return std::move(made).error();
    tls = std::move(*made);
  }
  auto connection = std::make_shared<GrpcConnection>(std::move(*socket), std::move(*wake), std::move(tls));
  Result<QuietThread> thread = QuietThread::start("drift-grpc", [connection] { connection->run(); });
  if (!thread) return std::move(thread).error();
  std::shared_ptr<GrpcChannel> channel(new GrpcChannel(std::make_unique<Body>(connection, std::move(*thread), options.max_message)));
  DRIFT_TRY(connection->wait_ready(to, ctx));
  return channel;
}

GrpcChannel::~GrpcChannel() {
  if (forked()) {
    (void)b_.release();  // locks may be held for ever by threads that are not here
    return;
  }
  close();
}

bool GrpcChannel::forked() const { return b_->pid != ::getpid(); }

bool GrpcChannel::alive() const { return !forked() && !b_->connection->lost(); }

void GrpcChannel::close() {
  if (forked()) return;
  b_->connection->close();
  if (b_->connection->in_own_thread()) return;  // it ends once it is out of the callback; another thread may be waiting for that
  const std::lock_guard lock(b_->closing);
  b_->thread.join();
}

CallId GrpcChannel::begin(std::string_view path, std::string_view request, Clock::Duration left, Done done, OnMessage on_message) {
  const CallId id = next_id_.fetch_add(1, std::memory_order_relaxed);
  CallOrder order;
  order.call = std::make_unique<GrpcCall>(id, std::move(done), std::move(on_message), b_->max_message);
  if (forked()) {
    GrpcReply reply = own_reply(GrpcCode::unavailable, "the connection was made before fork(), and is the other process's");
    reply.connection_lost = true;
    order.call->finish(std::move(reply));
    return id;
  }
  if (request.size() > UINT32_MAX) {
    order.call->finish(own_reply(GrpcCode::resource_exhausted, "the request had more than 4 GiB"));
    return id;
  }
  if (left < far) {
    order.call->deadline = std::chrono::steady_clock::now() + left;
    order.timeout = grpc_timeout(left);
  }
  order.path = path;
  order.body = frame_message(request);
  // The callback may be the channel's last owner, and be done before this thread has rung.
  const std::shared_ptr<GrpcConnection> connection = b_->connection;
  connection->begin(std::move(order));
  return id;
}

CallId GrpcChannel::start(std::string_view path, std::string_view request, Deadline deadline, Done done, const Clock& clock) {
  return begin(path, request, deadline.left(clock), std::move(done), nullptr);
}

CallId GrpcChannel::start_stream(std::string_view path, std::string_view request, Deadline deadline, OnMessage on_message, Done done,
                                 const Clock& clock) {
  return begin(path, request, deadline.left(clock), std::move(done), std::move(on_message));
}

void GrpcChannel::cancel(CallId id) {
  if (!forked()) b_->connection->cancel(id);
}

GrpcReply GrpcChannel::wait(std::string_view path, std::string_view request, OnMessage on_message, const OpContext& ctx) {
  if (Status s = ctx.check(); !s.ok()) return reply_of(s.error());
  const auto waiter = std::make_shared<Waiter>();
  waiter->on_message = std::move(on_message);
  OnMessage pass;
  if (waiter->on_message) pass = [waiter](std::string_view message) { waiter->pass(message); };
  const CallId id = begin(
      path, request, ctx.deadline.left(*ctx.clock), [waiter](GrpcReply reply) { waiter->put(std::move(reply)); }, std::move(pass));
  std::unique_lock lock(waiter->mutex);
  while (!waiter->reply) {
    if (Status s = ctx.check(); !s.ok()) {
      waiter->left = true;
      lock.unlock();
      cancel(id);
      return reply_of(s.error());
    }
    waiter->came.wait_for(lock, slice);
  }
  return std::move(*waiter->reply);
}

GrpcReply GrpcChannel::call(std::string_view path, std::string_view request, const OpContext& ctx) {
  return wait(path, request, nullptr, ctx);
}

GrpcReply GrpcChannel::call_stream(std::string_view path, std::string_view request, OnMessage on_message, const OpContext& ctx) {
  return wait(path, request, std::move(on_message), ctx);
}

}  // namespace drift::plugin
