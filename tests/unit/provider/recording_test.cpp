#include "provider/recording.hpp"

#include <doctest/doctest.h>

#include "unit/provider/fakes.hpp"

using namespace drift;
using namespace drift::provider_internal;

namespace {

constexpr char header[] = R"({"libdrift_reads":1,"created":"2026-11-21T09:00:00Z","key_id":""})";

Result<Recording> read(const test::TempDir& dir, const std::string& text) {
  dir.write("reads.jsonl", text);
  return read_recording(dir.path());
}

// The error of a recording whose third line is `line`.
Error error_of(const std::string& line) {
  const test::TempDir dir;
  const auto r = read(dir, std::string(header) + "\n" + R"({"address":"a","provider":"p","outcome":"absent"})" + "\n" + line + "\n");
  REQUIRE_FALSE(r.ok());
  return r.error();
}

}  // namespace

TEST_CASE("lines hold one outcome each, and come back as they were") {
  const test::TempDir dir;
  Resource found = test::resource("found \"quoted\"\n", "type");
  found.id = "id-1";
  found.attributes.edit_object().set("big", *Number::parse("123456789012345678901234567890"));
  found.attributes.edit_object().set("text", "line\nline \xe2\x82\xac");
  const Error failure =
      Error(Errc::permission, "the file could not be opened").at("f").next("ask").in("while reading").in("in a scan").retryable();
  std::string text = recording_header("2026-11-21T09:00:00Z", "abcd") + "\n";
  text += recording_line("absent", "file", ReadOutcome::absent("it is gone"), {}) + "\n";
  text += recording_line("failed", "file", ReadOutcome::failed(failure), {}) + "\n";
  text += recording_line(found.address, "file", ReadOutcome::found(found), {}) + "\n";
  const auto r = read(dir, text);
  REQUIRE(r.ok());
  CHECK(r->created == "2026-11-21T09:00:00Z");
  CHECK(r->key_id == "abcd");
  REQUIRE(r->reads.size() == 3);
  CHECK(r->reads.at("absent").outcome.is_absent());
  CHECK(r->reads.at("absent").outcome.told() == "it is gone");
  CHECK(r->reads.at("absent").provider == "file");
  const Error& e = r->reads.at("failed").outcome.error();
  CHECK(e.to_string() == failure.to_string());
  CHECK(e.next_step() == "ask");
  CHECK_FALSE(e.is_retryable());
  const Resource& back = r->reads.at(found.address).outcome.resource();
  CHECK(back.attributes == found.attributes);
  CHECK(back.address == found.address);
  CHECK(back.type == "type");
  CHECK(back.id == "id-1");
}

TEST_CASE("what was known and where it became sensitive come back") {
  const test::TempDir dir;
  const Resource found = test::resource("a");
  const std::vector<Path> paths{Path::parse("password").value(), Path::parse(R"(users[1]["a.b"])").value()};
  const std::string text = std::string(header) + "\n" + recording_line("a", "p", ReadOutcome::found(found, found.attributes, paths), {}) +
                           "\n" + recording_line("b", "p", ReadOutcome::found(found, found.attributes), {}) + "\n";
  const auto r = read(dir, text);
  REQUIRE_MESSAGE(r.ok(), r.error().to_string());
  CHECK(r->reads.at("a").outcome.known() == found.attributes);
  CHECK(r->reads.at("a").outcome.unmarked() == paths);
  CHECK(r->reads.at("b").outcome.unmarked().empty());
}

TEST_CASE("what the engine of a resource said comes back") {
  const test::TempDir dir;
  EngineAnswer answer{.changed = true, .properties = {}};
  answer.properties.push_back({Path::parse(R"(tags["a.b"])").value(), EngineAnswer::Kind::removed, true, true, true});
  answer.properties.push_back({Path::parse("size").value(), EngineAnswer::Kind::added, false, false, false});
  ReadOutcome outcome = ReadOutcome::found(test::resource("a"));
  outcome.judged(answer);
  const auto r = read(dir, std::string(header) + "\n" + recording_line("a", "p", outcome, {}) + "\n");
  REQUIRE_MESSAGE(r.ok(), r.error().to_string());
  const auto& back = r->reads.at("a").outcome.engine();
  REQUIRE(back);
  CHECK(back->changed);
  REQUIRE(back->properties.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    const EngineAnswer::Property &got = back->properties[i], &said = answer.properties[i];
    CHECK(got.path == said.path);
    CHECK(got.kind == said.kind);
    CHECK(got.of_inputs == said.of_inputs);
    CHECK(got.replaces == said.replaces);
    CHECK(got.whole == said.whole);
  }
}

TEST_CASE("the header has to be one that this version knows") {
  const test::TempDir dir;
  CHECK(read_recording(dir.path()).error().code() == Errc::not_found);
  CHECK(read(dir, "").error().code() == Errc::truncated);
  CHECK(read(dir, "{}\n").error().code() == Errc::unknown_format);
  CHECK(read(dir, "[1]\n").error().code() == Errc::unknown_format);
  CHECK(read(dir, "{\"libdrift_reads\":2}\n").error().code() == Errc::unsupported_version);
  CHECK(read(dir, "{\"libdrift_reads\":1.5}\n").error().code() == Errc::unsupported_version);
  CHECK(read(dir, header).error().code() == Errc::truncated);
  CHECK(read(dir, std::string(header) + "\n").ok());
}

TEST_CASE("a malformed line is an error with its number") {
  struct Case {
    const char* line;
    Errc code;
  };
  for (const Case& c : {
           Case{"", Errc::parse},
           Case{"{\"address\":", Errc::parse},
           Case{"{}", Errc::bad_structure},
           Case{"7", Errc::bad_structure},
           Case{R"({"address":"b","outcome":"lost"})", Errc::bad_structure},
           Case{R"({"address":"b","outcome":"found"})", Errc::bad_structure},
           Case{R"({"address":"b","outcome":"found","resource":[]})", Errc::bad_structure},
           Case{R"({"address":"b","outcome":"failed"})", Errc::bad_structure},
           Case{R"({"address":"b","outcome":"failed","error":{"code":"x","message":"m"}})", Errc::bad_structure},
           Case{R"({"address":"b","outcome":"failed","error":{"code":401}})", Errc::bad_structure},
           Case{R"({"address":"a","outcome":"absent"})", Errc::duplicate_address},
           Case{R"({"address":"b","outcome":"found","resource":{"address":"b","type":"t"},"unmarked":{}})", Errc::bad_structure},
           Case{R"({"address":"b","outcome":"found","resource":{"address":"b","type":"t"},"unmarked":[1]})", Errc::bad_structure},
           Case{R"({"address":"b","outcome":"found","resource":{"address":"b","type":"t"},"unmarked":["a["]})", Errc::bad_structure},
       }) {
    CAPTURE(c.line);
    const Error e = error_of(c.line);
    if (c.code == Errc::parse)
      CHECK(static_cast<int>(e.code()) / 100 == 2);
    else
      CHECK(e.code() == c.code);
    REQUIRE(e.where().has_value());
    CHECK(e.where()->line == 3);
    CHECK_FALSE(e.next_step().empty());
  }
  CHECK(error_of(R"({"address":"b","outcome":"absent","x":1,"x":2})").code() == Errc::duplicate_key);
  CHECK(error_of(R"({"address":"b","outcome":"absent","x":1,"x":2})").where()->column > 10);
}

TEST_CASE("errors of codes that a later version may have keep their number") {
  const test::TempDir dir;
  const auto r = read(dir, std::string(header) + "\n" + R"({"address":"b","outcome":"failed","error":{"code":499,"message":"m"}})" + "\n");
  REQUIRE(r.ok());
  CHECK(static_cast<int>(r->reads.at("b").outcome.error().code()) == 499);
}

TEST_CASE("an id that is itself secret is left out") {
  Resource r = test::resource("a", "local_sensitive_file");
  r.id = "0123456789abcdef";
  r.attributes.edit_object().set("id", Value(r.id).mark(Secret::plain));
  CHECK(holds_plain_secret(r));
  const std::string line = recording_line("a", "file", ReadOutcome::found(r), SecretKey(std::string(32, 'k')));
  CHECK(line.find(r.id) == std::string::npos);
}

TEST_CASE("what is sealed already needs no key") {
  Resource r = test::resource("a");
  CHECK_FALSE(holds_plain_secret(r));
  r.attributes.edit_object().set("x", Value("hmac-sha256:0:1").mark(Secret::digest));
  CHECK_FALSE(holds_plain_secret(r));
  r.inputs = Value(Object({{"list", Value(Value::List{Value("s").mark(Secret::plain)})}}));
  CHECK(holds_plain_secret(r));
}
