#include "provider/terraform/launch.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "plugin/output_tail.hpp"
#include "provider/hosted/masking.hpp"
#include "provider/terraform/handshake.hpp"
#include "provider/terraform/messages.hpp"
#include "third/tls.hpp"

namespace drift::terraform_internal {
namespace {

using plugin::ChildProcess;
using plugin::GrpcChannel;
using plugin::GrpcReply;

constexpr std::size_t line_bytes = std::size_t{1} << 20U;  // as of its standard error
// The process of a lost connection ends about then, and its last words are read.
constexpr std::chrono::milliseconds last_words_patience(1000);
// go-plugin writes this when the cookie is not the one of its host.
constexpr std::string_view other_plugin = "This binary is a plugin";

plugin::Endpoint endpoint(bool tcp, const std::string& address, std::chrono::milliseconds timeout) {
  plugin::Endpoint to;
  (tcp ? to.host_port : to.unix_path) = address;
  to.timeout = timeout;
  return to;
}

std::string seconds_text(std::chrono::milliseconds d) {
  const auto ms = d.count() % 1000;
  return ms == 0 ? std::to_string(d.count() / 1000) + " s" : std::to_string(d.count()) + " ms";
}

void unlink_socket(const std::string& path) {
  struct stat s {};
  if (!path.empty() && ::lstat(path.c_str(), &s) == 0 && S_ISSOCK(s.st_mode) && s.st_uid == ::geteuid()) ::unlink(path.c_str());
}

}  // namespace

// What may be shown of what the provider wrote; empty when nothing may.
std::string PluginProcess::last_words(bool at_start, const plugin::Redactor& more) const {
  if (!child_) return {};
  std::string words = child_->panic();
  const bool panicked = !words.empty();
  if (!panicked && at_start) words = child_->stderr_tail();
  if (more) words = more(words);  // before it is cut: a part of a secret is not found
  words = hosted_internal::mask_values(words, shown_.secrets);
  if (shown_.redact) words = shown_.redact(words);
  return panicked ? plugin::short_output(words, {}) : plugin::short_output({}, words);
}

// Why no line came, or why waiting for it was given up (`stop`).
Error PluginProcess::no_handshake(const OpContext& ctx, const Error* stop, const LaunchOptions& options) const {
  if (stop != nullptr) {
    if (Status s = ctx.check(); !s.ok()) return Error(s.error()).at(program_).in("while the provider was starting");
    return Error(Errc::read_timeout, "the provider did not say within " + seconds_text(options.start_timeout) + " where it listens")
        .at(program_)
        .next("see whether it is a provider, and what it does at its start (`log_level`)");
  }
  if (!child_->wait(last_words_patience))
    return Error(Errc::unknown_format, "the program closed its output without a handshake, so that it is no provider plugin")
        .at(program_)
        .next("check that the path is that of the provider's own program (terraform-provider-...)");
  if (child_->stderr_tail().find(other_plugin) != std::string::npos)
    return Error(Errc::unknown_format, "the program is a plugin, but not one of Terraform or OpenTofu")
        .at(program_)
        .next("check that the path is that of a provider (terraform-provider-...)");
  const std::string words = last_words(true);
  return Error(Errc::read_failed,
               "the provider ended at its start (" + child_->exit_status()->text() + ")" + (words.empty() ? "" : ": " + words))
      .at(program_)
      .next("run it by hand: a provider that starts says that it is a plugin; see what it misses");
}

Status PluginProcess::start(const LaunchOptions& options, const OpContext& ctx) {
  OpContext start = ctx;
  start.deadline = ctx.deadline.sooner(Deadline::after(*ctx.clock, options.start_timeout));
  const std::vector<std::string> inherited = options.inherited ? *options.inherited : host_environment();
  shown_ = {options.redact, hosted_internal::secret_forms(hosted_internal::secret_values(inherited, options.env))};
  Result<plugin::PrivateFolder> folder = plugin::PrivateFolder::make();
  if (!folder) return std::move(folder).error();
  folder_.emplace(std::move(*folder));
  Result<third::TlsIdentity> identity = options.mutual_tls ? third::make_tls_identity(ctx.clock->wall()) : third::TlsIdentity();
  if (!identity) return std::move(identity).error();
  Result<std::vector<std::string>> env =
      plugin_environment(inherited, {options.env, folder_->path(), identity->certificate_pem, options.log_level});
  if (!env) return std::move(env).error();
  plugin::ChildOptions child;
  child.program = options.program;
  child.args = options.args;
  child.env = std::move(*env);
  child.cwd = options.cwd;
  child.folder = folder_->path();
  child.on_stderr_line = options.on_log;
  Result<std::shared_ptr<ChildProcess>> spawned = ChildProcess::spawn(child, start);
  if (!spawned) return std::move(spawned).error();
  child_ = std::move(*spawned);
  pid_ = child_->pid();
  Result<std::optional<std::string>> line = child_->first_line(start);
  if (!line) return no_handshake(ctx, &line.error(), options);
  if (!*line) return no_handshake(ctx, nullptr, options);
  Result<Handshake> hello = parse_handshake(**line);
  if (!hello) return Error(std::move(hello).error()).at(program_);
  return connect(*hello, std::move(*identity), options, start);
}

Status PluginProcess::connect(const Handshake& hello, third::TlsIdentity identity, const LaunchOptions& options, const OpContext& ctx) {
  protocol_ = hello.protocol;
  if (!hello.tcp && !hello.address.starts_with(folder_->path() + "/")) socket_ = hello.address;
  plugin::Endpoint to = endpoint(hello.tcp, hello.address, options.start_timeout);
  if (options.mutual_tls && hello.certificate_der.empty())
    return Error(Errc::unsupported_feature, "TLS was asked for, and the provider does not offer it")
        .at(program_)
        .next("use a newer version of the provider, or turn TLS off: its socket is in a private folder");
  if (!hello.certificate_der.empty()) {
    to.identity = &identity;
    to.peer_certificate_der = hello.certificate_der;
  }
  if (!options.mutual_tls && !hello.certificate_der.empty()) {  // not asked for, and still offered: then it is wanted
    Result<third::TlsIdentity> made = third::make_tls_identity(ctx.clock->wall());
    if (!made) return std::move(made).error();
    identity = std::move(*made);
  }
  auto channel = GrpcChannel::connect(to, ctx, options.grpc);
  if (!channel) {
    const std::string words = child_->wait(std::chrono::milliseconds(100)) ? last_words(true) : "";
    Error error = std::move(channel).error();
    if (!words.empty()) error.add_context("the provider ended: " + words);
    return std::move(error).in("while starting the provider " + program_);
  }
  channel_ = std::move(*channel);
  return {};
}

Result<std::shared_ptr<PluginProcess>> PluginProcess::launch(const LaunchOptions& options, const OpContext& ctx) {
  DRIFT_TRY(ctx.check());
  std::shared_ptr<PluginProcess> p(new PluginProcess);
  p->program_ = options.program;
  p->host_ = ::getpid();
  p->stop_timeout_ = options.stop_timeout;
  if (Status s = p->start(options, ctx); !s.ok()) {
    p->kill();
    return std::move(s).error();
  }
  p->open_stdio(options.on_log);
  return p;
}

Result<std::shared_ptr<PluginProcess>> PluginProcess::attach(const AttachOptions& options, const OpContext& ctx) {
  if (options.protocol != 5 && options.protocol != 6)
    return Error(Errc::unsupported_version, "the provider to attach to speaks version " + std::to_string(options.protocol) +
                                                " of the plugin protocol, and 5 and 6 are supported")
        .at("TF_REATTACH_PROVIDERS")
        .next("check ProtocolVersion, or start another version of the provider");
  std::shared_ptr<PluginProcess> p(new PluginProcess);
  p->program_ = options.address;
  p->host_ = ::getpid();
  p->protocol_ = options.protocol;
  p->pid_ = options.pid;
  p->may_ask_ = !options.test;
  p->stop_timeout_ = options.stop_timeout;
  p->shown_.redact = options.redact;
  auto channel = GrpcChannel::connect(endpoint(options.tcp, options.address, options.start_timeout), ctx, options.grpc);
  if (!channel) return std::move(channel).error().in("while attaching to a provider (TF_REATTACH_PROVIDERS)");
  p->channel_ = std::move(*channel);
  p->open_stdio();
  return p;
}

// After its handshake a provider's prints go into pipes of its own that only this call empties; without it they fill up, and the provider
// stands still. Old ones do not know the call, which is fine.
void PluginProcess::open_stdio(const std::function<void(std::string_view)>& on_log) {
  struct Lines {
    plugin::LineCutter out{line_bytes}, err{line_bytes};
  };
  const auto take = [on_log, lines = std::make_shared<Lines>()](std::string_view message) {
    if (!on_log) return;
    const Result<StdioData> data = decode_stdio(message);
    if (data) (data->channel == StdioData::Channel::err ? lines->err : lines->out).feed(data->data, on_log);
  };
  channel_->start_stream(stdio_path, {}, Deadline(), take, [](const GrpcReply&) {});
}

PluginProcess::~PluginProcess() { shutdown(); }

std::string PluginProcess::path(std::string_view method) const {
  return "/tfplugin" + std::to_string(protocol_) + ".Provider/" + std::string(method);
}

GrpcReply PluginProcess::call(std::string_view method, std::string_view request, const OpContext& ctx) {
  return channel_->call(path(method), request, ctx);
}

Error PluginProcess::error_of(const GrpcReply& reply, std::string_view method, const plugin::Redactor& more) const {
  plugin::Redactor redact;
  if (shown_.redact)
    redact = [&](std::string_view text) {
      return shown_.redact(hosted_internal::mask_values(more ? more(text) : std::string(text), shown_.secrets));
    };
  if (!reply.connection_lost || !child_ || !child_->wait(last_words_patience)) return to_error(reply, method, redact);
  const std::string words = last_words(false, more);
  const std::string status = child_->exit_status()->text();
  const std::string context = "while calling " + std::string(method);
  if (!words.empty())
    return Error(Errc::read_failed, "the provider crashed (" + status + "): " + words)
        .at(program_)
        .in(context)
        .next("report it to the provider's authors; another version of it may not crash");
  return Error(Errc::read_failed, "the provider ended amid the call (" + status + ")")
      .at(program_)
      .in(context)
      .next("try again: it is started anew. If it was killed, see whether memory ran out")
      .retryable();
}

std::optional<std::uint64_t> PluginProcess::rss_bytes() const { return pid_ > 0 ? plugin::resident_bytes(pid_) : std::nullopt; }

bool PluginProcess::alive() const { return host_ == ::getpid() && channel_->alive() && (!child_ || child_->running()); }

std::optional<plugin::ExitStatus> PluginProcess::exit_status() const { return child_ ? child_->exit_status() : std::nullopt; }

std::string PluginProcess::tail() const {
  if (!child_) return {};
  std::string panic = child_->panic();
  return panic.empty() ? child_->stderr_tail() : panic;
}

void PluginProcess::shutdown() { end(true); }
void PluginProcess::kill() { end(false); }

void PluginProcess::end(bool ask) {
  if (host_ != ::getpid()) return;
  const std::lock_guard lock(ending_);
  if (std::exchange(ended_, true)) return;
  if (ask && may_ask_ && channel_ && channel_->alive()) {
    // It ends without an answer: the connection just goes.
    OpContext ctx;
    ctx.deadline = Deadline::after(*ctx.clock, stop_timeout_);
    (void)channel_->call(shutdown_path, {}, ctx);
    if (child_) child_->wait(std::chrono::duration_cast<std::chrono::milliseconds>(ctx.deadline.left(*ctx.clock)));
  }
  if (child_) child_->kill();
  if (channel_) channel_->close();
  unlink_socket(socket_);
  if (folder_) folder_->remove();
}

}  // namespace drift::terraform_internal
