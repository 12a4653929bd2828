#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "drift/state/reader.hpp"

using namespace drift;

namespace {

Result<Document> read(std::string_view text, const ReadOptions& options = {}) {
  return read_document(ByteSource::borrow(text, "doc"), options);
}

std::string format_of(std::string_view text) {
  auto d = read(text);
  return d ? d->format : std::string(d.error().name());
}

Error fault_of(std::string_view text, const ReadOptions& options = {}) {
  auto d = read(text, options);
  REQUIRE_FALSE(d.ok());
  CHECK(d.error().subject() == "doc");
  return d.error();
}

}  // namespace

TEST_CASE("formats are told apart by content, in any order of members") {
  CHECK(format_of(R"({"version":4,"terraform_version":"1.0.0","serial":1,"lineage":"x","resources":[]})") == "terraform-state-v4");
  CHECK(format_of(R"({"resources":[],"outputs":{},"lineage":"x","version":4})") == "terraform-state-v4");
  CHECK(format_of(R"({"version":4,"resources":[]})") == "terraform-state-v4");
  CHECK(format_of("\xEF\xBB\xBF{\"version\":4,\"serial\":1,\"resources\":null}") == "terraform-state-v4");
  CHECK(format_of(R"({"modules":[{"path":["root"],"resources":{}}],"serial":1,"version":3})") == "terraform-state-v3");
  CHECK(format_of(R"({"format_version":"1.0","terraform_version":"1.0.0","values":{"root_module":{}}})") == "terraform-show-state");
  CHECK(format_of(R"({"format_version":"1.2","terraform_version":"1.9.0","planned_values":{"root_module":{}}})") == "terraform-plan");
}

TEST_CASE("what is no known document is refused with what was tried") {
  for (const char* text : {"[]", "1", "\"x\"", "null", "{}", R"({"a":1})", "apiVersion: v1\nkind: Pod\n", "<xml/>", R"({"version":4})",
                           R"({"version":"4","resources":[]})"}) {
    CAPTURE(text);
    const Error e = fault_of(text);
    CHECK(e.code() == Errc::unknown_format);
    CHECK(e.message().find("Pulumi") != std::string::npos);
    CHECK_FALSE(e.next_step().empty());
  }
}

TEST_CASE("other output of Terraform with a format version is no state") {
  CHECK(format_of(R"({"format_version":"1.0"})") == "terraform-show-state");
  CHECK(format_of(R"({"format_version":"1.0","terraform_version":"1.9.0","checks":[]})") == "terraform-show-state");
  for (const char* text : {R"({"format_version":"1.0","valid":true,"diagnostics":[]})", R"({"format_version":"1.0","provider_schemas":{}})",
                           R"({"provider_schemas":{},"format_version":"1.0"})"})
    CHECK(fault_of(text).code() == Errc::unknown_format);
}

TEST_CASE("an empty document says so") {
  for (const char* text : {"", "  \n"}) CHECK(fault_of(text).code() == Errc::truncated);
  CHECK(fault_of("").message() == "the document was empty");
}

TEST_CASE("states of unknown versions and encrypted ones are refused as such") {
  for (const char* text : {R"({"version":5,"terraform_version":"2.0.0"})", R"({"version":1,"serial":3})", R"({"serial":3,"version":2})"}) {
    CHECK(fault_of(text).code() == Errc::unsupported_version);
  }
  const Error e = fault_of(
      R"({"serial":1,"lineage":"x","meta":{"key_provider.pbkdf2.k":"SECRET"},"encrypted_data":"SECRET","encryption_version":"v0"})");
  CHECK(e.code() == Errc::encrypted_state);
  CHECK(e.next_step().find("tofu state pull") != std::string::npos);
  CHECK(e.to_string().find("SECRET") == std::string::npos);
  CHECK(e.where()->byte == 68);
  // Also where the version was enough to tell the format.
  CHECK(fault_of(R"({"version":4,"terraform_version":"1.7","meta":{},"encrypted_data":"SECRET"})").code() == Errc::encrypted_state);
  const Error version = fault_of("{\"serial\":3,\n\"version\":2}");
  REQUIRE(version.where());
  CHECK(version.where()->line == 2);
  CHECK(version.where()->column == 1);
}

TEST_CASE("checkpoints from before Pulumi wrote versions are refused as such") {
  for (const char* text : {R"({"stack":"dev","latest":{"manifest":{},"resources":[]}})", R"({"manifest":{},"resources":[]})"}) {
    const Error e = fault_of(text);
    CHECK(e.code() == Errc::unsupported_version);
    CHECK(e.message().find("not supported") != std::string::npos);
    CHECK_FALSE(e.next_step().empty());
  }
}

TEST_CASE("errors while telling the format are errors of the document") {
  CHECK(fault_of(R"({"version":4,)").code() == Errc::truncated);
  CHECK(fault_of(R"({"x":1,"x":2})").code() == Errc::duplicate_key);
  CHECK(fault_of(R"({"x" 1})").code() == Errc::parse);
  CHECK(fault_of("{\"\xC0\x80\":1}").code() == Errc::bad_utf8);
  for (const char* text : {R"({"version":4,)", R"({"x":1,"x":2})", R"({"x" 1})", R"({"\ud800":1})",
                           R"({"version":4,"serial":1,"resources":[]} x)", R"({"version":4,"serial":1,"resources":17})"})
    CHECK_FALSE(fault_of(text).next_step().empty());
}

TEST_CASE("a million brackets deep is an error, wherever they are") {
  const std::string deep(1'000'000, '[');
  const std::string deep_objects = [] {
    std::string s;
    for (int i = 0; i < 200'000; ++i) s += "{\"a\":";
    return s;
  }();
  for (const std::string& nested : {deep, deep_objects}) {
    for (const std::string& text :
         {"{\"version\":4,\"serial\":1,\"outputs\":" + nested, "{\"version\":4,\"serial\":1,\"resources\":[{\"a\":" + nested,
          R"({"version":4,"serial":1,"resources":[{"mode":"managed","type":"t","name":"n","instances":[{"attributes":{"a":)" + nested,
          "{\"unknown\":" + nested}) {
      CHECK(fault_of(text).code() == Errc::depth_limit);
    }
  }
  CHECK(fault_of(deep).code() == Errc::unknown_format);
}

TEST_CASE("integers on both sides of 2^64 stay apart") {
  const auto fingerprint_with = [](const std::string& number) {
    const std::string text =  // outlives the document, which borrows it
        R"({"version":4,"serial":1,"resources":[{"mode":"managed","type":"t","name":"n","instances":[{"attributes":{"n":)" + number +
        "}}]}]}";
    auto d = read(text);
    REQUIRE(d.ok());
    auto r = d->main().load(0);
    REQUIRE(r.ok());
    CHECK(r->attributes.find("n")->as_number().text() == number);
    return d->main().entry(0).canonical.hex();
  };
  std::vector<std::string> seen;
  for (const char* n : {"9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616",
                        "18446744073709551617", "-9223372036854775808", "-9223372036854775809", "123456789012345678901234567890",
                        "123456789012345678901234567891", "9007199254740993", "9007199254740992", "0.1", "0.10000000000000001"}) {
    const std::string f = fingerprint_with(n);
    CHECK(std::find(seen.begin(), seen.end(), f) == seen.end());
    seen.push_back(f);
  }
  CHECK(fingerprint_with("18446744073709551616.0") == fingerprint_with("18446744073709551616"));
}

TEST_CASE("a string of 200 MB is refused by the limits without being held several times") {
  std::string text = R"({"version":4,"serial":1,"resources":[{"mode":"managed","type":"t","name":"n","instances":[{"attributes":{"a":")";
  const std::string tail = "\"}}]}]}";
  text.reserve(text.size() + tail.size() + 200'000'000);
  text.append(200'000'000, 'x');
  text += tail;
  struct rusage before {};
  ::getrusage(RUSAGE_SELF, &before);
  CHECK(fault_of(text).code() == Errc::byte_limit);
  struct rusage after {};
  ::getrusage(RUSAGE_SELF, &after);
  CHECK(after.ru_maxrss - before.ru_maxrss < 150 * 1024);  // KiB; the limit for a span is 64 MiB, and its buffer grows by doubling

  ReadOptions options;
  options.limits.max_bytes = 1'000'000;
  CHECK(fault_of(text, options).code() == Errc::byte_limit);
  // The same where the format is told by members that come later, and in a member that nobody knows.
  const std::string late = "{\"x\":\"" + std::string(70'000'000, 'y') + "\",\"version\":4,\"serial\":1}";
  CHECK(fault_of(late).code() == Errc::byte_limit);
}

TEST_CASE("a file is read as it is each time; what was read before stays what it was") {
  std::string path = (std::filesystem::temp_directory_path() / "drift-again-XXXXXX").string();
  const int fd = ::mkstemp(path.data());
  REQUIRE(fd >= 0);
  ::close(fd);
  const auto write = [&](const std::string& n) {
    const std::string next = path + ".next";
    std::ofstream(next)
        << R"({"version":4,"serial":1,"resources":[{"mode":"managed","type":"t","name":"n","instances":[{"attributes":{"n":)" + n +
               "}}]}]}";
    std::filesystem::rename(next, path);
  };
  const ByteSource source = ByteSource::file(path);
  write("1");
  const auto before = read_document(source);
  write("2");
  const auto after = read_document(source);
  REQUIRE(before.ok());
  REQUIRE(after.ok());
  CHECK(before->main().load(0)->attributes.find("n")->as_number().text() == "1");
  CHECK(after->main().load(0)->attributes.find("n")->as_number().text() == "2");
  std::filesystem::remove(path);
}
