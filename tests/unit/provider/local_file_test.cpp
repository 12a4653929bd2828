#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "drift/state/snapshot_file.hpp"
#include "provider/file_types.hpp"
#include "unit/provider/fakes.hpp"
#include "unit/provider/file_faults.hpp"

using namespace drift;
using namespace drift::provider_internal;

namespace {

constexpr std::string_view hashes[] = {
    "content_md5", "content_sha1", "content_sha256", "content_base64sha256", "content_sha512", "content_base64sha512", "id"};

// What hashicorp/local writes into the state for `content`.
Resource local_file(const std::string& path, std::string_view content, std::string_view member = "content") {
  using third::Hasher;
  Resource r = test::resource("local_file.x", "local_file");
  Object& a = r.attributes.edit_object();
  a.set("filename", path);
  for (const char* m : {"content", "content_base64", "sensitive_content", "source"}) a.set(m, Value());
  if (member == "content_base64")
    a.set(member, third::base64(content));
  else if (member == "source")
    a.set(member, "files/source");
  else
    a.set(member, content);
  const auto put = [&](std::string_view hex, std::string_view base64, Hasher::Algo algo) {
    const std::string raw = third::digest(algo, content);
    a.set(hex, third::hex(raw));
    if (!base64.empty()) a.set(base64, third::base64(raw));
  };
  put("content_md5", "", Hasher::md5);
  put("content_sha1", "", Hasher::sha1);
  put("id", "", Hasher::sha1);
  put("content_sha256", "content_base64sha256", Hasher::sha256);
  put("content_sha512", "content_base64sha512", Hasher::sha512);
  a.set("file_permission", "0644");
  a.set("directory_permission", "0777");
  r.id = a.find("id")->as_string();
  return r;
}

ReadOutcome read(const Resource& known, const FileSystem& fs = real_file_system(), const std::string& root = "") {
  static const Schema plain = local_file_schema(false), sensitive = local_file_schema(true);
  const OpContext ctx;
  FileReads in{fs, root, ctx};
  return read_local_file(in, known, known.type == "local_sensitive_file" ? sensitive : plain);
}

std::string attribute(const ReadOutcome& o, std::string_view member) { return std::string(o.resource().attributes.string_or(member)); }

// Members whose values differ.
std::vector<std::string> differences(const Resource& a, const Resource& b) {
  std::vector<std::string> out;
  for (const auto& [m, v] : a.attributes.as_object())
    if (const Value* w = b.attributes.find(m); w == nullptr || Value(v).mark(Secret::none) != Value(*w).mark(Secret::none))
      out.push_back(m);
  for (const auto& [m, v] : b.attributes.as_object())
    if (a.attributes.find(m) == nullptr) out.push_back(m);
  return out;
}

struct File {
  test::TempDir dir;
  std::string path;
  explicit File(std::string_view content, mode_t mode = 0644) : path(dir.write("f", content)) { ::chmod(path.c_str(), mode); }
};

}  // namespace

TEST_CASE("a file as recorded gives back exactly what was recorded") {
  for (const char* member : {"content", "content_base64", "sensitive_content", "source"}) {
    for (const char* content : {"hello\n", "", "\xff\xfe bytes"}) {
      const File f(content);
      const Resource known = local_file(f.path, content, member);
      const ReadOutcome o = read(known);
      REQUIRE(o.is_found());
      CHECK(differences(known, o.resource()).empty());
      CHECK(o.resource().id == known.id);
    }
  }
}

TEST_CASE("changed content is reported in the member that the state uses, with all hashes") {
  const File f("new text\n");
  const Resource after = local_file(f.path, "new text\n");
  for (const std::string member : {"content", "content_base64", "sensitive_content"}) {
    const Resource known = local_file(f.path, "old", member);
    const ReadOutcome o = read(known);
    REQUIRE(o.is_found());
    CHECK(attribute(o, member) == (member == "content_base64" ? third::base64("new text\n") : "new text\n"));
    for (const std::string_view h : hashes) CHECK(attribute(o, h) == after.attributes.string_or(h));
    CHECK(differences(known, o.resource()).size() == 8);
    CHECK(o.resource().id == known.id);
  }
  CHECK(read(local_file(f.path, "old", "sensitive_content")).resource().attributes.find("sensitive_content")->secret() == Secret::plain);
}

TEST_CASE("a file made from `source` shows its new content, though the state never held the old one") {
  const File text("new text\n"), binary("\xff\x01");
  ReadOutcome o = read(local_file(text.path, "old", "source"));
  CHECK(attribute(o, "content") == "new text\n");
  CHECK(attribute(o, "source") == "files/source");
  o = read(local_file(binary.path, "old", "source"));
  CHECK(o.resource().attributes.find("content")->is_null());
  CHECK(attribute(o, "content_base64") == third::base64("\xff\x01"));
}

TEST_CASE("content that is no UTF-8 keeps its bytes") {
  const File f("a\xff\xfe b");
  CHECK(attribute(read(local_file(f.path, "old")), "content") == "a\xff\xfe b");
}

TEST_CASE("content too large to hold is still a change, told by size and hash") {
  const test::TempDir dir;
  const std::string large((std::size_t{16} << 20) + 1, 'x');
  const std::string path = dir.write("large", large);
  const ReadOutcome o = read(local_file(path, "old"));
  REQUIRE(o.is_found());
  const Value& content = *o.resource().attributes.find("content");
  REQUIRE(content.is_object());
  CHECK(content.find("bytes")->as_number() == Number(std::uint64_t{large.size()}));
  CHECK(content.string_or("sha256") == attribute(o, "content_sha256"));
}

TEST_CASE("states of before the hash attributes are compared by content, or by the id") {
  const File f("hello\n");
  for (const std::string member : {"content", "content_base64", "source"}) {
    Resource known = local_file(f.path, "hello\n", member);
    for (const std::string_view h : hashes)
      if (h != "id") known.attributes.edit_object().erase(h);
    ReadOutcome o = read(known);
    CHECK(differences(known, o.resource()).empty());
    known.attributes.edit_object().set("id", std::string(40, '0'));
    if (member != "source") known.attributes.edit_object().set(member, member == "content" ? "old" : third::base64("old"));
    o = read(known);
    CHECK(differences(known, o.resource()) == std::vector<std::string>{member == "content_base64" ? "content_base64" : "content", "id"});
    CHECK(o.resource().attributes.find("content_md5") == nullptr);
  }
}

TEST_CASE("unknown values of a plan and digests of a baseline are filled in") {
  const File f("hello\n");
  const Resource full = local_file(f.path, "hello\n");
  Resource planned = full;
  for (const std::string_view h : hashes) planned.attributes.edit_object().set(h, Value::unknown());
  CHECK(differences(full, read(planned).resource()).empty());

  Resource accepted = full;
  accepted.type = "local_sensitive_file";
  for (const std::string_view h : hashes) accepted.attributes.edit_object().set(h, Value("hmac-sha256:0:1").mark(Secret::digest));
  accepted.attributes.edit_object().set("content", Value("hmac-sha256:0:2").mark(Secret::digest));
  const ReadOutcome o = read(accepted);
  CHECK(differences(full, o.resource()).empty());
  CHECK(o.resource().attributes.find("content")->secret() == Secret::plain);
}

TEST_CASE("file_permission is what was asked for before the umask") {
  struct Case {
    const char* asked;
    mode_t mode;
    const char* actual;
  };
  const Case cases[] = {
      {"0644", 0644, "0644"},  // as asked
      {"0644", 0600, "0644"},  // umask 077
      {"0777", 0755, "0777"},  // the default under umask 022
      {"0777", 0644, "0777"},  // the default, over a file that was there before
      {"777", 0755, "777"},    // three digits
      {"0644", 0666, "0666"},  // opened to all
      {"0644", 0444, "0444"},  // no umask takes the owner's write bit
      {"0600", 0640, "0640"}, {"0755", 0644, "0644"}, {"0777", 04755, "4755"}, {"rw-r--r--", 0644, "0644"},
  };
  for (const Case& c : cases) {
    const File f("x", c.mode);
    Resource known = local_file(f.path, "x");
    known.attributes.edit_object().set("file_permission", c.asked);
    CAPTURE(c.asked);
    CAPTURE(c.mode);
    CHECK(attribute(read(known), "file_permission") == c.actual);
  }
  const File f("x", 0600);
  Resource known = local_file(f.path, "x");
  known.type = "local_sensitive_file";
  known.attributes.edit_object().set("file_permission", "0700");
  CHECK(attribute(read(known), "file_permission") == "0700");
  known.attributes.edit_object().set("file_permission", Value());
  CHECK(read(known).resource().attributes.find("file_permission")->is_null());
}

TEST_CASE("a file that is not there is absent") {
  const test::TempDir dir;
  CHECK(read(local_file(dir / "none", "x")).is_absent());
  CHECK(read(local_file(dir / "no/folder/either", "x")).is_absent());
  dir.write("f", "x");
  CHECK(read(local_file(dir / "f/below", "x")).is_absent());
}

TEST_CASE("what cannot be read is failed, never absent") {
  const test::TempDir dir;
  const auto code = [](const ReadOutcome& o) {
    REQUIRE(o.is_failed());
    return o.error().code();
  };
  CHECK(code(read(local_file(dir.path(), "x"))) == Errc::read_failed);
  REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
  CHECK(code(read(local_file(dir / "fifo", "x"))) == Errc::read_failed);
  std::filesystem::create_symlink("nothing", dir / "dangling");
  CHECK(code(read(local_file(dir / "dangling", "x"))) == Errc::read_failed);
  std::filesystem::create_symlink("loop", dir / "loop");
  CHECK(code(read(local_file(dir / "loop", "x"))) == Errc::io);
  CHECK(code(read(local_file("", "x"))) == Errc::bad_structure);
  CHECK(code(read(local_file(dir / std::string(300, 'n'), "x"))) == Errc::io);
  dir.write("f", "x");
  test::FaultyFileSystem fs;
  fs.open_error = EACCES;
  CHECK(code(read(local_file(dir / "f", "x"), fs)) == Errc::permission);
  if (::geteuid() != 0) {
    ::chmod((dir / "f").c_str(), 0);
    CHECK(code(read(local_file(dir / "f", "x"))) == Errc::permission);
  }
}

TEST_CASE("links are followed, as Terraform's provider does") {
  const test::TempDir dir;
  dir.write("f", "x");
  ::chmod((dir / "f").c_str(), 0644);
  std::filesystem::create_symlink("f", dir / "link");
  const Resource same = local_file(dir / "link", "x");
  CHECK(differences(same, read(same).resource()).empty());
  CHECK(attribute(read(local_file(dir / "link", "old")), "content") == "x");
}

TEST_CASE("of a sensitive file content and hashes are secret, what is unused is not") {
  const File f("s3cret", 0700);
  for (const char* before : {"s3cret", "old"}) {
    Resource known = local_file(f.path, before);
    known.type = "local_sensitive_file";
    known.attributes.edit_object().set("content_base64", Value().mark(Secret::plain));
    const ReadOutcome o = read(known);
    REQUIRE(o.is_found());
    CHECK(o.resource().attributes.find("content")->secret() == Secret::plain);
    for (const std::string_view h : hashes) CHECK(o.resource().attributes.find(h)->secret() == Secret::plain);
    CHECK_FALSE(o.resource().attributes.find("filename")->is_secret());
    CHECK_FALSE(o.resource().attributes.find("content_base64")->is_secret());
  }
}

TEST_CASE("the schema says what follows from the content and what is secret") {
  const Schema plain = local_file_schema(false), sensitive = local_file_schema(true);
  for (const std::string_view h : hashes) {
    const SchemaFacts facts = plain.at(*Path::parse(h));
    CHECK(facts.derived);
    CHECK(facts.computed);
    CHECK_FALSE(facts.sensitive);
    CHECK(sensitive.at(*Path::parse(h)).sensitive);
  }
  CHECK_FALSE(plain.at(*Path::parse("content")).derived);
  CHECK_FALSE(plain.at(*Path::parse("content")).sensitive);
  CHECK(plain.at(*Path::parse("sensitive_content")).sensitive);
  CHECK(sensitive.at(*Path::parse("content")).sensitive);
  CHECK(sensitive.at(*Path::parse("content_base64")).sensitive);
}

TEST_CASE("content that is not UTF-8 is told apart byte by byte, and a baseline keeps it") {
  const std::string one = std::string("\xff\xfe\0bin", 6), other = std::string("\xfe\xff\0bin", 6);
  const auto actual_of = [](const std::string& content) {
    const File f(content);
    Resource known = local_file(f.path, "text");
    ReadOutcome o = read(known);
    REQUIRE(o.is_found());
    Value v = *o.resource().attributes.find("content");
    CHECK(v == Value(content));
    Result<Resource> kept = parse_resource_line(format_resource_line(o.resource(), {}));
    REQUIRE(kept.ok());
    CHECK(*kept->attributes.find("content") == v);
    return v;
  };
  CHECK_FALSE(actual_of(one) == actual_of(other));
  CHECK_FALSE(actual_of(one) == actual_of("\xEF\xBF\xBD\xEF\xBF\xBD"));  // U+FFFD itself is text
}
