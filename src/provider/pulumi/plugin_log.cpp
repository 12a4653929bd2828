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

PluginLog::PluginLog(std::string plugin, Hide hide, LogSink log, bool all)
    : plugin_(std::move(plugin)), hide_(std::move(hide)), log_(std::move(log)), all_(all) {}

plugin::GrpcServer::Answer PluginLog::answer(std::string_view path, std::string_view message) {
  if (path == health_path) return {.code = plugin::GrpcCode::ok, .message = {}, .body = std::string(health_serving)};
  if (path != engine_log_path)
    return {.code = plugin::GrpcCode::unimplemented, .message = "a scan changes nothing, and has no engine to do it", .body = {}};
  take_in(message);
  return {};
}

PluginLog::HiddenText PluginLog::hidden(std::string_view text) const {
  HiddenText out(text.substr(0, most_text), text.size() > most_text);
  hide_(out);
  return out;
}

void PluginLog::take_in(std::string_view message) {
  Result<EngineLog> said = decode_engine_log(message);
  if (!said) return;
  const bool important = said->severity >= EngineLog::Severity::warning;
  if (!important && !(all_ && log_)) return;
  HiddenText text = hidden(said->message);
  if (log_ && all_) {
    const LogLevel level = said->severity == EngineLog::Severity::debug ? LogLevel::debug : important ? LogLevel::warning : LogLevel::info;
    log_({level, "pulumi.plugin", said->urn.empty() ? plugin_ : said->urn, one_line(text.shown())});
  }
  if (!important) return;
  const std::lock_guard lock(mutex_);
  if (kept_ >= most_kept) return;
  ++kept_;
  by_urn_[said->urn].push_back(std::move(text));
}

void PluginLog::line(std::string_view text) const {
  if (all_ && log_) log_({LogLevel::debug, "pulumi.plugin", plugin_, one_line(hidden(text).shown())});
}

std::vector<PluginLog::HiddenText> PluginLog::take(std::string_view urn) {
  std::vector<HiddenText> out;
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
