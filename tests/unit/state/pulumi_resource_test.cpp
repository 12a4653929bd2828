#include "state/pulumi_resource.hpp"

#include <doctest/doctest.h>

#include <string>

#include "drift/model/json.hpp"

using namespace drift;
using namespace drift::state_internal;

namespace {

Resource built(const std::string& members) {
  auto v = parse_json(R"({"urn":"urn:pulumi:s::p::t::n","type":"t:m:R","custom":true,)" + members + "}");
  REQUIRE(v.ok());
  auto r = pulumi_resource(*v);
  if (!r) FAIL(r.error().to_string());
  return *std::move(r);
}

}  // namespace

TEST_CASE("pulumi resource: every marker is taken over") {
  const Resource r = built(R"("id":"i","provider":"urn:pulumi:s::p::pulumi:providers:t::d::uuid","taint":true,"external":true,
    "protect":true,"delete":true,"pendingReplacement":true,"dependencies":["u1","u2"],"initErrors":["boom"],
    "ignoreChanges":["tags","a[\"b.c\"]","broken["])");
  CHECK(r.address == "urn:pulumi:s::p::t::n");
  CHECK(r.type == "t:m:R");
  CHECK(r.id == "i");
  CHECK(r.provider == "urn:pulumi:s::p::pulumi:providers:t::d::uuid");
  CHECK((r.tainted && r.external && r.protect && r.pending_delete && r.pending_replacement));
  CHECK(r.dependencies == std::vector<std::string>{"u1", "u2"});
  CHECK(r.init_errors == std::vector<std::string>{"boom"});
  CHECK(r.ignore_changes == std::vector<std::string>{"tags", "a[\"b.c\"]", "broken["});  // the last one as it is
  CHECK(r.kind == ResourceKind::managed);
}

TEST_CASE("pulumi resource: components, providers and views are known as such") {
  const auto kind = [](const std::string& text) {
    auto v = parse_json(text);
    REQUIRE(v.ok());
    return pulumi_resource(*v)->kind;
  };
  CHECK(kind(R"({"type":"t","custom":true})") == ResourceKind::managed);
  CHECK(kind(R"({"type":"t","custom":false})") == ResourceKind::component);
  CHECK(kind(R"({"type":"t"})") == ResourceKind::component);
  CHECK(kind(R"({"type":"pulumi:providers:aws","custom":true})") == ResourceKind::provider);
  CHECK(kind(R"({"type":"t","custom":true,"viewOf":"urn:pulumi:s::p::t::o"})") == ResourceKind::component);
}

TEST_CASE("pulumi resource: absent and null sections") {
  CHECK(built(R"("id":"i")").attributes == Value(Object()));
  CHECK_FALSE(built(R"("id":"i")").inputs.has_value());
  CHECK_FALSE(built(R"("inputs":null)").inputs.has_value());
  CHECK(built(R"("inputs":{})").inputs == Value(Object()));
}

TEST_CASE("pulumi resource: defaults of version 1 are merged beneath the inputs") {
  const Resource r = built(R"("inputs":{"a":1},"defaults":{"a":2,"b":3})");
  CHECK(to_json(*r.inputs) == R"({"a":1,"b":3})");
  CHECK(to_json(*built(R"("defaults":{"b":3})").inputs) == R"({"b":3})");
}

TEST_CASE("pulumi resource: additional secret outputs are marked plain, a ciphertext stays one") {
  const Resource r = built(
      R"("outputs":{"p":"x","q":"y","c":{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","ciphertext":"v1"}},
         "additionalSecretOutputs":["p","c","gone"])");
  CHECK(r.attributes.find("p")->secret() == Secret::plain);
  CHECK(r.attributes.find("q")->secret() == Secret::none);
  CHECK(r.attributes.find("c")->secret() == Secret::ciphertext);
}

TEST_CASE("pulumi resource: the place of a resource that waits for deletion") {
  CHECK(pending_delete_address("urn:x", 2) == "urn:x (delete 2)");
  CHECK(pending_delete_place("urn:x (delete 12)") == 12);
  CHECK(pending_delete_place("urn:x") == 0);
  CHECK(pending_delete_place("urn:x (delete x)") == 0);
}
