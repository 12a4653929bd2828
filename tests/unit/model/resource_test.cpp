#include "drift/model/resource.hpp"

#include <doctest/doctest.h>

#include "drift/model/json.hpp"

using drift::Resource;

namespace {
Resource sample() {
  Resource r;
  r.address = "aws_x.y";
  r.type = "aws_x";
  r.id = "i-1";
  r.attributes = *drift::parse_json(R"({"a":1,"b":[true]})");
  return r;
}
}  // namespace

TEST_CASE("a resource's fingerprint covers type, id, taint, attributes and inputs, each apart from the other") {
  const auto base = drift::resource_fingerprint(sample());
  Resource r = sample();
  r.type = "aws_xi-";
  r.id = "1";
  CHECK_FALSE(drift::resource_fingerprint(r) == base);
  r = sample();
  r.id = "i-2";
  CHECK_FALSE(drift::resource_fingerprint(r) == base);
  r = sample();
  r.tainted = true;
  CHECK_FALSE(drift::resource_fingerprint(r) == base);
  r = sample();
  r.attributes.edit_object().set("a", 2);
  CHECK_FALSE(drift::resource_fingerprint(r) == base);
  r = sample();
  r.inputs = r.attributes;
  CHECK_FALSE(drift::resource_fingerprint(r) == base);
  r = sample();
  r.inputs = drift::Value();  // null inputs are not the same as none
  CHECK_FALSE(drift::resource_fingerprint(r) == base);
}

TEST_CASE("a resource's fingerprint does not see what no comparison looks at") {
  const auto base = drift::resource_fingerprint(sample());
  Resource r = sample();
  r.address = "moved.here";
  r.provider = "p";
  r.dependencies = {"x"};
  r.private_data = "opaque";
  r.ignore_changes = {"a"};
  r.schema_version = 3;
  r.attributes = *drift::parse_json(R"({ "b": [true], "a": 1.0 })");
  CHECK(drift::resource_fingerprint(r) == base);
}

TEST_CASE("canonical bytes made elsewhere give the same fingerprint") {
  Resource r = sample();
  std::string scratch = "left over";
  CHECK(drift::resource_fingerprint("aws_x", "i-1", false, "o2:1:an1e0;1:bl1:t", "", scratch) == drift::resource_fingerprint(r));
  r.inputs = drift::Value(drift::Object());
  r.tainted = true;
  CHECK(drift::resource_fingerprint("aws_x", "i-1", true, "o2:1:an1e0;1:bl1:t", "o0:", scratch) == drift::resource_fingerprint(r));
}

TEST_CASE("kinds have names") {
  CHECK(drift::resource_kind_name(drift::ResourceKind::managed) == "managed");
  CHECK(drift::resource_kind_name(drift::ResourceKind::component) == "component");
  CHECK(drift::resource_kind_name(drift::ResourceKind::provider) == "provider");
}

TEST_CASE("an id is secret where the attribute `id` is, or where it is the text of any secret") {
  using drift::Secret;
  Resource r = sample();
  r.attributes = *drift::parse_json(R"({"id":"i-1","name":"n","keys":["k","i-1"]})");
  CHECK_FALSE(id_is_secret(r));
  Resource marked = r;
  marked.attributes.edit_object().find("id")->mark(Secret::digest);
  CHECK(id_is_secret(marked));
  marked = r;
  marked.attributes.edit_object().find("keys")->mark(Secret::plain);
  CHECK(id_is_secret(marked));
  marked.id.clear();
  CHECK_FALSE(id_is_secret(marked));
  r.attributes.edit_object().find("name")->mark(Secret::plain);
  CHECK_FALSE(id_is_secret(r));
}
