#include "provider/terraform/handshake.hpp"

#include <doctest/doctest.h>

#include "third/digest.hpp"

using namespace drift;
using namespace drift::terraform_internal;

TEST_CASE("handshakes of five to seven fields are taken") {
  for (const char* line : {"1|6|unix|/tmp/x/plugin1|grpc", "1|6|unix|/tmp/x/plugin1|grpc|", "1|6|unix|/tmp/x/plugin1|grpc||true",
                           "  1|6|unix|/tmp/x/plugin1|grpc|short|true|and more\r\n"}) {
    const auto h = parse_handshake(line);
    REQUIRE(h.ok());
    CHECK(h->protocol == 6);
    CHECK_FALSE(h->tcp);
    CHECK(h->address == "/tmp/x/plugin1");
    CHECK(h->certificate_der.empty());
  }
  const std::string der(100, '\x30');
  std::string text = third::base64(der);
  while (text.ends_with("=")) text.pop_back();  // as Go writes it
  const auto h = parse_handshake("1|5|tcp|127.0.0.1:1234|grpc|" + text);
  REQUIRE(h.ok());
  CHECK(h->protocol == 5);
  CHECK(h->tcp);
  CHECK(h->address == "127.0.0.1:1234");
  CHECK(h->certificate_der == der);
}

TEST_CASE("other lines are refused, and say what it is") {
  const auto code = [](const std::string& line) {
    const auto h = parse_handshake(line);
    REQUIRE_FALSE(h.ok());
    CHECK_FALSE(h.error().next_step().empty());
    return h.error().code();
  };
  CHECK(code("") == Errc::unknown_format);
  CHECK(code("Usage: frobnicate [options]") == Errc::unknown_format);
  CHECK(code("a|b|c|d|e") == Errc::unknown_format);
  CHECK(code("1|6|unix") == Errc::unknown_format);
  CHECK(code("2|6|unix|/tmp/x|grpc") == Errc::unsupported_version);
  CHECK(code("1|4|unix|/tmp/x|grpc") == Errc::unsupported_version);
  CHECK(code("1|7|unix|/tmp/x|grpc") == Errc::unsupported_version);
  CHECK(code("1|4|unix|/tmp/x") == Errc::unsupported_feature);
  CHECK(code("1|4|unix|/tmp/x|netrpc") == Errc::unsupported_feature);
  CHECK(code("1|6|unix|/tmp/x|quic") == Errc::unknown_format);
  CHECK(code("1|6|ipx|/tmp/x|grpc") == Errc::unknown_format);
  CHECK(code("1|6|unix||grpc") == Errc::unknown_format);
  CHECK(code("1|x|unix|/tmp/x|grpc") == Errc::unknown_format);
  CHECK(code("1|6|unix|/tmp/x|grpc|" + std::string(60, '!')) == Errc::unknown_format);
  CHECK(code("99999999999|6|unix|/tmp/x|grpc") == Errc::unknown_format);
}
