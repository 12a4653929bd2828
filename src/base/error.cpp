#include "drift/base/error.hpp"

namespace drift {
namespace {

// Subjects come from outside (file names, addresses): a line break in one must not break the line, nor an escape reach a terminal.
void append_one_line(std::string& out, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  for (const char c : text) {
    const auto b = static_cast<unsigned char>(c);
    if (b >= 0x20 && b != 0x7f) {
      out.push_back(c);
    } else {
      out += "\\x";
      out.push_back(digits[b >> 4]);
      out.push_back(digits[b & 15]);
    }
  }
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string out;
  append_one_line(out, text);
  return out;
}

std::string_view errc_name(Errc code) noexcept {
  // clang-format off
  switch (code) {
    case Errc::invalid_argument: return "E_INVALID_ARGUMENT";
    case Errc::config_invalid: return "E_CONFIG_INVALID";
    case Errc::config_unknown_key: return "E_CONFIG_UNKNOWN_KEY";
    case Errc::invalid_rule: return "E_INVALID_RULE";
    case Errc::ambiguous_rule: return "E_AMBIGUOUS_RULE";
    case Errc::handle: return "E_HANDLE";
    case Errc::closed: return "E_CLOSED";
    case Errc::busy: return "E_BUSY";
    case Errc::option_unsupported: return "E_OPTION_UNSUPPORTED";
    case Errc::forked: return "E_FORKED";
    case Errc::parse: return "E_PARSE";
    case Errc::duplicate_key: return "E_DUPLICATE_KEY";
    case Errc::bad_utf8: return "E_BAD_UTF8";
    case Errc::lone_surrogate: return "E_LONE_SURROGATE";
    case Errc::trailing_bytes: return "E_TRAILING_BYTES";
    case Errc::truncated: return "E_TRUNCATED";
    case Errc::depth_limit: return "E_DEPTH_LIMIT";
    case Errc::node_limit: return "E_NODE_LIMIT";
    case Errc::byte_limit: return "E_BYTE_LIMIT";
    case Errc::unknown_format: return "E_UNKNOWN_FORMAT";
    case Errc::unsupported_version: return "E_UNSUPPORTED_VERSION";
    case Errc::unsupported_feature: return "E_UNSUPPORTED_FEATURE";
    case Errc::encrypted_state: return "E_ENCRYPTED_STATE";
    case Errc::bad_structure: return "E_BAD_STRUCTURE";
    case Errc::duplicate_address: return "E_DUPLICATE_ADDRESS";
    case Errc::not_found: return "E_NOT_FOUND";
    case Errc::permission: return "E_PERMISSION";
    case Errc::io: return "E_IO";
    case Errc::changed_while_reading: return "E_CHANGED_WHILE_READING";
    case Errc::read_failed: return "E_READ_FAILED";
    case Errc::read_auth: return "E_READ_AUTH";
    case Errc::read_throttled: return "E_READ_THROTTLED";
    case Errc::read_timeout: return "E_READ_TIMEOUT";
    case Errc::read_unsupported: return "E_READ_UNSUPPORTED";
    case Errc::mass_deletion: return "E_MASS_DELETION";
    case Errc::replay_miss: return "E_REPLAY_MISS";
    case Errc::cancelled: return "E_CANCELLED";
    case Errc::deadline: return "E_DEADLINE";
    case Errc::internal: return "E_INTERNAL";
    case Errc::out_of_memory: return "E_OUT_OF_MEMORY";
  }
  // clang-format on
  return "E_UNKNOWN";
}

std::optional<Errc> errc_from_name(std::string_view name) noexcept {
  constexpr int last = 999;
  for (int code = 100; code <= last; ++code)
    if (const auto errc = static_cast<Errc>(code); errc_name(errc) == name && name != errc_name(static_cast<Errc>(last))) return errc;
  return std::nullopt;
}

Error&& Error::at(std::string subject) && {
  subject_ = std::move(subject);
  return std::move(*this);
}

Error&& Error::in(std::string context) && {
  contexts_.push_back(std::move(context));
  return std::move(*this);
}

Error&& Error::next(std::string step) && {
  next_step_ = std::move(step);
  return std::move(*this);
}

Error&& Error::position(TextPosition where) && {
  where_ = where;
  return std::move(*this);
}

Error&& Error::retryable(bool yes) && {
  retryable_ = yes;
  return std::move(*this);
}

Error&& Error::fatal(bool yes) && {
  fatal_ = yes;
  return std::move(*this);
}

std::string Error::to_string() const {
  std::string out;
  if (!subject_.empty()) {
    append_one_line(out, subject_);
    out += ": ";
  }
  if (where_) {
    out += "line " + std::to_string(where_->line) + ", column " + std::to_string(where_->column) + " (byte " +
           std::to_string(where_->byte) + "): ";
  }
  append_one_line(out, message_);
  out += " [";
  out += name();
  out += ']';
  if (!contexts_.empty()) {
    out += " (";
    for (std::size_t i = 0; i < contexts_.size(); ++i) {
      if (i > 0) out += "; ";
      append_one_line(out, contexts_[i]);
    }
    out += ')';
  }
  return out;
}

}  // namespace drift
