#include "plugin/grpc_status.hpp"

#include <doctest/doctest.h>

#include "plugin/grpc_call.hpp"

using namespace drift;
using namespace drift::plugin;
using std::chrono::nanoseconds;

TEST_CASE("grpc-timeout has at most 8 digits, and never less time than is left") {
  CHECK(grpc_timeout(nanoseconds(0)) == "1n");
  CHECK(grpc_timeout(nanoseconds(-5)) == "1n");
  CHECK(grpc_timeout(nanoseconds(99'999'999)) == "99999999n");
  CHECK(grpc_timeout(nanoseconds(100'000'001)) == "100001u");
  CHECK(grpc_timeout(std::chrono::seconds(60)) == "60000000u");
  CHECK(grpc_timeout(std::chrono::hours(24)) == "86400000m");
  CHECK(grpc_timeout(nanoseconds::max()).size() <= 9);
}

TEST_CASE("each status has the code that the library knows it by") {
  const auto code = [](int status, const char* message = "") {
    GrpcReply reply;
    reply.status = {status, message, {}};
    return to_error(reply, "ReadResource").code();
  };
  CHECK(code(GrpcCode::unavailable) == Errc::read_failed);
  CHECK(code(GrpcCode::deadline_exceeded) == Errc::read_timeout);
  CHECK(code(GrpcCode::unauthenticated) == Errc::read_auth);
  CHECK(code(GrpcCode::permission_denied) == Errc::read_auth);
  CHECK(code(GrpcCode::resource_exhausted) == Errc::read_throttled);
  CHECK(code(GrpcCode::resource_exhausted, "grpc: received message larger than max (5 vs. 4)") == Errc::byte_limit);
  CHECK(code(GrpcCode::unimplemented) == Errc::read_unsupported);
  CHECK(code(GrpcCode::not_found) == Errc::read_failed);  // never a deletion
  CHECK(code(GrpcCode::internal) == Errc::read_failed);
  CHECK(code(4711) == Errc::read_failed);
}

TEST_CASE("a plugin's own words are in an error only through a redactor") {
  GrpcReply reply;
  reply.status = {GrpcCode::unknown, "token hunter2 was refused", {}};
  CHECK(to_error(reply, "M").to_string().find("hunter2") == std::string::npos);
  const Error shown = to_error(reply, "M", [](std::string_view text) {
    std::string out(text);
    out.replace(out.find("hunter2"), 7, "***");
    return out;
  });
  CHECK(shown.to_string().find("token *** was refused") != std::string::npos);
  CHECK(shown.to_string().find("UNKNOWN") != std::string::npos);
}

TEST_CASE("messages are cut the same from whatever pieces they come in") {
  std::string wire;
  for (const char* text : {"", "a", "hello", ""}) wire += frame_message(text);
  for (std::size_t piece = 1; piece <= wire.size(); ++piece) {
    MessageReader reader(100);
    std::string seen;
    for (std::size_t at = 0; at < wire.size(); at += piece)
      REQUIRE(reader.feed(std::string_view(wire).substr(at, piece), [&](std::string&& m) { seen += "<" + m + ">"; }));
    CHECK(seen == "<><a><hello><>");
    CHECK_FALSE(reader.amid_message());
  }
}
