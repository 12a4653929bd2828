// A provider's process and the connection to it: launched as Terraform and OpenTofu do (go-plugin), or attached to.
//
// Example:
//   Result<std::shared_ptr<PluginProcess>> p = PluginProcess::launch({.program = path, .env = {{"KUBECONFIG", file}}}, ctx);
//   GrpcReply reply = (*p)->call("ReadResource", request, ctx);
//   if (!reply.ok()) return (*p)->error_of(reply, "ReadResource");
//
// The environment is the host's without what a parent Terraform left in it, plus `env` (launch_env.hpp). Everything the provider writes is
// drained from the start: standard output, standard error, and what go-plugin redirects (StreamStdio).
// Text of a provider may hold secrets. It is part of an error only when the provider crashed, or ended before it was ready; then after
// `redact`, without the values of `env`, and cut to the lines that matter.
//
// Errors of launch(), each with the next step: E_NOT_FOUND, E_PERMISSION, E_UNSUPPORTED_FEATURE (another processor, net/rpc, no TLS),
// E_UNKNOWN_FORMAT (no plugin), E_UNSUPPORTED_VERSION (protocol 4), E_READ_FAILED (crashed at its start), E_READ_TIMEOUT, E_IO,
// E_CANCELLED, E_DEADLINE.
// Thread rule: any. Ownership: the last owner shuts the provider down. In a child of fork() it is left alone, and calls end with code 14.
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
#include "plugin/private_folder.hpp"
#include "provider/hosted/hosted_process.hpp"
#include "provider/terraform/launch_env.hpp"

namespace drift::third {
struct TlsIdentity;
}

namespace drift::terraform_internal {

struct Handshake;

struct LaunchOptions {
  std::string program{};  // a path
  std::vector<std::string> args{};
  hosted_internal::EnvAdditions env{};
  std::optional<std::vector<std::string>> inherited{};  // "NAME=value"; none: the host's environment as it is now
  std::string cwd{};
  std::string log_level{};                         // "trace", "debug", ...: the provider logs; empty: it does not, and is faster
  std::function<void(std::string_view)> on_log{};  // each line that it writes, raw: it may hold secrets; on threads of the library
  bool mutual_tls = false;                         // AutoMTLS: needed only where others can reach the socket
  std::chrono::milliseconds start_timeout{60000};
  std::chrono::milliseconds stop_timeout{2000};
  plugin::Redactor redact{};
  plugin::GrpcOptions grpc{};
};

// An entry of TF_REATTACH_PROVIDERS: a provider that somebody else runs, without TLS.
struct AttachOptions {
  int protocol = 5;
  bool tcp = false;
  std::string address{};
  pid_t pid = 0;      // for showing; it is never sent a signal
  bool test = false;  // it is not to be shut down
  std::chrono::milliseconds start_timeout{60000};
  std::chrono::milliseconds stop_timeout{2000};
  plugin::Redactor redact{};
  plugin::GrpcOptions grpc{};
};

class PluginProcess : public hosted_internal::HostedProcess {
 public:
  [[nodiscard]] static Result<std::shared_ptr<PluginProcess>> launch(const LaunchOptions& options, const OpContext& ctx);
  [[nodiscard]] static Result<std::shared_ptr<PluginProcess>> attach(const AttachOptions& options, const OpContext& ctx);
  PluginProcess(const PluginProcess&) = delete;
  PluginProcess& operator=(const PluginProcess&) = delete;
  ~PluginProcess();

  [[nodiscard]] plugin::GrpcChannel& channel() noexcept { return *channel_; }
  [[nodiscard]] int protocol() const noexcept { return protocol_; }  // 5 or 6
  // "/tfplugin6.Provider/ReadResource"
  [[nodiscard]] std::string path(std::string_view method) const;
  // A unary call of the provider's service.
  [[nodiscard]] plugin::GrpcReply call(std::string_view method, std::string_view request, const OpContext& ctx);
  // The error of a call that did not go well. When the connection was lost, waits shortly for the provider's last words: a panic is told.
  // `more` masks what is secret in this call.
  [[nodiscard]] Error error_of(const plugin::GrpcReply& reply, std::string_view method, const plugin::Redactor& more = {}) const;

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  [[nodiscard]] std::optional<std::uint64_t> rss_bytes() const;
  [[nodiscard]] std::uint64_t calls() const noexcept { return channel_->calls(); }
  [[nodiscard]] bool alive() const;
  // How it ended; none: it runs, or it was attached to.
  [[nodiscard]] std::optional<plugin::ExitStatus> exit_status() const;
  // What it wrote last to standard error, or its panic: raw, it may hold secrets.
  [[nodiscard]] std::string tail() const;

  // Asks it to end (GRPCController/Shutdown), kills it when it has not after stop_timeout, and removes its folder. Twice does nothing.
  // Not from a callback of the channel.
  void shutdown();
  // The same without asking, for a provider that hangs.
  void kill();

 private:
  struct Shown {
    plugin::Redactor redact{};
    std::vector<std::string> secrets{};
  };
  PluginProcess() = default;
  [[nodiscard]] std::string last_words(bool at_start, const plugin::Redactor& more = {}) const;
  [[nodiscard]] Status start(const LaunchOptions& options, const OpContext& ctx);
  [[nodiscard]] Status connect(const Handshake& hello, third::TlsIdentity identity, const LaunchOptions& options, const OpContext& ctx);
  [[nodiscard]] Error no_handshake(const OpContext& ctx, const Error* stop, const LaunchOptions& options) const;
  void open_stdio(const std::function<void(std::string_view)>& on_log = {});
  void end(bool ask);

  int protocol_ = 0;
  pid_t pid_ = 0;
  pid_t host_ = 0;
  bool may_ask_ = true;
  std::chrono::milliseconds stop_timeout_{2000};
  Shown shown_{};
  std::string program_{};
  std::string socket_{};  // outside of the folder, when the plugin chose so
  std::optional<plugin::PrivateFolder> folder_{};
  std::shared_ptr<plugin::ChildProcess> child_{};  // none: attached to
  std::shared_ptr<plugin::GrpcChannel> channel_{};
  std::mutex ending_{};
  bool ended_ = false;
};

}  // namespace drift::terraform_internal
