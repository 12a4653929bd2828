// What an operation tells on its way, for whoever watches it. Never a value from a document, never a secret.
//
// Example:
//   const LogSink sink = [](const LogRecord& r) { std::clog << r.code << ' ' << r.message << '\n'; };
//   ctx.log = &sink;
//
// Thread rule: a sink is called from any thread of the operation, several at once: it has to allow that. Texts are borrowed for the call.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace drift {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

struct LogRecord {
  LogLevel level = LogLevel::info;
  std::string_view code;     // stable: "document_read", "read_retry", ...
  std::string_view address;  // of the resource; may be empty
  std::string_view message;  // one line
};

using LogSink = std::function<void(const LogRecord&)>;

}  // namespace drift
