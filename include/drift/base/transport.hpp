// HTTP as an interface: one request, one answer. The library's own is libcurl (src/third/curl_transport.hpp); a test, or a host with its
// own client, gives another.
//
// A Transport follows no redirect and tries nothing again: who sends knows what may be sent where. TLS certificates are always checked.
//
// Errors: E_IO (retryable when trying again may help: no connection, no answer), E_TRUNCATED (retryable), E_BYTE_LIMIT, E_CANCELLED,
// E_DEADLINE, E_INVALID_ARGUMENT for a URL that is none. No error holds a header or a body; what the URL is about is the caller's to say.
// Thread rule: send() may be called from any thread at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "drift/base/cancel.hpp"
#include "drift/base/result.hpp"

namespace drift {

struct HttpHeader {
  std::string name;
  std::string value;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // http:// or https://
  std::vector<HttpHeader> headers{};
  std::string body{};
  std::uint64_t max_body = std::uint64_t{1} << 30;  // of the answer, decompressed
  Clock::Duration connect_timeout = std::chrono::seconds(30);
  Clock::Duration idle_timeout = std::chrono::seconds(60);  // without a byte either way; whole seconds
};

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers{};
  std::string body{};
  // The value of the first header of that name, whatever its case; empty when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

class Transport {
 public:
  virtual ~Transport() = default;
  virtual Result<HttpResponse> send(const HttpRequest& request, const OpContext& ctx) = 0;
};

}  // namespace drift
