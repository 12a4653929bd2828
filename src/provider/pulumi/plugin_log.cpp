#include "provider/pulumi/plugin_log.hpp"

#include <iterator>

#include "drift/base/error.hpp"
#include "plugin/grpc_status.hpp"
#include "provider/pulumi/messages.hpp"

namespace drift::pulumi_internal {
namespace {

// A plugin that talks without end is listened to no longer; what it said of one resource is cut.
constexpr std::size_t most_kept = 1000;
constexpr std::size_t most_text = 2000;

}  // namespace

PluginLog::PluginLog(std::string plugin, Mask mask, LogSink log, bool all)
    : plugin_(std::move(plugin)), mask_(std::move(mask)), log_(std::move(log)), all_(all) {}

plugin::GrpcServer::Answer PluginLog::answer(std::string_view path, std::string_view message) {
  if (path == health_path) return {.code = plugin::GrpcCode::ok, .message = {}, .body = std::string(health_serving)};
  if (path != engine_log_path)
    return {.code = plugin::GrpcCode::unimplemented, .message = "a scan changes nothing, and has no engine to do it", .body = {}};
  take_in(message);
  return {};
}

std::string PluginLog::shown(std::string_view text) const {
  std::string out = mask_(text);
  if (out.size() > most_text) out = out.substr(0, most_text) + "...";
  return one_line(out);
}

void PluginLog::take_in(std::string_view message) {
  Result<EngineLog> said = decode_engine_log(message);
  if (!said) return;
  const bool important = said->severity >= EngineLog::Severity::warning;
  if (!important && !(all_ && log_)) return;
  const std::string text = shown(said->message);
  if (log_ && all_) {
    const LogLevel level = said->severity == EngineLog::Severity::debug ? LogLevel::debug : important ? LogLevel::warning : LogLevel::info;
    log_({level, "pulumi.plugin", said->urn.empty() ? plugin_ : said->urn, text});
  }
  if (!important) return;
  const std::lock_guard lock(mutex_);
  if (kept_ >= most_kept) return;
  ++kept_;
  by_urn_[said->urn].push_back(text);
}

void PluginLog::line(std::string_view text) const {
  if (all_ && log_) log_({LogLevel::debug, "pulumi.plugin", plugin_, shown(text)});
}

std::vector<std::string> PluginLog::take(std::string_view urn) {
  std::vector<std::string> out;
  const std::lock_guard lock(mutex_);
  for (const std::string_view about : {urn, std::string_view()}) {
    const auto at = by_urn_.find(about);
    if (at == by_urn_.end()) continue;
    kept_ -= at->second.size();
    out.insert(out.end(), std::make_move_iterator(at->second.begin()), std::make_move_iterator(at->second.end()));
    by_urn_.erase(at);
  }
  return out;
}

}  // namespace drift::pulumi_internal
