#include "provider/terraform/reattach.hpp"

#include <doctest/doctest.h>

using namespace drift;                      // NOLINT(google-build-using-namespace)
using namespace drift::terraform_internal;  // NOLINT(google-build-using-namespace)

namespace {

ProviderAddress address(std::string_view text) { return parse_provider_address(text).value(); }

}  // namespace

TEST_CASE("reattach: as the SDKs print it") {
  const Reattachments all = parse_reattach(R"({
    "registry.terraform.io/hashicorp/aws": {"Protocol": "grpc", "ProtocolVersion": 6, "Pid": 42, "Test": true,
      "Addr": {"Network": "unix", "String": "/tmp/plugin1"}},
    "acme/old": {"Protocol": "grpc", "Pid": 7, "Addr": {"Network": "tcp", "String": "127.0.0.1:1234"}, "Later": [1]},
    "acme/zero": {"Protocol": "grpc", "ProtocolVersion": 0, "Test": false, "Addr": {"Network": "unix", "String": "x"}}})")
                                .value();
  const Reattach* aws = find_reattach(all, address("registry.opentofu.org/hashicorp/aws"));
  REQUIRE(aws != nullptr);
  CHECK(aws->protocol_version == 6);
  CHECK(aws->network == "unix");
  CHECK(aws->address == "/tmp/plugin1");
  CHECK(aws->pid == 42);
  CHECK(aws->test);
  const Reattach* old = find_reattach(all, address("acme/old"));
  REQUIRE(old != nullptr);
  CHECK(old->protocol_version == 5);
  CHECK(old->network == "tcp");
  CHECK_FALSE(old->test);
  CHECK(find_reattach(all, address("acme/zero"))->protocol_version == 5);
  CHECK(find_reattach(all, address("acme/none")) == nullptr);
  CHECK(find_reattach(all, address("example.com/acme/old")) == nullptr);
  CHECK(parse_reattach("").value().empty());
}

TEST_CASE("reattach: the very provider goes before its twin") {
  const Reattachments all =
      parse_reattach(R"({"registry.opentofu.org/a/b": {"Protocol": "grpc", "Pid": 1, "Addr": {"Network": "unix", "String": "x"}},
    "registry.terraform.io/a/b": {"Protocol": "grpc", "Pid": 2, "Addr": {"Network": "unix", "String": "y"}}})")
          .value();
  CHECK(find_reattach(all, address("registry.opentofu.org/a/b"))->pid == 1);
  CHECK(find_reattach(all, address("registry.terraform.io/a/b"))->pid == 2);
}

TEST_CASE("reattach: what cannot be connected to is an error that names the variable") {
  const std::string good = R"("Protocol": "grpc", "Addr": {"Network": "unix", "String": "x"})";
  REQUIRE(parse_reattach(R"({"a/b": {)" + good + "}}").ok());
  for (const std::string& bad :
       {std::string("x"), std::string("[]"), std::string(R"({"a/b": 1})"), R"({"a//b": {)" + good + "}}",
        R"({"a/b": {)" + good + R"(, "ProtocolVersion": 4}})", R"({"a/b": {)" + good + R"(, "ProtocolVersion": "5"}})",
        R"({"a/b": {)" + good + R"(, "Pid": -1}})", R"({"a/b": {)" + good + R"(, "Test": 1}})",
        std::string(R"({"a/b": {"Protocol": "netrpc", "Addr": {"Network": "unix", "String": "x"}}})"),
        std::string(R"({"a/b": {"Protocol": "grpc"}})"),
        std::string(R"({"a/b": {"Protocol": "grpc", "Addr": {"Network": "udp", "String": "x"}}})"),
        std::string(R"({"a/b": {"Protocol": "grpc", "Addr": {"Network": "unix", "String": ""}}})"),
        std::string(R"({"a/b": {"Protocol": "grpc", "Addr": {"Network": "unix", "String": "a\u0000b"}}})")}) {
    CAPTURE(bad);
    const Result<Reattachments> r = parse_reattach(bad);
    REQUIRE_FALSE(r.ok());
    CHECK(r.error().code() == Errc::config_invalid);
    CHECK(r.error().subject() == "TF_REATTACH_PROVIDERS");
    CHECK_FALSE(r.error().next_step().empty());
  }
}
