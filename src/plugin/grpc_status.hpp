// What a gRPC call ends with, and the error that it is to the library.
//
// Codes and rules: github.com/grpc/grpc/blob/master/doc/{PROTOCOL-HTTP2,http-grpc-status-mapping,statuscodes}.md.
// Thread rule: ordinary values and free functions, any.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "drift/base/error.hpp"
#include "third/http2.hpp"

namespace drift::plugin {

// An enumeration of numbers: codes that this version does not know are kept.
struct GrpcCode {
  enum : int {
    ok = 0,
    cancelled = 1,
    unknown = 2,
    invalid_argument = 3,
    deadline_exceeded = 4,
    not_found = 5,
    already_exists = 6,
    permission_denied = 7,
    resource_exhausted = 8,
    failed_precondition = 9,
    aborted = 10,
    out_of_range = 11,
    unimplemented = 12,
    internal = 13,
    unavailable = 14,
    data_loss = 15,
    unauthenticated = 16,
  };
};

struct GrpcStatus {
  int code = GrpcCode::ok;
  std::string message{};  // of the plugin, decoded; may hold anything
  std::string details{};  // grpc-status-details-bin: the bytes of a google.rpc.Status
};

struct GrpcReply {
  GrpcStatus status{};
  std::string message{};         // of a unary call that went well
  bool connection_lost = false;  // no further call on this channel can go well
  bool ours = false;             // this side ended the call: cancelled, the deadline, an answer that is none
  bool own_words = false;        // the status's message was written by this side, and holds nothing of the plugin's

  [[nodiscard]] bool ok() const noexcept { return status.code == GrpcCode::ok; }
};

[[nodiscard]] std::string_view grpc_code_name(int code) noexcept;  // "UNAVAILABLE"; "code 99" is "UNKNOWN_CODE"
[[nodiscard]] int grpc_code_of_http(int status) noexcept;
[[nodiscard]] int grpc_code_of_reset(third::Http2Code code) noexcept;
[[nodiscard]] std::string percent_decode(std::string_view text);  // of grpc-message; what is no escape stays as it is
// The value of grpc-timeout: at most 8 digits and a unit, rounded up, at least one.
[[nodiscard]] std::string grpc_timeout(std::chrono::nanoseconds left);

// Takes secrets out of texts of a plugin.
using Redactor = std::function<std::string(std::string_view)>;

// The error of a call that did not go well. `method` is named as context. The plugin's message is part of it after `redact`; without one it
// is left out: a provider may put a value into it.
[[nodiscard]] Error to_error(const GrpcReply& reply, std::string_view method, const Redactor& redact = {});

}  // namespace drift::plugin
