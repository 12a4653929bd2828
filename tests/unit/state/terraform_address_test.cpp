#include "state/terraform_address.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace drift::state_internal;

namespace {
std::string written(const TerraformAddress& a) {
  std::string out = "left over";
  write_terraform_address(a, out);
  return out;
}
InstanceKey text_key(std::string_view text) { return {InstanceKey::Kind::text, 0, text}; }
InstanceKey number_key(std::int64_t n) { return {InstanceKey::Kind::number, n, {}}; }
}  // namespace

TEST_CASE("addresses are written as Terraform writes them") {
  CHECK(written({"", false, "aws_vpc", "main", {}, ""}) == "aws_vpc.main");
  CHECK(written({"", true, "aws_ami", "ubuntu", {}, ""}) == "data.aws_ami.ubuntu");
  CHECK(written({"module.a[\"x\"].module.b", false, "aws_vpc", "main", number_key(3), ""}) == "module.a[\"x\"].module.b.aws_vpc.main[3]");
  CHECK(written({"", false, "t", "n", number_key(0), ""}) == "t.n[0]");
  CHECK(written({"", false, "t", "n", text_key("key"), ""}) == "t.n[\"key\"]");
  CHECK(written({"", false, "t", "n", text_key(""), ""}) == "t.n[\"\"]");
  CHECK(written({"", false, "t", "n", number_key(1), "1a2b3c4d"}) == "t.n[1] (deposed 1a2b3c4d)");
}

TEST_CASE("instance keys are escaped as HCL escapes them") {
  const auto key = [](std::string_view text) {
    const std::string all = written({"", false, "t", "n", text_key(text), ""});
    return all.substr(4, all.size() - 5);
  };
  CHECK(key("a\"b") == R"("a\"b")");
  CHECK(key("a\\b") == R"("a\\b")");
  CHECK(key("a\nb\r\t") == R"("a\nb\r\t")");
  CHECK(key("${x} $x $") == R"("$${x} $x $")");
  CHECK(key("%{x} 100%") == R"("%%{x} 100%")");
  CHECK(key(std::string_view("\x01\x7F", 2)) == R"("\u0001\u007f")");
  CHECK(key("gr\xC3\xBC\xC3\x9F") == "\"gr\xC3\xBC\xC3\x9F\"");
}
