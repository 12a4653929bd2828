// What plugins say: their Engine.Log calls, which come at any time, kept until the read that they are about can tell them.
//
// Thread rule: any. What is known to be secret is hidden in a text as it comes, and what its read calls so for the first time when it is
// told.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drift/base/log.hpp"
#include "plugin/grpc_server.hpp"
#include "provider/hosted/masking.hpp"

namespace drift::pulumi_internal {

class PluginLog {
 public:
  using HiddenText = hosted_internal::HiddenText;
  using Hide = std::function<void(HiddenText&)>;
  // What is said goes to `log` (which may be empty) where `all` is true. Warnings and errors are kept for take() in any case.
  PluginLog(std::string plugin, Hide hide, LogSink log, bool all);

  // The engine's side: the answer to a call of the plugin's.
  [[nodiscard]] plugin::GrpcServer::Answer answer(std::string_view path, std::string_view message);
  // A line of standard error.
  void line(std::string_view text) const;
  // The warnings and errors about `urn`, and those about nothing, in the order in which they came; each once.
  [[nodiscard]] std::vector<HiddenText> take(std::string_view urn);

 private:
  void take_in(std::string_view message);
  [[nodiscard]] HiddenText hidden(std::string_view text) const;

  const std::string plugin_;
  const Hide hide_;
  const LogSink log_;
  const bool all_;
  mutable std::mutex mutex_;
  std::size_t kept_ = 0;
  std::map<std::string, std::vector<HiddenText>, std::less<>> by_urn_;
};

}  // namespace drift::pulumi_internal
