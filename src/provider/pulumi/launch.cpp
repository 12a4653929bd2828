#include "provider/pulumi/launch.hpp"

#include <unistd.h>

#include <charconv>
#include <csignal>
#include <filesystem>
#include <utility>

#include "plugin/output_tail.hpp"

namespace drift::pulumi_internal {
namespace {

using plugin::ChildProcess;
using plugin::GrpcChannel;
using plugin::GrpcCode;
using plugin::GrpcReply;

constexpr std::chrono::milliseconds last_words_patience(1000);
constexpr std::chrono::milliseconds cancel_patience(2000);
constexpr std::size_t most_message = std::size_t{400} << 20;  // as the engine

std::string seconds_text(std::chrono::milliseconds d) {
  return d.count() % 1000 == 0 ? std::to_string(d.count() / 1000) + " s" : std::to_string(d.count()) + " ms";
}

}  // namespace

std::optional<int> port_of_line(std::string_view line) {
  std::string text;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line.substr(i, 2) == "\x1b]") {  // an operating system command, up to ST or BEL
      const std::size_t st = line.find("\x1b\\", i + 2), bel = line.find('\a', i + 2);
      if (st == std::string_view::npos && bel == std::string_view::npos) return std::nullopt;
      i = st < bel ? st + 1 : bel;
      continue;
    }
    text += line[i];
  }
  const std::size_t from = text.find_first_not_of(" \t\r\n"), to = text.find_last_not_of(" \t\r\n");
  if (from == std::string::npos) return std::nullopt;
  int port = 0;
  const char* end = text.data() + to + 1;
  const auto [stop, fault] = std::from_chars(text.data() + from, end, port);
  if (fault != std::errc() || stop != end || port < 1 || port > 65535) return std::nullopt;
  return port;
}

std::string PluginProcess::last_words(bool whole_tail) const {
  if (!child_ || !redact_) return {};
  std::string words = child_->panic();
  const bool panicked = !words.empty();
  if (!panicked && whole_tail) words = child_->stderr_tail();
  words = redact_(words);
  return panicked ? plugin::short_output(words, {}) : plugin::short_output({}, words);
}

// Why no line came, or why waiting for it was given up (`stop`).
Error PluginProcess::no_port(const OpContext& ctx, const Error* stop, const LaunchOptions& options) const {
  if (stop != nullptr) {
    if (Status s = ctx.check(); !s.ok()) return Error(s.error()).at(program_).in("while the plugin was starting");
    return Error(Errc::read_timeout, "the plugin did not say within " + seconds_text(options.start_timeout) + " where it listens")
        .at(program_)
        .next("see whether it is a resource plugin, and what it does at its start (`logs`)");
  }
  if (!child_->wait(last_words_patience))
    return Error(Errc::unknown_format, "the program closed its output without a port, so that it is no resource plugin")
        .at(program_)
        .next("check that the path is that of the plugin's own program (pulumi-resource-...)");
  const std::string words = last_words(true);
  return Error(Errc::read_failed,
               "the plugin ended at its start (" + child_->exit_status()->text() + ")" + (words.empty() ? "" : ": " + words))
      .at(program_)
      .next("run it by hand with an address as its argument: it writes a port; see what it misses");
}

Status PluginProcess::start(const LaunchOptions& options, const OpContext& ctx) {
  OpContext within = ctx;
  within.deadline = ctx.deadline.sooner(Deadline::after(*ctx.clock, options.start_timeout));
  plugin::ChildOptions child;
  child.program = options.program;
  child.args = {options.engine_address};
  child.env = options.env;
  child.cwd = options.cwd;
  child.on_stderr_line = options.on_log;
  Result<std::shared_ptr<ChildProcess>> spawned = ChildProcess::spawn(child, within);
  if (!spawned) return std::move(spawned).error();
  child_ = *std::move(spawned);
  Result<std::optional<std::string>> line = child_->first_line(within);
  if (!line) return no_port(ctx, &line.error(), options);
  if (!*line) return no_port(ctx, nullptr, options);
  const std::optional<int> port = port_of_line(**line);
  if (!port)
    return Error(Errc::unknown_format, "the program's first line was no port, so that it is no resource plugin")
        .at(program_)
        .next("check that the path is that of the plugin's own program (pulumi-resource-...)");
  DRIFT_TRY(connect(*port, options.start_timeout, within));
  const std::string folder = std::filesystem::path(options.program).parent_path().string();
  return shake_hands({.engine_address = options.engine_address, .program_directory = folder}, within);
}

Status PluginProcess::connect(int port, std::chrono::milliseconds timeout, const OpContext& ctx) {
  plugin::Endpoint to;
  to.host_port = "127.0.0.1:" + std::to_string(port);
  to.timeout = timeout;
  auto channel = GrpcChannel::connect(to, ctx, {.max_message = most_message});
  if (channel) {
    channel_ = *std::move(channel);
    return {};
  }
  const std::string words = child_ && child_->wait(std::chrono::milliseconds(100)) ? last_words(true) : "";
  Error error = std::move(channel).error();
  if (!words.empty()) error.add_context("the plugin ended: " + words);
  return std::move(error).in("while starting the plugin " + program_);
}

Status PluginProcess::shake_hands(const HandshakeRequest& request, const OpContext& ctx) {
  std::string bytes;
  encode(request, bytes);
  const GrpcReply reply = call("Handshake", bytes, ctx);
  if (reply.status.code == GrpcCode::unimplemented) return {};  // an old one
  if (!reply.ok()) return error_of(reply, "Handshake");
  Result<HandshakeReply> answer = decode_handshake(reply.message);
  if (!answer) return std::move(answer).error();
  handshake_ = *answer;
  return {};
}

Result<std::shared_ptr<PluginProcess>> PluginProcess::launch(const LaunchOptions& options, const OpContext& ctx) {
  DRIFT_TRY(ctx.check());
  std::shared_ptr<PluginProcess> p(new PluginProcess);
  p->program_ = options.program;
  p->host_ = ::getpid();
  p->redact_ = options.redact;
  p->stop_timeout_ = options.stop_timeout;
  if (Status s = p->start(options, ctx); !s.ok()) {
    p->kill();
    return std::move(s).error();
  }
  return p;
}

Result<std::shared_ptr<PluginProcess>> PluginProcess::attach(const AttachOptions& options, const OpContext& ctx) {
  std::shared_ptr<PluginProcess> p(new PluginProcess);
  p->program_ = "127.0.0.1:" + std::to_string(options.port);
  p->host_ = ::getpid();
  p->redact_ = options.redact;
  OpContext within = ctx;
  within.deadline = ctx.deadline.sooner(Deadline::after(*ctx.clock, options.start_timeout));
  const auto failed = [](Error e) { return std::move(e).in("while attaching to a plugin (PULUMI_DEBUG_PROVIDERS)"); };
  if (Status s = p->connect(options.port, options.start_timeout, within); !s.ok()) return failed(std::move(s).error());
  if (Status s = p->shake_hands({.engine_address = options.engine_address, .program_directory = {}}, within); !s.ok())
    return failed(std::move(s).error());
  std::string bytes;
  encode(PluginAttach{.address = options.engine_address}, bytes);
  const GrpcReply attached = p->call("Attach", bytes, within);
  if (!attached.ok() && attached.status.code != GrpcCode::unimplemented) return failed(p->error_of(attached, "Attach"));
  return p;
}

PluginProcess::~PluginProcess() { shutdown(); }

GrpcReply PluginProcess::call(std::string_view method, std::string_view request, const OpContext& ctx) {
  return channel_->call(method_path(method), request, ctx);
}

Error PluginProcess::error_of(const GrpcReply& reply, std::string_view method) const {
  if (!reply.connection_lost || !child_ || !child_->wait(last_words_patience)) return to_error(reply, method, redact_);
  const std::string words = last_words(false);
  return Error(Errc::read_failed,
               "the plugin ended while it was asked (" + child_->exit_status()->text() + ")" + (words.empty() ? "" : ": " + words))
      .next("report it to the plugin's authors")
      .in("while calling " + std::string(method));
}

std::optional<std::uint64_t> PluginProcess::rss_bytes() const {
  if (!child_ || !child_->running()) return std::nullopt;
  return plugin::resident_bytes(child_->pid());
}

bool PluginProcess::alive() const { return channel_ && channel_->alive() && (!child_ || child_->running()); }

void PluginProcess::shutdown() { end(true); }
void PluginProcess::kill() { end(false); }

void PluginProcess::end(bool ask) {
  if (host_ != ::getpid()) return;
  const std::lock_guard lock(ending_);
  if (std::exchange(ended_, true)) return;
  if (child_ && ask && alive()) {
    OpContext within;
    within.deadline = Deadline::after(*within.clock, cancel_patience);
    (void)call("Cancel", {}, within);  // it ends anyway
  }
  if (channel_) channel_->close();
  if (!child_) return;
  if (ask)
    child_->stop(stop_timeout_, SIGINT);
  else
    child_->kill();
}

}  // namespace drift::pulumi_internal
