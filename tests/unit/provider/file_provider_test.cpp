#include "drift/provider/file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "provider/file_provider.hpp"
#include "unit/provider/fakes.hpp"

using namespace drift;

namespace {

Resource file(const std::string& path) {
  Resource r = test::resource("f", "file");
  r.attributes = Object({{"path", path}, {"size", 0}});
  return r;
}

ReadOutcome read_one(Provider& p, const Resource& r, const OpContext& ctx = {}) {
  const ReadRequest request{&r};
  ReadOutcome out;
  const Status s = p.read(
      {&request, 1}, [&](std::size_t, ReadOutcome o) { out = std::move(o); }, ctx);
  return s.ok() ? out : ReadOutcome::failed(s.error());
}

Value config(std::string key, Value value) { return Object({{std::move(key), std::move(value)}}); }

}  // namespace

TEST_CASE("it handles its three types, and only what is managed") {
  const auto p = make_file_provider();
  for (const char* type : {"local_file", "local_sensitive_file", "file"}) {
    CHECK(p->handles(test::resource("x", type)));
    CHECK(p->schema(type) != nullptr);
  }
  CHECK_FALSE(p->handles(test::resource("x", "aws_s3_bucket")));
  CHECK(p->schema("aws_s3_bucket") == nullptr);
  Resource component = test::resource("x", "file");
  component.kind = ResourceKind::component;
  CHECK_FALSE(p->handles(component));
  CHECK(p->lane(test::resource("x", "file")) == "file");
  CHECK(read_one(*p, test::resource("x", "other")).error().code() == Errc::read_unsupported);
}

TEST_CASE("relative paths are taken from the root that is configured") {
  const test::TempDir dir;
  dir.write("f", "12345");
  const auto p = make_file_provider();
  REQUIRE(p->configure(config("root", dir.path()), {}).ok());
  const ReadOutcome o = read_one(*p, file("f"));
  REQUIRE(o.is_found());
  CHECK(o.resource().attributes.find("size")->as_number() == Number(std::int64_t{5}));
}

TEST_CASE("configuration that it does not know is an error that says what to do") {
  const test::TempDir dir;
  dir.write("f", "x");
  const auto p = make_file_provider();
  CHECK(p->configure(Value(), {}).ok());
  CHECK(p->configure(Object(), {}).ok());
  const auto fails = [&](const Value& v) {
    const Status s = p->configure(v, {});
    REQUIRE_FALSE(s.ok());
    CHECK_FALSE(s.error().next_step().empty());
    return s.error().code();
  };
  CHECK(fails(config("rot", dir.path())) == Errc::config_unknown_key);
  CHECK(fails("text") == Errc::config_invalid);
  CHECK(fails(config("root", 1)) == Errc::config_invalid);
  CHECK(fails(config("root", "")) == Errc::config_invalid);
  CHECK(fails(config("root", dir / "none")) == Errc::config_invalid);
  CHECK(fails(config("root", dir / "f")) == Errc::config_invalid);
  CHECK(p->configure(config("rot", 1), {}).error().next_step().find("root") != std::string::npos);
}

TEST_CASE("a cancelled read says so instead of guessing") {
  const test::TempDir dir;
  dir.write("f", "x");
  const auto p = make_file_provider();
  OpContext ctx;
  ctx.cancel.cancel();
  CHECK(read_one(*p, file(dir / "f"), ctx).error().code() == Errc::cancelled);
}

TEST_CASE("it cannot list") {
  const auto p = make_file_provider();
  CHECK_FALSE(p->capabilities().can_list);
  CHECK(p->list({}, [](const Resource&) {}, {}).error().code() == Errc::read_unsupported);
}

TEST_CASE("errors do not repeat paths or contents of a document") {
  const test::TempDir dir;
  std::filesystem::create_directory(dir / "canary-directory");
  const auto p = make_file_provider();
  Resource r = test::resource("local_file.x", "local_file");
  r.attributes = Object({{"filename", dir / "canary-directory"}, {"content", "canary-content"}});
  const ReadOutcome o = read_one(*p, r);
  REQUIRE(o.is_failed());
  const std::string text = o.error().to_string() + o.error().next_step();
  CHECK(text.find("canary") == std::string::npos);
}
