#include "provider/terraform/dirhash.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "unit/provider/fakes.hpp"

using namespace drift;                      // NOLINT(google-build-using-namespace)
using namespace drift::terraform_internal;  // NOLINT(google-build-using-namespace)

namespace {

void make_package(const test::TempDir& dir) {
  for (const char* folder : {"p", "p/docs", "p/docs/sub", "p/docs-x", "p/.hidden", "p/nothing"})
    std::filesystem::create_directory(dir / folder);
  dir.write("p/LICENSE", "MPL\n");
  dir.write("p/terraform-provider-x_v1.2.3", "#!/bin/sh\nexit 0\n");
  dir.write("p/empty", "");
  dir.write("p/docs/a.md", "a");
  dir.write("p/docs/sub/b.md", "b");
  dir.write("p/docs-x/c", "c");
  dir.write("p/.hidden/h", "h");
  dir.write("p/z \u00e9.bin", std::string_view("\0\xff", 2));
  std::filesystem::create_symlink("LICENSE", dir / "p/COPYING");
}

}  // namespace

// The text is what Go's golang.org/x/mod/sumdb/dirhash v0.35.0, HashDir(dir, "", Hash1), says of the same folder.
TEST_CASE("dirhash: the hash is Go's") {
  const test::TempDir dir;
  make_package(dir);
  CHECK(hash_folder(dir / "p").value() == "h1:57er9b7nPS3qlhGphALzC8EKDFHEhiZYRi9OsjormIk=");
  std::filesystem::create_symlink("p", dir / "link");
  CHECK(hash_folder(dir / "link").value() == "h1:57er9b7nPS3qlhGphALzC8EKDFHEhiZYRi9OsjormIk=");
  CHECK(hash_folder(dir / "p/").value() == "h1:57er9b7nPS3qlhGphALzC8EKDFHEhiZYRi9OsjormIk=");
  CHECK(hash_folder(dir / "p/nothing").value() == "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

TEST_CASE("dirhash: every name and every byte counts, permissions do not") {
  const test::TempDir dir;
  make_package(dir);
  const std::string hash = hash_folder(dir / "p").value();
  ::chmod((dir / "p/empty").c_str(), 0755);
  CHECK(hash_folder(dir / "p").value() == hash);
  dir.write("p/empty", "x");
  CHECK(hash_folder(dir / "p").value() != hash);
  dir.write("p/empty", "");
  CHECK(hash_folder(dir / "p").value() == hash);
  dir.write("p/nothing/new", "");
  CHECK(hash_folder(dir / "p").value() != hash);
}

TEST_CASE("dirhash: what cannot be hashed is an error, and nothing is waited for") {
  const test::TempDir dir;
  make_package(dir);
  CHECK(hash_folder(dir / "none").error().code() == Errc::not_found);
  CHECK(hash_folder(dir / "p/LICENSE").error().code() == Errc::io);
  OpContext stopped;
  stopped.cancel.cancel();
  CHECK(hash_folder(dir / "p", stopped).error().code() == Errc::cancelled);
  const auto fails_with = [&](const char* name) {
    const Result<std::string> hash = hash_folder(dir / "p");
    REQUIRE_FALSE(hash.ok());
    std::filesystem::remove(dir / name);
    return hash.error().code();
  };
  std::filesystem::create_symlink("docs", dir / "p/to-folder");
  CHECK(fails_with("p/to-folder") == Errc::io);
  std::filesystem::create_symlink("away", dir / "p/to-nothing");
  CHECK(fails_with("p/to-nothing") == Errc::not_found);
  REQUIRE(::mkfifo((dir / "p/fifo").c_str(), 0600) == 0);
  CHECK(fails_with("p/fifo") == Errc::io);
  dir.write("p/a\nb", "");
  CHECK(fails_with("p/a\nb") == Errc::io);
  CHECK(hash_folder(dir / "p").ok());
}
