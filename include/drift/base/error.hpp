// Errors as values.
//
// Purpose: every expected failure of the library is an `Error`: a stable code, one line that names the thing, the chain of contexts it
// passed through on its way up, and the next step for the person who reads it.
//
// Example:
//   return Error(Errc::not_found, "state file was not found").at("prod.tfstate").next("check the path given to --state");
//
// Rules: a message is one line, in the past tense, and never holds a value from a document (a secret could be in it): it gives the
// position instead. Codes are stable for ever; families have gaps of 100, and an unknown code is treated as its family.
//
// Thread rule: an Error is an ordinary value; share it only as const. Ownership: owns all its text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace drift {

// Stable error codes. The family is code / 100 * 100.
enum class Errc : int {
  // 100: the caller's arguments and configuration
  invalid_argument = 101,
  config_invalid = 110,
  config_unknown_key = 111,
  invalid_rule = 120,
  ambiguous_rule = 121,
  handle = 130,
  closed = 131,
  busy = 132,
  option_unsupported = 133,
  forked = 134,
  // 200: documents
  parse = 201,
  duplicate_key = 202,
  bad_utf8 = 203,
  lone_surrogate = 204,
  trailing_bytes = 205,
  truncated = 206,
  depth_limit = 210,
  node_limit = 211,
  byte_limit = 212,
  unknown_format = 220,
  unsupported_version = 221,
  unsupported_feature = 222,
  encrypted_state = 223,
  bad_structure = 224,
  duplicate_address = 225,
  // 300: the operating system
  not_found = 301,
  permission = 302,
  io = 303,
  changed_while_reading = 304,
  // 400: reads of live resources
  read_failed = 401,
  read_auth = 402,
  read_throttled = 403,
  read_timeout = 404,
  read_unsupported = 405,
  mass_deletion = 406,
  replay_miss = 407,
  // 500: the operation was stopped
  cancelled = 501,
  deadline = 502,
  // 900: the library itself
  internal = 901,
  out_of_memory = 902,
};

// "E_PARSE", "E_DUPLICATE_KEY", ...; "E_UNKNOWN" for a number this version does not know.
[[nodiscard]] std::string_view errc_name(Errc code) noexcept;
// The code of such a name; none for a name that this version does not know.
[[nodiscard]] std::optional<Errc> errc_from_name(std::string_view name) noexcept;

// `text` with control characters escaped ("\\x0a"): what comes from outside cannot break the line nor reach a terminal.
[[nodiscard]] std::string one_line(std::string_view text);

// Where in a document something went wrong. Line and column count from 1, byte from 0; the column counts bytes.
struct TextPosition {
  std::uint64_t line = 1;
  std::uint64_t column = 1;
  std::uint64_t byte = 0;
};

class [[nodiscard]] Error {
 public:
  Error(Errc code, std::string message)
      : code_(code), message_(std::move(message)), retryable_(code == Errc::read_throttled || code == Errc::read_timeout) {}

  // Builders; each returns *this so that they can be chained on a temporary.
  Error&& at(std::string subject) &&;  // the file, address or option that the error is about
  Error&& in(std::string context) &&;  // adds one outer context ("while reading prod.tfstate")
  Error&& next(std::string step) &&;   // what the person can do
  Error&& position(TextPosition where) &&;
  Error&& retryable(bool yes = true) &&;  // trying again later may succeed; read_throttled and read_timeout are so without it
  Error&& fatal(bool yes = true) &&;      // the whole operation cannot go on
  void add_context(std::string context) { contexts_.push_back(std::move(context)); }

  [[nodiscard]] Errc code() const noexcept { return code_; }
  [[nodiscard]] std::string_view name() const noexcept { return errc_name(code_); }
  [[nodiscard]] const std::string& message() const noexcept { return message_; }
  [[nodiscard]] const std::string& subject() const noexcept { return subject_; }
  [[nodiscard]] const std::string& next_step() const noexcept { return next_step_; }
  [[nodiscard]] const std::vector<std::string>& contexts() const noexcept { return contexts_; }  // innermost first
  [[nodiscard]] const std::optional<TextPosition>& where() const noexcept { return where_; }
  [[nodiscard]] bool is_retryable() const noexcept { return retryable_; }
  [[nodiscard]] bool is_fatal() const noexcept { return fatal_; }

  // One line for people: "prod.tfstate: line 3, column 7 (byte 41): a key was given twice [E_DUPLICATE_KEY] (while ...)".
  // Without the next step; callers show that on a line of its own.
  [[nodiscard]] std::string to_string() const;

 private:
  Errc code_;
  std::string message_;
  std::string subject_;
  std::string next_step_;
  std::vector<std::string> contexts_;
  std::optional<TextPosition> where_;
  bool retryable_;
  bool fatal_ = false;
};

}  // namespace drift
