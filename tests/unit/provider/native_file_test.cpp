#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "provider/file_types.hpp"
#include "unit/provider/fakes.hpp"
#include "unit/provider/file_faults.hpp"

using namespace drift;
using namespace drift::provider_internal;

namespace {

constexpr char abc_sha256[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

Resource file(const std::string& path, std::vector<Object::Member> members = {}) {
  Resource r = test::resource("app.conf", "file");
  members.emplace_back("path", path);
  r.attributes = Object(std::move(members));
  return r;
}

ReadOutcome read(const Resource& known, const FileSystem& fs = real_file_system()) {
  const std::string root;
  const OpContext ctx;
  FileReads in{fs, root, ctx};
  return read_native_file(in, known);
}

std::string json_of(const ReadOutcome& o, std::string_view member) {
  const Value* v = o.resource().attributes.find(member);
  if (v == nullptr) return "(none)";
  return v->is_number() ? v->as_number().text() : v->is_string() ? v->as_string() : "(other)";
}

}  // namespace

TEST_CASE("only what is recorded is read back, and the same file gives back the same") {
  const test::TempDir dir;
  dir.write("f", "abc");
  ::chmod((dir / "f").c_str(), 0640);
  const Resource bare = file(dir / "f");
  CHECK(read(bare).resource().attributes == bare.attributes);
  const std::string uid = std::to_string(::geteuid()), gid = std::to_string(::getegid());
  const Resource full =
      file(dir / "f", {{"kind", "file"}, {"sha256", abc_sha256}, {"size", 3}, {"mode", "0640"}, {"owner", uid}, {"group", gid}});
  CHECK(read(full).resource().attributes == full.attributes);
  const Resource other_forms = file(dir / "f", {{"sha256", "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"},
                                                {"mode", "640"},
                                                {"owner", Value(std::uint64_t{::geteuid()})},
                                                {"target", Value()}});
  CHECK(read(other_forms).resource().attributes == other_forms.attributes);
}

TEST_CASE("what differs is read back in the form that is recorded") {
  const test::TempDir dir;
  dir.write("f", "abc");
  ::chmod((dir / "f").c_str(), 0600);
  const ReadOutcome o =
      read(file(dir / "f",
                {{"sha256", std::string(64, '0')}, {"size", 7}, {"mode", "0640"}, {"owner", "nobody-like-that"}, {"group", "3999999999"}}));
  REQUIRE(o.is_found());
  CHECK(json_of(o, "sha256") == abc_sha256);
  CHECK(json_of(o, "size") == "3");
  CHECK(json_of(o, "mode") == "0600");
  const auto name = real_file_system().user_name(::geteuid());
  CHECK(json_of(o, "owner") == name.value_or(std::to_string(::geteuid())));
  CHECK(json_of(o, "group") == std::to_string(::getegid()));
}

TEST_CASE("directories and links are kinds of their own; a link is not followed") {
  const test::TempDir dir;
  dir.write("f", "abc");
  std::filesystem::create_symlink("f", dir / "link");
  CHECK(json_of(read(file(dir.path(), {{"kind", "directory"}})), "kind") == "directory");
  const ReadOutcome link = read(file(dir / "link", {{"kind", "symlink"}, {"target", "elsewhere"}}));
  CHECK(json_of(link, "kind") == "symlink");
  CHECK(json_of(link, "target") == "f");
  std::filesystem::create_symlink("nothing", dir / "dangling");
  CHECK(json_of(read(file(dir / "dangling", {{"target", "nothing"}})), "target") == "nothing");
}

TEST_CASE("another kind in its place is a change, also where no kind is recorded") {
  const test::TempDir dir;
  dir.write("f", "abc");
  std::filesystem::create_symlink("f", dir / "link");
  const ReadOutcome was_file = read(file(dir / "link", {{"sha256", abc_sha256}, {"size", 3}}));
  CHECK(json_of(was_file, "kind") == "symlink");
  CHECK(json_of(was_file, "sha256") == "(none)");
  CHECK(json_of(was_file, "size") == "(none)");
  const ReadOutcome was_link = read(file(dir / "f", {{"target", "f"}}));
  CHECK(json_of(was_link, "kind") == "file");
  CHECK(json_of(was_link, "target") == "(none)");
  REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
  CHECK(json_of(read(file(dir / "fifo", {{"kind", "file"}})), "kind") == "special");
}

TEST_CASE("absent, failed and secret") {
  const test::TempDir dir;
  dir.write("f", "abc");
  CHECK(read(file(dir / "none")).is_absent());
  CHECK(read(file(dir / "f/below")).is_absent());
  CHECK(read(file("")).error().code() == Errc::bad_structure);
  test::FaultyFileSystem fs;
  fs.stat_error = EACCES;
  CHECK(read(file(dir / "f"), fs).error().code() == Errc::permission);
  fs.stat_error = 0;
  fs.open_error = EACCES;
  CHECK(read(file(dir / "f"), fs).is_found());  // nothing recorded needs the content
  CHECK(read(file(dir / "f", {{"sha256", abc_sha256}}), fs).error().code() == Errc::permission);
  const ReadOutcome o = read(file(dir / "f", {{"sha256", Value(std::string(64, '0')).mark(Secret::plain)}}));
  CHECK(o.resource().attributes.find("sha256")->secret() == Secret::plain);
}
