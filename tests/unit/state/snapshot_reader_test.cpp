#include <doctest/doctest.h>

#include <string>

#include "drift/model/json.hpp"
#include "drift/state/snapshot_file.hpp"
#include "unit/state/reading.hpp"

using namespace drift;
using reading::good;
using reading::load;
using reading::refusal;

namespace {

const std::string kHeader = "{\"libdrift_snapshot\":1,\"side\":\"recorded\"}\n";

Value json(std::string_view text) {
  auto v = parse_json(text);
  REQUIRE(v.ok());
  return *v;
}

Resource full() {
  Resource r;
  r.address = "module.a.t.x[\"k\"]";
  r.type = "t";
  r.id = "i-1";
  r.provider = "provider[\"p\"]";
  r.kind = ResourceKind::component;
  r.attributes = json(R"({"a":[1,{"b":null}],"n":123456789012345678901234567890,"~/":{"":"x"}})");
  Object& attributes = r.attributes.edit_object();
  attributes.set("cipher", Value("v1:abc").mark(Secret::ciphertext));
  attributes.set("later", Value::unknown());
  attributes.set("blob", Value(std::string("\xff\x00\xfe", 3)));
  attributes.set("sealed", Value("hmac-sha256:00000000:ab").mark(Secret::digest));
  attributes.set("secret bytes", Value(std::string("\xff")).mark(Secret::ciphertext));
  r.inputs = json(R"({"in":1.50})");
  r.identity = json(R"({"arn":"x"})");
  r.absent = r.tainted = r.external = r.protect = r.pending_replacement = r.pending_delete = true;
  r.deposed_key = "0badcafe";
  r.ignore_changes = {"a.b", "tags.*"};
  r.dependencies = {"t.y"};
  r.schema_version = 3;
  r.identity_schema_version = 4;
  return r;
}

}  // namespace

TEST_CASE("snapshot: a resource comes back from its line with every field and mark") {
  const Resource r = full();
  auto back = parse_resource_line(format_resource_line(r, SecretKey()));
  if (!back) FAIL(back.error().to_string());
  CHECK(back->address == r.address);
  CHECK(back->type == r.type);
  CHECK(back->id == r.id);
  CHECK(back->provider == r.provider);
  CHECK(back->kind == r.kind);
  CHECK(back->attributes == r.attributes);
  CHECK(back->inputs == r.inputs);
  CHECK(back->identity == r.identity);
  CHECK((back->absent && back->tainted && back->external && back->protect && back->pending_replacement && back->pending_delete));
  CHECK(back->deposed_key == r.deposed_key);
  CHECK(back->ignore_changes == r.ignore_changes);
  CHECK(back->dependencies == r.dependencies);
  CHECK(back->schema_version == r.schema_version);
  CHECK(back->identity_schema_version == r.identity_schema_version);
  CHECK(resource_fingerprint(*back) == resource_fingerprint(r));
}

TEST_CASE("snapshot: a document is indexed with the fingerprints of its resources") {
  Resource plain;
  plain.address = "t.plain";
  plain.type = "t";
  plain.attributes = json(R"({"b":1.0,"a":"x"})");
  Resource absent;
  absent.address = "t.absent";
  absent.absent = true;
  const Document doc = good(format_snapshot({Side::baseline, ""}, {plain, full(), absent}, SecretKey()));
  CHECK(doc.format == "libdrift-snapshot-v1");
  CHECK(doc.recorded->side() == Side::baseline);
  CHECK(reading::addresses(*doc.recorded) == std::vector<std::string>{"t.plain", full().address, "t.absent"});
  CHECK(doc.recorded->entry(0).canonical == resource_fingerprint(plain));
  CHECK(load(*doc.recorded, "t.absent").absent);
}

TEST_CASE("snapshot: what was sealed is compared by digest") {
  auto key = SecretKey::random();
  REQUIRE(key.ok());
  Resource r;
  r.address = "t.a";
  r.attributes = json(R"({"p":"hunter2"})");
  r.attributes.edit_object().find("p")->mark(Secret::plain);
  auto back = parse_resource_line(format_resource_line(r, *key));
  REQUIRE(back.ok());
  const Value& sealed = *back->attributes.find("p");
  CHECK(sealed.secret() == Secret::digest);
  CHECK(compare_secrets(*r.attributes.find("p"), sealed, *key) == SecretCompare::equal);
  CHECK(compare_secrets(Value("other").mark(Secret::plain), sealed, *key) == SecretCompare::different);
}

TEST_CASE("snapshot: a known document is taken over without parsing and is the same") {
  const std::string text = format_snapshot({}, {full()}, SecretKey());
  const Document first = good(text);
  const Document second = good(text, &*first.recorded);
  CHECK(first.recorded->content_hash() == second.recorded->content_hash());
}

TEST_CASE("snapshot: the last newline may be missing, blank lines and unknown members are passed over") {
  const Document doc = good(kHeader + "\n{\"address\":\"a\",\"attributes\":{},\"later_version\":{\"x\":1}}\r\n\n{\"address\":\"b\"}");
  CHECK(doc.recorded->size() == 2);
}

TEST_CASE("snapshot: lines longer than a window are read") {
  const std::string long_text(3'000'000, 'x');
  const Document doc = good(kHeader + "{\"address\":\"a\",\"attributes\":{\"s\":\"" + long_text + "\"}}\n{\"address\":\"b\"}\n");
  CHECK(load(*doc.recorded, "a").attributes.string_or("s") == long_text);
}

TEST_CASE("snapshot: refusals") {
  CHECK(refusal("{\"libdrift_snapshot\":2,\"side\":\"recorded\"}\n") == Errc::unsupported_version);
  CHECK(refusal("{\"libdrift_snapshot\":1,\"side\":\"sideways\"}\n") == Errc::bad_structure);
  struct Case {
    std::string line;
    Errc code;
  };
  const Case cases[] = {
      {R"([1])", Errc::bad_structure},
      {R"({"type":"t"})", Errc::bad_structure},
      {R"({"address":"a","tainted":"yes"})", Errc::bad_structure},
      {R"({"address":"a","kind":"lump"})", Errc::bad_structure},
      {R"({"address":"a","schema_version":-1})", Errc::bad_structure},
      {R"({"address":"a","identity_schema_version":0.5})", Errc::bad_structure},
      {R"({"address":"a","dependencies":[1]})", Errc::bad_structure},
      {R"({"address":"a","attributes":{"p":"x"},"secrets":[["attributes","/q","digest"]]})", Errc::bad_structure},
      {R"({"address":"a","attributes":{"p":"x"},"secrets":[["inputs","/p","digest"]]})", Errc::bad_structure},
      {R"({"address":"a","attributes":{"p":"x"},"secrets":[["attributes","/p","plain"]]})", Errc::unsupported_feature},
      {R"({"address":"a","attributes":{"p":"x"},"secrets":["p"]})", Errc::bad_structure},
      {R"({"address":"a","attributes":{"p":["x"]},"unknown":[["attributes","/p/1"]]})", Errc::bad_structure},
      {R"({"address":"a","attributes":{"p":"*"},"bytes":[["attributes","/p"]]})", Errc::bad_structure},
      {R"({"address":"a","attributes":{"p":1,"p":2}})", Errc::duplicate_key},
      {R"({"address":"a","address":"b"})", Errc::duplicate_key},
      {R"({"address":"a")", Errc::truncated},
  };
  for (const Case& c : cases) {
    CAPTURE(c.line);
    auto doc = reading::read(kHeader + "{\"address\":\"ok\"}\n" + c.line + "\n");
    REQUIRE_FALSE(doc.ok());
    CHECK(doc.error().name() == errc_name(c.code));
    REQUIRE(doc.error().where().has_value());
    CHECK(doc.error().where()->line == 3);
    auto line = parse_resource_line(c.line);
    CHECK_FALSE(line.ok());
  }
  CHECK(refusal(kHeader + "{\"address\":\"a\"}\n{\"address\":\"a\"}\n") == Errc::duplicate_address);
}

TEST_CASE("snapshot: an error names the file, and stands at the member") {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"address":"a","attributes":{"x":[1]},"tainted":"yes"})", "\"yes\""},
      {R"({"address":"a","kind":"lump"})", "\"lump\""},
      {R"({"address":"a","dependencies":[1]})", "[1]"},
      {R"({"address":"a","attributes":{"p":"x"},"secrets":[["attributes","/q","digest"]]})", "[[\"attributes"},
      {R"({"id":"x","address":"ok"})", "\"ok\"}"},
  };
  for (const auto& c : cases) {
    const std::string& line = c.first;
    const std::string& value = c.second;
    CAPTURE(line);
    auto doc = reading::read(kHeader + "{\"address\":\"ok\"}\n" + line + "\n");
    REQUIRE_FALSE(doc.ok());
    CHECK(doc.error().to_string().find("doc") != std::string::npos);
    if (doc.error().code() != Errc::duplicate_address) CHECK(doc.error().subject() == "doc");
    REQUIRE(doc.error().where());
    CHECK(doc.error().where()->line == 3);
    CHECK(doc.error().where()->column == line.find(value) + 1);
  }
}

TEST_CASE("snapshot: that a resource has no types is kept") {
  Resource r;
  r.address = "t.a";
  r.untyped = true;
  CHECK(parse_resource_line(format_resource_line(r, SecretKey()))->untyped);
}
