#include "state/small_file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "unit/state/stacks.hpp"

using namespace drift;
using namespace drift::state_internal;

TEST_CASE("small file: its text, none when it is not there, an error for what is no file or too large") {
  const stacks::TempDir dir;
  const auto text = read_small_file(dir.file("a", std::string("x\0y", 3)));
  REQUIRE(text.ok());
  CHECK(**text == std::string("x\0y", 3));
  CHECK_FALSE(read_small_file(dir.inside("gone"))->has_value());
  CHECK_FALSE(read_small_file(dir.inside("a/b"))->has_value());
  CHECK(read_small_file(dir.path.string()).error().code() == Errc::io);
  REQUIRE(::mkfifo(dir.inside("fifo").c_str(), 0600) == 0);
  CHECK(read_small_file(dir.inside("fifo")).error().code() == Errc::io);  // and not waited for
  CHECK(read_small_file(dir.file("big", std::string((std::size_t{4} << 20) + 1, 'x'))).error().code() == Errc::byte_limit);
}

TEST_CASE("small file: a relative path is in the folder, an absolute one is not") {
  CHECK(inside_folder("/a/b", "c") == "/a/b/c");
  CHECK(inside_folder("/a/b", "../c") == "/a/c");
  CHECK(inside_folder("/a/b", "/c") == "/c");
  CHECK(inside_folder("", "c") == "c");
}
