#include "provider/terraform/lock_file.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "unit/provider/fakes.hpp"

using namespace drift;                      // NOLINT(google-build-using-namespace)
using namespace drift::terraform_internal;  // NOLINT(google-build-using-namespace)

namespace {

constexpr std::string_view written = R"(# This file is maintained automatically by "tofu init".
# Manual edits may be lost in future updates.

provider "registry.opentofu.org/hashicorp/local" {
  version     = "2.5.2"
  constraints = ">= 2.0.0"
  hashes = [
    "h1:6NIiKe3O8kWSLEXY8cJVhWQ7L8fHzhLX2T3F2vNGRoM=",
    "zh:25b95b76ceaa62b5c95f6de2fa6e6242edbf51e7fc6c057b7f7101aa4081f64f",
  ]
}

provider "registry.terraform.io/hashicorp/local" {
  version = "2.5.1"
}

provider "example.com/acme/thing" {
  version = "0.1.0-beta1"
  hashes = ["zh:00"]
}
)";

std::string fault(std::string_view text) {
  const Result<LockFile> f = parse_lock_file(text);
  if (f.ok()) return "none";
  CHECK_FALSE(f.error().next_step().empty());
  const TextPosition at = f.error().where().value();
  return std::string(f.error().name()) + ' ' + std::to_string(at.line) + ':' + std::to_string(at.column);
}

ProviderAddress address(std::string_view text) { return parse_provider_address(text).value(); }

}  // namespace

TEST_CASE("lock file: as the engines write it") {
  const LockFile f = parse_lock_file(written).value();
  REQUIRE(f.providers.size() == 3);
  CHECK(f.providers[0].provider.source() == "registry.opentofu.org/hashicorp/local");
  CHECK(f.providers[0].version == "2.5.2");
  CHECK(f.providers[0].constraints == ">= 2.0.0");
  CHECK(f.providers[0].hashes.size() == 2);
  CHECK(f.providers[0].where.line == 4);
  CHECK(f.providers[1].hashes.empty());
}

TEST_CASE("lock file: the very provider is found, else its twin on the other registry") {
  const LockFile f = parse_lock_file(written).value();
  CHECK(f.find(address("registry.opentofu.org/hashicorp/local"))->version == "2.5.2");
  CHECK(f.find(address("registry.terraform.io/hashicorp/local"))->version == "2.5.1");
  CHECK(f.find(address("provider.local"))->version == "2.5.2");
  CHECK(f.find(address("example.com/acme/thing"))->version == "0.1.0-beta1");
  CHECK(f.find(address("acme/thing")) == nullptr);
  CHECK(f.find(address("provider.thing")) == nullptr);
  const LockFile one = parse_lock_file("provider \"registry.terraform.io/acme/x\" {\n version = \"1.0.0\"\n}\n").value();
  CHECK(one.find(address("registry.opentofu.org/acme/x"))->version == "1.0.0");
  CHECK(one.find(address("provider.x"))->version == "1.0.0");
  CHECK(parse_lock_file("").value().providers.empty());
}

TEST_CASE("lock file: what is wrong has its place, and a version cannot leave a folder") {
  const std::string p = "provider \"registry.terraform.io/a/b\" ";
  CHECK(fault(p + "{\n version = \"1.0.0\"\n}\n" + p + "{\n version = \"1.0.0\"\n}\n") == "E_DUPLICATE_KEY 4:1");
  CHECK(fault(p + "{\n}\n") == "E_BAD_STRUCTURE 1:1");
  CHECK(fault(p + "{\n version = 1\n}\n") == "E_BAD_STRUCTURE 2:12");
  CHECK(fault(p + "{\n version = \"../../x\"\n}\n") == "E_BAD_STRUCTURE 1:1");
  CHECK(fault(p + "{\n version = \"1.0.0\"\n hashs = []\n}\n") == "E_CONFIG_UNKNOWN_KEY 3:2");
  CHECK(fault(p + "{\n version = \"1.0.0\"\n hashes = \"h1:x\"\n}\n") == "E_BAD_STRUCTURE 3:11");
  CHECK(fault(p + "{\n version = \"1.0.0\"\n hashes = [\"x\"]\n}\n") == "E_BAD_STRUCTURE 3:12");
  CHECK(fault(p + "{\n version = \"1.0.0\"\n x {}\n}\n") == "E_CONFIG_UNKNOWN_KEY 3:2");
  CHECK(fault("provider \"a/b\" {\n version = \"1.0.0\"\n}\n") == "E_BAD_STRUCTURE 1:1");
  CHECK(fault("provider \"registry.terraform.io/-/b\" {\n version = \"1.0.0\"\n}\n") == "E_BAD_STRUCTURE 1:1");
  CHECK(fault("provider {\n}\n") == "E_BAD_STRUCTURE 1:1");
  CHECK(fault(p + "{\n version = <<E\n") == "E_UNSUPPORTED_FEATURE 2:12");
  CHECK(fault(p + "{\n") == "E_TRUNCATED 2:1");
  CHECK(fault("x = 1\n") == "E_CONFIG_UNKNOWN_KEY 1:1");
  CHECK(fault("providr \"a\" {\n}\n") == "E_CONFIG_UNKNOWN_KEY 1:1");
  CHECK(parse_lock_file("module \"m\" {\n x = 1\n}\n").ok());
}

TEST_CASE("lock file: read from a folder") {
  const test::TempDir dir;
  CHECK_FALSE(read_lock_file(dir / ".terraform.lock.hcl").value().has_value());
  CHECK_FALSE(read_lock_file(dir / "no/folder/x").value().has_value());
  CHECK(read_lock_file(dir.write("good", written)).value()->providers.size() == 3);
  const std::string bad = dir.write("bad", "provider \"x\" {");
  CHECK(read_lock_file(bad).error().subject() == bad);
  CHECK(read_lock_file(dir.path()).error().code() == Errc::io);
  CHECK(read_lock_file(dir.write("big", std::string((std::size_t{4} << 20) + 1, ' '))).error().code() == Errc::byte_limit);
}

TEST_CASE("lock file: a package is checked against it, and one that was changed is refused") {
  const test::TempDir dir;
  std::filesystem::create_directory(dir / "p");
  dir.write("p/terraform-provider-x", "a program");
  ProviderLock lock{address("acme/x"), "1.2.3", "", {}, {}};
  CHECK(check_package(lock, dir / "p").value() == PackageCheck::no_hash);
  lock.hashes = {"zh:00", "h9:later"};
  CHECK(check_package(lock, dir / "p").value() == PackageCheck::no_hash);
  // sha256("<sha256 of `a program`>  terraform-provider-x\n"), made with sha256sum and base64.
  lock.hashes.emplace_back("h1:JlJStDFTspr36hL2P7R2J8kTBGmGQA8IATdgPSa25+M=");
  CHECK(check_package(lock, dir / "p").value() == PackageCheck::matched);
  dir.write("p/terraform-provider-x", "another program");
  const Result<PackageCheck> changed = check_package(lock, dir / "p");
  REQUIRE_FALSE(changed.ok());
  CHECK(changed.error().code() == Errc::bad_structure);
  CHECK(changed.error().message().find("acme/x 1.2.3") != std::string::npos);
  CHECK(changed.error().next_step().find("init") != std::string::npos);
  CHECK(check_package(lock, dir / "none").error().code() == Errc::not_found);
}
