// A Pulumi resource plugin's process and the connection to it: launched as the engine does, or attached to.
//
// Example:
//   auto p = PluginProcess::launch({.program = path, .engine_address = server.address(), .env = env}, ctx);
//   GrpcReply reply = (*p)->call("Read", request, ctx);
//   if (!reply.ok()) return (*p)->error_of(reply, "Read");
//
// The plugin gets the engine's address as its argument, writes the port it listens at as its first line, and is shaken hands with; one
// that does not know Handshake says at Configure what it understands. It listens at 127.0.0.1 without any authentication: every user of
// this machine can talk to it while it runs (that is Pulumi's protocol).
// Its end: Cancel, then SIGINT to its process group, and SIGKILL after stop_timeout; the group of its own, and the host's death, leave no
// orphans (plugin::ChildProcess).
//
// Text of a provider may hold secrets: it is part of an error after `redact` only.
// Errors of launch(): those of ChildProcess::spawn(), E_UNKNOWN_FORMAT (no plugin), E_READ_FAILED (ended at its start, refused the
// handshake), E_READ_TIMEOUT, E_IO, E_CANCELLED, E_DEADLINE, each with the next step.
// Thread rule: any. Ownership: the last owner ends the plugin; one that was attached to is left running. In a child of fork() it is left
// alone, and calls end with code 14.
// Source: pulumi sdk/go/common/resource/plugin/{plugin,provider_plugin}.go (v3.258.0).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drift/base/cancel.hpp"
#include "plugin/child_process.hpp"
#include "plugin/grpc_channel.hpp"
#include "provider/hosted/hosted_process.hpp"
#include "provider/pulumi/messages.hpp"

namespace drift::pulumi_internal {

struct LaunchOptions {
  std::string program{};
  std::string engine_address{};
  std::vector<std::string> env{};  // "NAME=value": all of it
  std::string cwd{};
  std::function<void(std::string_view)> on_log{};  // each line of its standard error, raw; on a thread of the library
  std::chrono::milliseconds start_timeout{60000};
  std::chrono::milliseconds stop_timeout{5000};
  plugin::Redactor redact{};  // none: no text of the plugin's is shown
};

struct AttachOptions {
  int port = 0;
  std::string engine_address{};
  std::chrono::milliseconds start_timeout{10000};
  plugin::Redactor redact{};
};

// The port in a plugin's first line, which some runtimes begin with escape sequences for a terminal. None: it is no port.
[[nodiscard]] std::optional<int> port_of_line(std::string_view line);

class PluginProcess : public hosted_internal::HostedProcess {
 public:
  [[nodiscard]] static Result<std::shared_ptr<PluginProcess>> launch(const LaunchOptions& options, const OpContext& ctx);
  [[nodiscard]] static Result<std::shared_ptr<PluginProcess>> attach(const AttachOptions& options, const OpContext& ctx);
  PluginProcess(const PluginProcess&) = delete;
  PluginProcess& operator=(const PluginProcess&) = delete;
  ~PluginProcess();

  // What it answered to Handshake; none: an old one.
  [[nodiscard]] const std::optional<HandshakeReply>& handshake() const noexcept { return handshake_; }
  // A unary call of the provider's service.
  [[nodiscard]] plugin::GrpcReply call(std::string_view method, std::string_view request, const OpContext& ctx);
  [[nodiscard]] plugin::GrpcChannel& channel() noexcept { return *channel_; }
  // The error of a call that did not go well. When the connection was lost, waits shortly for the plugin's last words.
  [[nodiscard]] Error error_of(const plugin::GrpcReply& reply, std::string_view method) const;

  [[nodiscard]] pid_t pid() const noexcept { return child_ ? child_->pid() : 0; }
  [[nodiscard]] std::optional<std::uint64_t> rss_bytes() const;
  [[nodiscard]] std::uint64_t calls() const noexcept { return channel_->calls(); }
  [[nodiscard]] bool alive() const;

  void shutdown();  // twice does nothing; not from a callback of the channel
  void kill();      // without asking

 private:
  PluginProcess() = default;
  [[nodiscard]] Status start(const LaunchOptions& options, const OpContext& ctx);
  [[nodiscard]] Status connect(int port, std::chrono::milliseconds timeout, const OpContext& ctx);
  [[nodiscard]] Status shake_hands(const HandshakeRequest& request, const OpContext& ctx);
  [[nodiscard]] Error no_port(const OpContext& ctx, const Error* stop, const LaunchOptions& options) const;
  [[nodiscard]] std::string last_words(bool whole_tail) const;
  void end(bool ask);

  std::string program_{};
  plugin::Redactor redact_{};
  std::chrono::milliseconds stop_timeout_{5000};
  pid_t host_ = 0;
  std::optional<HandshakeReply> handshake_{};
  std::shared_ptr<plugin::ChildProcess> child_{};  // none: attached to
  std::shared_ptr<plugin::GrpcChannel> channel_{};
  std::mutex ending_{};
  bool ended_ = false;
};

}  // namespace drift::pulumi_internal
