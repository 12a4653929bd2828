#include "provider/file_read.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cerrno>

#include "unit/provider/fakes.hpp"
#include "unit/provider/file_faults.hpp"

using namespace drift;
using namespace drift::provider_internal;

namespace {

constexpr char abc_sha256[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

Result<std::optional<FileContent>> read(const std::string& path, const ContentRequest& want = {}, const FileSystem& fs = real_file_system(),
                                        const OpContext& ctx = {}) {
  ReadBuffers buffers;
  return read_content(fs, path, want, buffers, ctx);
}

}  // namespace

TEST_CASE("the digests are those of the published vectors, over chunk borders as well") {
  const test::TempDir dir;
  dir.write("abc", "abc");
  const ContentRequest all{.follow = false, .all_hashes = true, .most_bytes = 100};
  const auto c = read(dir / "abc", all);
  REQUIRE(c.ok());
  CHECK(third::hex((*c)->sha256) == abc_sha256);
  CHECK(third::hex((*c)->md5) == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(third::hex((*c)->sha1) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(third::hex((*c)->sha512).substr(0, 16) == "ddaf35a193617aba");
  CHECK((*c)->bytes == "abc");

  const std::string large(1'000'000, 'a');
  dir.write("large", large);
  const auto l = read(dir / "large");
  CHECK(third::hex((*l)->sha256) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  CHECK_FALSE((*l)->bytes.has_value());
  CHECK((*l)->stat.size == large.size());
}

TEST_CASE("bytes are kept up to the limit and not beyond") {
  const test::TempDir dir;
  dir.write("f", "12345");
  CHECK((*read(dir / "f", {.most_bytes = 5}))->bytes == "12345");
  CHECK_FALSE((*read(dir / "f", {.most_bytes = 4}))->bytes.has_value());
}

TEST_CASE("one set of buffers reads many files, also after one was given up") {
  const test::TempDir dir;
  dir.write("a", "abc");
  dir.write("large", std::string(1'000'000, 'x'));
  ReadBuffers buffers;
  OpContext ctx;
  test::FaultyFileSystem fs;
  fs.after_read = [&] { ctx.cancel.cancel(); };
  const auto given_up = read_content(fs, dir / "large", {}, buffers, ctx);
  REQUIRE_FALSE(given_up.ok());
  CHECK(given_up.error().code() == Errc::cancelled);
  const auto next = read_content(real_file_system(), dir / "a", {}, buffers, {});
  CHECK(third::hex((*next)->sha256) == abc_sha256);
}

TEST_CASE("what is not there is no value, what cannot be looked at is an error") {
  const test::TempDir dir;
  dir.write("f", "x");
  CHECK_FALSE(read(dir / "none")->has_value());
  CHECK_FALSE(read(dir / "f/below")->has_value());
  struct Case {
    int error;
    Errc code;
    bool retryable;
  };
  for (const Case& c : {Case{EACCES, Errc::permission, false}, Case{EPERM, Errc::permission, false}, Case{ELOOP, Errc::io, false},
                        Case{EIO, Errc::io, false}, Case{ENAMETOOLONG, Errc::io, false}, Case{EMFILE, Errc::io, true}}) {
    for (int where = 0; where < 3; ++where) {
      if (where == 1 && c.error == ELOOP) continue;  // there it means: a link since the look a moment ago
      test::FaultyFileSystem fs;
      (where == 0 ? fs.stat_error : where == 1 ? fs.open_error : fs.read_error) = c.error;
      const auto got = read(dir / "f", {}, fs);
      REQUIRE_FALSE(got.ok());
      CHECK(got.error().code() == c.code);
      CHECK(got.error().is_retryable() == c.retryable);
      CHECK_FALSE(got.error().next_step().empty());
    }
  }
}

TEST_CASE("a circle of links is an error, not absence") {
  const test::TempDir dir;
  std::filesystem::create_symlink("b", dir / "a");
  std::filesystem::create_symlink("a", dir / "b");
  const auto got = read(dir / "a", {.follow = true});
  REQUIRE_FALSE(got.ok());
  CHECK(got.error().code() == Errc::io);
}

TEST_CASE("a directory, FIFO or link is refused without being opened") {
  const test::TempDir dir;
  REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
  dir.write("f", "x");
  std::filesystem::create_symlink("f", dir / "link");
  test::FaultyFileSystem fs;
  for (const std::string& path : {dir.path(), dir / "fifo", dir / "link"}) {
    const auto got = read(path, {}, fs);
    REQUIRE_FALSE(got.ok());
    CHECK(got.error().code() == Errc::read_failed);
  }
  CHECK(read(dir.path()).error().message().find("directory") != std::string::npos);
  CHECK(fs.opens == 0);
}

TEST_CASE("a file that is written to while it is read is read again") {
  const test::TempDir dir;
  const std::string path = dir.write("f", "abc");
  test::FaultyFileSystem fs;
  int times = 1;
  fs.after_read = [&] {
    if (times-- > 0) std::ofstream(path, std::ios::app) << "d";
  };
  const auto got = read(path, {.most_bytes = 100}, fs);
  REQUIRE(got.ok());
  CHECK((*got)->bytes == "abcd");
  CHECK(fs.opens == 2);
}

TEST_CASE("a file that is always written to is an error that may pass") {
  const test::TempDir dir;
  const std::string path = dir.write("f", "abc");
  test::FaultyFileSystem fs;
  fs.after_read = [&] { std::ofstream(path, std::ios::app) << "d"; };
  const auto got = read(path, {}, fs);
  REQUIRE_FALSE(got.ok());
  CHECK(got.error().code() == Errc::changed_while_reading);
  CHECK(got.error().is_retryable());
  CHECK(fs.opens == 3);
}
