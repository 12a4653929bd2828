#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "drift/model/json.hpp"
#include "drift/state/snapshot_file.hpp"

using namespace drift;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view kCanary = "canary-7f3a9c";

class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (fs::temp_directory_path() / "drift-snapshot-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TempFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
  }

 private:
  fs::path path_;
};

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

mode_t mode_of(const std::string& path) {
  struct stat st {};
  REQUIRE(::lstat(path.c_str(), &st) == 0);
  return st.st_mode & 07777;
}

Resource secretive() {
  Resource r;
  r.address = "t.a";
  r.type = "t";
  Object attributes;
  attributes.set("plain", Value(kCanary).mark(Secret::plain));
  Object below;
  below.set("deep", Value(kCanary).mark(Secret::plain));
  Value::List list{Value(1), Value(std::move(below))};
  attributes.set("list", Value(std::move(list)));
  Object whole;
  whole.set("user", Value("u"));
  whole.set("password", Value(kCanary));
  attributes.set("whole", Value(std::move(whole)).mark(Secret::plain));
  r.attributes = Value(std::move(attributes));
  Object inputs;
  inputs.set("plain", Value(kCanary).mark(Secret::plain));
  r.inputs = Value(std::move(inputs));
  Object identity;
  identity.set("token", Value(kCanary).mark(Secret::plain));
  r.identity = Value(std::move(identity));
  r.private_data = kCanary;
  r.init_errors = {std::string(kCanary)};
  return r;
}

}  // namespace

TEST_CASE("snapshot writer: a plain secret appears in no line, with a key or without") {
  auto key = SecretKey::random();
  REQUIRE(key.ok());
  for (const SecretKey& k : {SecretKey(), *key}) {
    const std::string text = format_snapshot({Side::baseline, "2026-01-02T03:04:05Z"}, {secretive()}, k);
    CHECK(text.find(kCanary) == std::string::npos);
    CHECK(text.find("\"digest\"") != std::string::npos);
  }
}

TEST_CASE("snapshot writer: an id that is a secret attribute is left out") {
  for (const bool whole : {false, true}) {
    Resource r;
    r.address = "t.a";
    r.id = kCanary;
    r.attributes = *parse_json(R"({"id":"canary-7f3a9c"})");
    if (whole)
      r.attributes.mark(Secret::plain);
    else
      r.attributes.edit_object().find("id")->mark(Secret::plain);
    CHECK(format_resource_line(r, SecretKey()).find(kCanary) == std::string::npos);
  }
}

TEST_CASE("snapshot writer: one header, then one resource a line, only with what is set") {
  Resource r;
  r.address = "a.b";
  r.attributes = Value(Object());
  const std::string text = format_snapshot({Side::baseline, "2026-01-02T03:04:05Z"}, {r}, SecretKey());
  CHECK(text ==
        "{\"libdrift_snapshot\":1,\"side\":\"baseline\",\"created\":\"2026-01-02T03:04:05Z\"}\n"
        "{\"address\":\"a.b\",\"attributes\":{}}\n");
  auto key = SecretKey::random();
  REQUIRE(key.ok());
  CHECK(format_snapshot({}, {}, *key) == "{\"libdrift_snapshot\":1,\"side\":\"recorded\",\"key_id\":\"" + key->id() + "\"}\n");
}

TEST_CASE("snapshot writer: numbers keep their digits, and a line is one line") {
  Resource r;
  r.address = "a\nb";
  auto attributes = parse_json(R"({"n":18446744073709551617,"s":"x\ny"})");
  REQUIRE(attributes.ok());
  r.attributes = *attributes;
  const std::string line = format_resource_line(r, SecretKey());
  CHECK(line.find('\n') == std::string::npos);
  CHECK(line.find("18446744073709551617") != std::string::npos);
}

TEST_CASE("snapshot writer: a file is replaced as a whole and nothing is left beside it") {
  TempFolder folder;
  const std::string path = folder.file("base.jsonl");
  REQUIRE(write_file_atomically(path, "one").ok());
  CHECK(content(path) == "one");
  REQUIRE(write_file_atomically(path, "two", true).ok());
  CHECK(content(path) == "two");
  CHECK(mode_of(path) == 0600);
  CHECK(folder.files() == 1);
}

TEST_CASE("snapshot writer: a symlink is replaced, what it points to stays") {
  TempFolder folder;
  REQUIRE(write_file_atomically(folder.file("target"), "kept").ok());
  fs::create_symlink(folder.file("target"), folder.file("link"));
  REQUIRE(write_file_atomically(folder.file("link"), "new").ok());
  CHECK(content(folder.file("target")) == "kept");
  CHECK(content(folder.file("link")) == "new");
  CHECK_FALSE(fs::is_symlink(folder.file("link")));
}

TEST_CASE("snapshot writer: a failure names the file and leaves nothing behind") {
  TempFolder folder;
  const Status missing = write_file_atomically(folder.file("no/such/folder/x"), "x");
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().code() == Errc::not_found);
  CHECK(missing.error().subject() == folder.file("no/such/folder/x"));
  CHECK_FALSE(missing.error().next_step().empty());
  fs::create_directory(folder.file("taken"));
  CHECK_FALSE(write_file_atomically(folder.file("taken"), "x").ok());
  CHECK(folder.files() == 1);
}
