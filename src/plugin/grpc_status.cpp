#include "plugin/grpc_status.hpp"

#include <array>
#include <cstdint>

namespace drift::plugin {
namespace {

constexpr std::array<std::string_view, 17> names = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct Verdict {
  Errc code = Errc::read_failed;
  std::string_view what = "the plugin answered with an error";
  std::string_view next = "see the plugin's own message, and try the same with its own tool";
  bool retryable = false;
};

// grpc-go and others say RESOURCE_EXHAUSTED also of a message that is too large for them, which no waiting mends.
bool is_too_large(const GrpcStatus& s) { return s.message.find("message larger than max") != std::string::npos; }

Verdict judge(const GrpcReply& r) {
  if (r.connection_lost || r.status.code == GrpcCode::unavailable)
    return {Errc::read_failed, r.connection_lost ? "the connection to the plugin was lost" : "the plugin was not available",
            "try again: the plugin is started anew", true};
  switch (r.status.code) {
    case GrpcCode::cancelled:
      if (r.ours) return {Errc::cancelled, "the call was cancelled", "", false};
      return {Errc::read_failed, "the plugin cancelled the call", "try again", true};
    case GrpcCode::deadline_exceeded:
      return {Errc::read_timeout, "the plugin did not answer in time", "allow more time, or see what the plugin waits for", true};
    case GrpcCode::unauthenticated:
      return {Errc::read_auth, "the plugin was not authenticated", "check the credentials of the provider", false};
    case GrpcCode::permission_denied:
      return {Errc::read_auth, "the plugin was not permitted to read", "check the permissions of the provider's credentials", false};
    case GrpcCode::resource_exhausted:
      if (r.ours || is_too_large(r.status)) return {Errc::byte_limit, "a message was larger than is taken", "read less at a time", false};
      return {Errc::read_throttled, "the plugin is throttled", "read with less concurrency, or later", true};
    case GrpcCode::unimplemented:
      return {Errc::read_unsupported, "the plugin does not offer this call", "use a newer version of the plugin", false};
    case GrpcCode::internal:
      if (r.ours) return {Errc::bad_structure, "the plugin's answer was not valid gRPC", "see whether it is a plugin of this kind", false};
      return {};
    default:
      return {};
  }
}

}  // namespace

std::string_view grpc_code_name(int code) noexcept {
  return code >= 0 && static_cast<std::size_t>(code) < names.size() ? names[static_cast<std::size_t>(code)] : "UNKNOWN_CODE";
}

int grpc_code_of_http(int status) noexcept {
  switch (status) {
    case 400:
      return GrpcCode::internal;
    case 401:
      return GrpcCode::unauthenticated;
    case 403:
      return GrpcCode::permission_denied;
    case 404:
      return GrpcCode::unimplemented;
    case 429:
    case 502:
    case 503:
    case 504:
      return GrpcCode::unavailable;
    default:
      return GrpcCode::unknown;
  }
}

int grpc_code_of_reset(third::Http2Code code) noexcept {
  using third::Http2Code;
  switch (code) {
    case Http2Code::refused_stream:
      return GrpcCode::unavailable;
    case Http2Code::cancel:
      return GrpcCode::cancelled;
    case Http2Code::enhance_your_calm:
      return GrpcCode::resource_exhausted;
    case Http2Code::inadequate_security:
      return GrpcCode::permission_denied;
    case Http2Code::stream_closed:
    case Http2Code::http_1_1_required:
      return GrpcCode::unknown;
    default:
      return GrpcCode::internal;
  }
}

std::string percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
        continue;
      }
    }
    out.push_back(text[i]);
  }
  return out;
}

std::string grpc_timeout(std::chrono::nanoseconds left) {
  struct Unit {
    std::int64_t nanoseconds;
    char letter;
  };
  constexpr std::int64_t most = 99'999'999;
  constexpr std::array<Unit, 6> units = {
      {{1, 'n'}, {1'000, 'u'}, {1'000'000, 'm'}, {1'000'000'000, 'S'}, {60'000'000'000, 'M'}, {3'600'000'000'000, 'H'}}};
  const std::int64_t n = left.count() < 1 ? 1 : left.count();
  for (const Unit& u : units) {
    const std::int64_t value = n / u.nanoseconds + (n % u.nanoseconds != 0 ? 1 : 0);
    if (value <= most) return std::to_string(value) + u.letter;
  }
  return std::to_string(most) + 'H';
}

Error to_error(const GrpcReply& reply, std::string_view method, const Redactor& redact) {
  const Verdict v = judge(reply);
  std::string text(v.what);
  text += " (gRPC ";
  text += grpc_code_name(reply.status.code);
  text += ')';
  const std::string said = reply.own_words ? reply.status.message : redact ? redact(reply.status.message) : std::string();
  if (!said.empty()) text += ": " + said;
  return Error(v.code, std::move(text)).in("while calling " + std::string(method)).next(std::string(v.next)).retryable(v.retryable);
}

}  // namespace drift::plugin
