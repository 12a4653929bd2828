#include "provider/file_types.hpp"

#include <doctest/doctest.h>

#include "unit/provider/fakes.hpp"

using namespace drift;
using namespace drift::provider_internal;

TEST_CASE("modes are octal text of three to five digits") {
  std::uint32_t mode = 0;
  CHECK(parse_mode("644", mode));
  CHECK(mode == 0644);
  CHECK(parse_mode("04755", mode));
  CHECK(mode == 04755);
  for (const char* bad : {"", "7", "0844", "77777", "0o644", "000644", " 644", "-644"}) CHECK_FALSE(parse_mode(bad, mode));
  CHECK(mode_text(0644) == "0644");
  CHECK(mode_text(04755) == "4755");
  CHECK(mode_text(0) == "0000");
}

TEST_CASE("only text in the clear is taken for text") {
  Object o;
  o.set("text", "a");
  o.set("secret", Value("a").mark(Secret::plain));
  o.set("digest", Value("hmac-sha256:x:y").mark(Secret::digest));
  o.set("null", Value());
  o.set("unknown", Value::unknown());
  const Value v(o);
  CHECK(clear_text(v, "text") != nullptr);
  CHECK(clear_text(v, "secret") != nullptr);
  for (const char* other : {"digest", "null", "unknown", "none"}) CHECK(clear_text(v, other) == nullptr);
}

TEST_CASE("paths are taken from the root unless they are absolute, and a bad one is an error that does not repeat it") {
  const std::string root = "some/where";
  const OpContext ctx;
  const FileReads in{real_file_system(), root, ctx};
  const auto path = [&](Value v) {
    Resource r = test::resource("x");
    r.attributes.edit_object().set("path", std::move(v));
    return path_of(in, r, "path");
  };
  CHECK(*path("a/b") == "some/where/a/b");
  CHECK(*path("/a/b") == "/a/b");
  CHECK(path("").error().code() == Errc::bad_structure);
  CHECK(path(Value()).error().code() == Errc::bad_structure);
  const Result<std::string> zero = path(std::string("secret\0name", 11));
  REQUIRE_FALSE(zero.ok());
  CHECK(zero.error().to_string().find("secret") == std::string::npos);
}
