#include "drift/engine/key_file.hpp"

#include <sys/stat.h>

#include "fixtures.hpp"

using namespace engine_test;  // NOLINT(google-build-using-namespace)

TEST_CASE("key file: what was made is read again, and only its owner may read it") {
  const TempDir dir;
  const std::string path = dir.path("baseline.key");
  const Result<SecretKey> none = read_key_file(path);
  REQUIRE(none.ok());
  CHECK(none->empty());
  const Result<SecretKey> made = make_key_file(path);
  REQUIRE(made.ok());
  const Result<SecretKey> read = read_key_file(path);
  REQUIRE(read.ok());
  CHECK(read->bytes() == made->bytes());
  struct stat s {};
  REQUIRE(::stat(path.c_str(), &s) == 0);
  CHECK((s.st_mode & 0777) == 0600);
}

TEST_CASE("key file: damaged is not missing") {
  const TempDir dir;
  const std::string path = dir.path("baseline.key");
  std::ofstream(path) << "00ff";
  const Result<SecretKey> read = read_key_file(path);
  REQUIRE(!read.ok());
  CHECK(read.error().code() == Errc::config_invalid);
  CHECK(!read.error().next_step().empty());
}
