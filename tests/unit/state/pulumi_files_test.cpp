#include "state/pulumi_files.hpp"

#include <doctest/doctest.h>

#include <chrono>

#include "third/digest.hpp"
#include "unit/state/reading.hpp"
#include "unit/state/stacks.hpp"

using namespace drift;
using namespace drift::state_internal;
namespace fs = std::filesystem;

namespace {

Result<PulumiFiles::Found> find(const stacks::TempDir& dir, const std::string& project, const std::string& stack) {
  const auto files = PulumiFiles::open(dir.path.string());
  if (!files) return files.error();
  return files->find(project, stack, {});
}

std::string found(const stacks::TempDir& dir, const std::string& project, const std::string& stack) {
  const auto f = find(dir, project, stack);
  if (!f) return "E " + f.error().next_step();
  return fs::relative(f->path, dir.path / ".pulumi/stacks").string();
}

// `later` seconds behind the others.
void age(const std::string& path, int later) { fs::last_write_time(path, fs::file_time_type::clock::now() + std::chrono::seconds(later)); }

}  // namespace

TEST_CASE("pulumi files: version 1 has a folder for each project") {
  const stacks::TempDir dir;
  dir.file(".pulumi/meta.yaml", "version: 1\n");
  dir.file(".pulumi/stacks/shop/dev.json", "{}");
  dir.file(".pulumi/stacks/shop/prod.v2.json", "{}");
  dir.file(".pulumi/stacks/shop/prod.json.gz", "x");
  dir.file(".pulumi/stacks/other/dev.json.zst", "x");
  dir.file(".pulumi/stacks/shop/dev.json.bak", "{}");
  dir.file(".pulumi/stacks/shop/dev.json.attrs", "{}");
  dir.file(".pulumi/stacks/shop/dev.pulumi-tags", "{}");
  const auto files = PulumiFiles::open(dir.path.string());
  REQUIRE(files.ok());
  CHECK(files->has_projects());
  CHECK(files->stacks().value() == std::vector<std::string>{"other/dev", "shop/dev", "shop/prod", "shop/prod.v2"});
  CHECK(found(dir, "shop", "dev") == "shop/dev.json");
  CHECK(found(dir, "shop", "prod") == "shop/prod.json.gz");
  CHECK(found(dir, "shop", "prod.v2") == "shop/prod.v2.json");
  CHECK(found(dir, "other", "dev") == "other/dev.json.zst");
}

TEST_CASE("pulumi files: version 0, said or seen, has the stacks side by side") {
  for (const bool said : {false, true}) {
    CAPTURE(said);
    const stacks::TempDir dir;
    if (said) dir.file(".pulumi/meta.yaml", "version: 0\n");
    dir.file(".pulumi/stacks/dev.json", "{}");
    const auto files = PulumiFiles::open(dir.path.string());
    REQUIRE(files.ok());
    CHECK_FALSE(files->has_projects());
    CHECK(files->stacks().value() == std::vector<std::string>{"dev"});
    CHECK(found(dir, "", "dev") == "dev.json");
  }
  const stacks::TempDir empty;
  CHECK(PulumiFiles::open(empty.path.string())->has_projects());
  const stacks::TempDir backup;
  backup.file(".pulumi/stacks/dev.json.bak", "{}");
  CHECK(PulumiFiles::open(backup.path.string())->has_projects());
}

TEST_CASE("pulumi files: of several forms of one stack the newest counts") {
  const stacks::TempDir dir;
  const std::string plain = dir.file(".pulumi/stacks/shop/dev.json", "{}");
  const std::string gzip = dir.file(".pulumi/stacks/shop/dev.json.gz", "{}");
  const std::string zstd = dir.file(".pulumi/stacks/shop/dev.json.zst", "{}");
  age(plain, -30);
  age(gzip, -20);
  age(zstd, -10);
  CHECK(found(dir, "shop", "dev") == "shop/dev.json.zst");
  age(gzip, -5);
  CHECK(found(dir, "shop", "dev") == "shop/dev.json.gz");
  age(plain, -1);
  CHECK(found(dir, "shop", "dev") == "shop/dev.json");
}

TEST_CASE("pulumi files: a stack that is not there: the nearest name, or the backup that is left") {
  const stacks::TempDir dir;
  dir.file(".pulumi/stacks/shop/dev.json", "{}");
  CHECK(find(dir, "shop", "dve").error().code() == Errc::not_found);
  CHECK(found(dir, "shop", "dve") == "E did you mean `shop/dev`?");
  CHECK(found(dir, "shop", "production").find("pulumi stack ls") != std::string::npos);
  dir.file(".pulumi/stacks/shop/gone.json.bak", "{}");
  CHECK(found(dir, "shop", "gone").find("gone.json.bak") != std::string::npos);
  CHECK(find(dir, "shop", "gone").error().code() == Errc::not_found);
}

TEST_CASE("pulumi files: a layout that is not known, or not said, is refused") {
  const stacks::TempDir dir;
  const std::pair<const char*, Errc> cases[] = {{"version: 2\n", Errc::unsupported_version},
                                                {"version: one\n", Errc::bad_structure},
                                                {"{}", Errc::bad_structure},
                                                {"", Errc::bad_structure},
                                                {"version: [", Errc::parse}};
  for (const auto& c : cases) {
    CAPTURE(c.first);
    dir.file(".pulumi/meta.yaml", c.first);
    const auto files = PulumiFiles::open(dir.path.string());
    REQUIRE_FALSE(files.ok());
    CHECK(files.error().code() == c.second);
    CHECK(files.error().subject() == dir.inside(".pulumi/meta.yaml"));
  }
  CHECK(PulumiFiles::open(dir.inside("gone")).error().code() == Errc::not_found);
  CHECK(PulumiFiles::open(dir.file("file", "")).error().code() == Errc::not_found);
}

TEST_CASE("pulumi files: an update that is under way, or that crashed, is noted") {
  const stacks::TempDir dir;
  dir.file(".pulumi/stacks/shop/dev.json", "{}");
  CHECK(find(dir, "shop", "dev")->notes.empty());
  dir.file(".pulumi/locks/organization/shop/dev/0f.json.attrs", "{}");
  dir.file(".pulumi/locks/organization/shop/other/0f.json", "{}");
  CHECK(find(dir, "shop", "dev")->notes.empty());
  dir.file(".pulumi/locks/organization/shop/dev/0f.json", R"({"pid":1,"username":"ann"})");
  dir.file(".pulumi/journal/shop/dev/1.json", "{}");
  const auto f = find(dir, "shop", "dev");
  REQUIRE(f->notes.size() == 2);
  CHECK(f->notes[0].code == "stack_locked");
  CHECK(f->notes[1].code == "stack_journal");
}

TEST_CASE("pulumi files: the checksum beside a stack's file") {
  const stacks::TempDir dir;
  const std::string text = "{\"version\":3}";
  const std::string md5 = third::base64(third::digest(third::Hasher::md5, text));
  dir.file(".pulumi/stacks/shop/dev.json", text);
  dir.file(".pulumi/stacks/shop/dev.json.attrs", R"({"user.content_type":"text/plain","user.metadata":null,"md5":")" + md5 + "\"}");
  CHECK(find(dir, "shop", "dev")->notes.empty());
  dir.file(".pulumi/stacks/shop/dev.json", text + " ");
  const auto edited = find(dir, "shop", "dev");
  REQUIRE(edited->notes.size() == 1);
  CHECK(edited->notes[0].code == "checksum_mismatch");
  for (const char* nothing : {"{}", "no json", "[]"}) {
    dir.file(".pulumi/stacks/shop/dev.json.attrs", nothing);
    CHECK(find(dir, "shop", "dev")->notes.empty());
  }
}

TEST_CASE("pulumi files: a name does not lead out of the back end") {
  const stacks::TempDir dir;
  dir.file("back/.pulumi/meta.yaml", "version: 1\n");
  dir.file("state/dev.json", "{}");
  dir.file("back/.pulumi/dev.json", "{}");
  const auto files = PulumiFiles::open(dir.inside("back"));
  REQUIRE(files.ok());
  CHECK(files->find("../../../state", "dev", {}).error().code() == Errc::invalid_argument);
  CHECK(files->find("..", "dev", {}).error().code() == Errc::invalid_argument);
  CHECK(files->find("shop", "../../dev", {}).error().code() == Errc::invalid_argument);
}

TEST_CASE("pulumi files: which names can be those of stacks") {
  for (const char* good : {"dev", "a.b-c_D9", "x"}) CHECK(is_stack_name(good));
  for (const char* bad : {"", ".", "..", "a/b", "a b", "a\\b", "\xc3\xbc", "a:b"}) CHECK_FALSE(is_stack_name(bad));
  CHECK(is_stack_name(std::string(100, 'x')));
  CHECK_FALSE(is_stack_name(std::string(101, 'x')));
}
