#include "provider/terraform/diagnostics.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace drift;
using namespace drift::terraform_internal;

namespace {

Error said(std::string_view summary, std::string_view detail = {}) {
  Diagnostic d;
  d.severity = Diagnostic::Severity::error;
  d.summary = summary;
  d.detail = detail;
  return error_of(std::span(&d, 1), {});
}

}  // namespace

TEST_CASE("what a provider says tells limits, credentials and what may pass") {
  for (const char* text : {"Error: 429", "HTTP 429: slow", "(429)", "ThrottlingException", "Too Many Requests"})
    CHECK_MESSAGE(said(text).code() == Errc::read_throttled, text);
  for (const char* text : {"status 401", "403 Forbidden", "code=403,", "AccessDenied", "UnauthorizedOperation"})
    CHECK_MESSAGE(said(text).code() == Errc::read_auth, text);
  for (const char* text : {"unexpected EOF", "EOF", "read: EOF.", "502 Bad Gateway", "i/o timeout"}) {
    CHECK_MESSAGE(said(text).code() == Errc::read_failed, text);
    CHECK_MESSAGE(said(text).is_retryable(), text);
  }
}

TEST_CASE("numbers and short words inside others say nothing") {
  for (const char* text : {"vol-0a403b is broken", "eni-429f", "10401 items", "a503c", "id 4031", "typeof x", "the geoffrey zone"}) {
    CHECK_MESSAGE(said(text).code() == Errc::read_failed, text);
    CHECK_MESSAGE(!said(text).is_retryable(), text);
  }
  CHECK(said("no such thing", "request 7f401a0 gave 404").code() == Errc::read_failed);
}
