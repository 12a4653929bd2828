#include "provider/file_system.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "unit/provider/fakes.hpp"

using namespace drift;
using namespace drift::provider_internal;

TEST_CASE("kinds are told apart, links followed only when asked") {
  const FileSystem& fs = real_file_system();
  const test::TempDir dir;
  const std::string file = dir.write("f", "12345");
  ::chmod(file.c_str(), 0640);
  std::filesystem::create_symlink("f", dir / "link");
  REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
  FileStat s;
  REQUIRE(fs.stat(file, false, s) == 0);
  CHECK(s.kind == FileStat::Kind::regular);
  CHECK(s.size == 5);
  CHECK(s.mode == 0640);
  CHECK(s.uid == ::geteuid());
  CHECK(s.mtime_ns > 0);
  REQUIRE(fs.stat(dir.path(), false, s) == 0);
  CHECK(s.kind == FileStat::Kind::directory);
  REQUIRE(fs.stat(dir / "link", false, s) == 0);
  CHECK(s.kind == FileStat::Kind::symlink);
  REQUIRE(fs.stat(dir / "link", true, s) == 0);
  CHECK(s.kind == FileStat::Kind::regular);
  REQUIRE(fs.stat(dir / "fifo", false, s) == 0);
  CHECK(s.kind == FileStat::Kind::other);
  CHECK(fs.stat(dir / "none", false, s) == ENOENT);
  CHECK(fs.stat(file + "/below", false, s) == ENOTDIR);
}

TEST_CASE("a link is not opened when it should not be followed") {
  const FileSystem& fs = real_file_system();
  const test::TempDir dir;
  dir.write("f", "12345");
  std::filesystem::create_symlink("f", dir / "link");
  int fd = -1;
  CHECK(fs.open(dir / "link", false, fd) == ELOOP);
  REQUIRE(fs.open(dir / "link", true, fd) == 0);
  char bytes[8];
  std::size_t got = 0;
  REQUIRE(fs.read(fd, 2, bytes, sizeof bytes, got) == 0);
  CHECK(std::string(bytes, got) == "345");
  REQUIRE(fs.read(fd, 5, bytes, sizeof bytes, got) == 0);
  CHECK(got == 0);
  fs.close(fd);
  CHECK(fs.read(-1, 0, bytes, sizeof bytes, got) == EBADF);
}

TEST_CASE("link targets of any length are read whole") {
  const FileSystem& fs = real_file_system();
  const test::TempDir dir;
  const std::string target(1000, 'x');
  std::filesystem::create_symlink(target, dir / "link");
  std::string read;
  REQUIRE(fs.read_link(dir / "link", read) == 0);
  CHECK(read == target);
  CHECK(fs.read_link(dir / "none", read) == ENOENT);
}

TEST_CASE("ids have names where the system knows one") {
  const FileSystem& fs = real_file_system();
  CHECK(fs.user_name(0) == "root");
  CHECK_FALSE(fs.user_name(3'999'999'999U).has_value());
  CHECK_FALSE(fs.group_name(3'999'999'999U).has_value());
}
