#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "drift/model/engine.hpp"
#include "drift/model/json.hpp"
#include "unit/state/reading.hpp"

using namespace drift;
using reading::good;
using reading::load;
using reading::note;
using reading::refusal;

namespace {

const std::string kUrn = "urn:pulumi:s::p::t:m:R::";

std::string resource(const std::string& name, const std::string& more = {}) {
  return "{\"urn\":\"" + kUrn + name + R"(","custom":true,"type":"t:m:R","id":"i")" + more + "}";
}
std::string list(const std::vector<std::string>& resources) {
  std::string out = "[";
  for (const std::string& r : resources) out += (out.size() > 1 ? "," : "") + r;
  return out + "]";
}
std::string exported(const std::vector<std::string>& resources, const std::string& more = {}) {
  const std::string manifest =
      R"("manifest":{"time":"x","magic":"3ff53efef69f38d19e364655131bbb113e416d3bf64bfb819065fa12acb29250","version":"v3.100.0"})";
  return R"({"version":3,"deployment":{)" + manifest + ",\"resources\":" + list(resources) + more + "}}";
}
std::string secret(const std::string& ciphertext) {
  return R"({"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","ciphertext":")" + ciphertext + "\"}";
}

}  // namespace

TEST_CASE("pulumi: an export and a checkpoint hold the same resources") {
  const std::string resources = list({resource("a", R"(,"inputs":{"x":1},"outputs":{"x":1,"y":[true,null]})"), resource("b")});
  const std::string secrets = R"("secrets_providers":{"type":"passphrase","state":{"salt":"x"}})";
  const Document e = good(R"({"version":3,"deployment":{)" + secrets + ",\"resources\":" + resources + "}}");
  const std::string config = R"("config":{"k":{"v":1}})";
  const Document c = good(R"({"version":3,"checkpoint":{"stack":"s",)" + config + R"(,"latest":{"manifest":{"version":"v3"},"resources":)" +
                          resources + "}}}");
  CHECK(e.format == "pulumi-export");
  CHECK(c.format == "pulumi-checkpoint");
  CHECK(e.recorded->provenance().format == "pulumi-export-v3");
  CHECK(e.recorded->provenance().secrets_provider == "passphrase");
  CHECK(c.recorded->provenance().format == "pulumi-checkpoint-v3");
  CHECK(c.recorded->provenance().engine_version == "v3");
  CHECK(e.recorded->content_hash() == c.recorded->content_hash());
  const Resource r = load(*e.recorded, kUrn + "a");
  CHECK(to_json(r.attributes) == R"({"x":1,"y":[true,null]})");
  CHECK(to_json(*r.inputs) == R"({"x":1})");
}

TEST_CASE("pulumi: an empty stack has no resources") {
  CHECK(good(R"({"version":3,"checkpoint":{"stack":"s","latest":null}})").recorded->empty());
  CHECK(good(R"({"version":3,"checkpoint":{"stack":"s"}})").recorded->empty());
  CHECK(good(R"({"version":3,"deployment":{"resources":null}})").recorded->empty());
}

TEST_CASE("pulumi: versions 1 to 4 are read, others refused; the version may stand anywhere") {
  for (const char* v : {"1", "2", "3", "4"}) {
    const std::string version = std::string("\"version\":") + v;
    CHECK(good("{" + version + ",\"deployment\":{\"resources\":[]}}").recorded->empty());
    CHECK(good("{\"deployment\":{\"resources\":[]}," + version + "}").recorded->provenance().format == "pulumi-export-v" + std::string(v));
  }
  CHECK(refusal(R"({"version":0,"deployment":{}})") == Errc::unsupported_version);
  CHECK(refusal(R"({"version":5,"deployment":{}})") == Errc::unsupported_version);
  CHECK(refusal(R"({"deployment":{},"version":5})") == Errc::unsupported_version);
  CHECK(refusal(R"({"deployment":{"resources":[]}})") == Errc::unsupported_version);
}

TEST_CASE("pulumi: a stack that was never deployed is empty and says so; a body that is missing is no stack") {
  for (const char* text : {R"({"version":3,"checkpoint":{"stack":"x"}})", R"({"version":3,"checkpoint":{"stack":"x","latest":null}})",
                           R"({"version":3,"deployment":{"manifest":{}}})", R"({"version":3,"deployment":{"resources":null}})"}) {
    CAPTURE(text);
    const Document doc = good(text);
    CHECK(doc.recorded->empty());
    CHECK(note(*doc.recorded, "empty_deployment") != nullptr);
  }
  CHECK(note(*good(exported({})).recorded, "empty_deployment") == nullptr);
  CHECK(refusal(R"({"version":3,"deployment":null})") == Errc::bad_structure);
  CHECK(refusal(R"({"version":3,"checkpoint":null})") == Errc::bad_structure);
}

TEST_CASE("pulumi: lists of names hold names, or what they name would be passed over") {
  for (const char* member : {"additionalSecretOutputs", "ignoreChanges", "dependencies", "initErrors"}) {
    const std::string text = exported({resource("a", ",\"" + std::string(member) + "\":[\"x\",17]")});
    auto doc = reading::read(text);
    REQUIRE_FALSE(doc.ok());
    CHECK(doc.error().name() == "E_BAD_STRUCTURE");
    CHECK(doc.error().where()->byte == text.find("17]"));
  }
}

TEST_CASE("pulumi: every known mandatory feature is accepted, any other refused by name") {
  good(R"({"version":4,"features":["refreshBeforeUpdate","views","hooks","taint","replaceWith","snippets-prototype",
           "extensionParameterization","byteString"],"deployment":{"resources":[]}})");
  good(R"({"version":4,"features":null,"deployment":{"resources":[]}})");
  for (const std::string& text : {std::string(R"({"version":4,"features":["views","timeTravel"],"deployment":{"resources":[]}})"),
                                  std::string(R"({"deployment":{"resources":[]},"features":["timeTravel"],"version":4})")}) {
    auto doc = reading::read(text);
    REQUIRE_FALSE(doc.ok());
    CHECK(doc.error().code() == Errc::unsupported_feature);
    CHECK(doc.error().message().find("timeTravel") != std::string::npos);
    CHECK_FALSE(doc.error().next_step().empty());
  }
}

TEST_CASE("pulumi: tagged values take part in the fingerprint as what they mean") {
  const auto print = [](const std::string& outputs) {
    const Document doc = good(exported({resource("a", ",\"outputs\":" + outputs)}));
    return doc.recorded->entry(0).canonical;
  };
  const std::string hashed = R"({"4dabf18193072939515e22adb298388d":"c44067f5952c0a294b673a41bacd8c17","hash":"h")";
  CHECK(print("{\"f\":" + hashed + R"(,"text":"a"}})") == print("{\"f\":" + hashed + R"(,"path":"b"}})"));
  CHECK(print("{\"p\":" + secret("v1:a") + "}") != print("{\"p\":" + secret("v1:b") + "}"));
  CHECK(print("{\"p\":" + secret("v1:a") + "}") != print(R"({"p":"v1:a"})"));
  CHECK(print(R"({"p":"04da6b54-80e4-46f7-96ec-b56ff0331ba9"})") != print(R"({"p":"04da6b54-80e4-46f7-96ec-b56ff0331baa"})"));
  // Escapes hide nothing.
  CHECK(print(R"({"p":"\u00304da6b54-80e4-46f7-96ec-b56ff0331ba9"})") == print(R"({"p":"04da6b54-80e4-46f7-96ec-b56ff0331ba9"})"));
  CHECK(print(R"({"p":{"\u0034dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","ciphertext":"v1:a"}})") ==
        print("{\"p\":" + secret("v1:a") + "}"));
}

TEST_CASE("pulumi: taint counts, and key order, white space and number form do not") {
  const auto hash = [](const std::string& more) { return good(exported({resource("a", more)})).recorded->content_hash(); };
  CHECK(hash(R"(,"outputs":{"a":1,"b":10.0})") == hash(R"(, "outputs" : {"b":1e1, "a":1})"));
  CHECK(hash(R"(,"outputs":{},"taint":true)") != hash(R"(,"outputs":{})"));
  CHECK(hash(R"(,"outputs":{},"modified":"2024-01-01T00:00:00Z")") == hash(R"(,"outputs":{})"));
  CHECK(hash(R"(,"outputs":null)") == hash(""));
}

TEST_CASE("pulumi: resources of one URN: the live one keeps it, the others are told apart by their place") {
  const Document doc = good(exported({resource("a", R"(,"outputs":{"n":1})"), resource("a", R"(,"delete":true,"outputs":{"n":2})"),
                                      resource("a", R"(,"delete":true,"outputs":{"n":3})"), resource("b", R"(,"delete":true)")}));
  CHECK(reading::addresses(*doc.recorded) ==
        std::vector<std::string>{kUrn + "a", kUrn + "a (delete 1)", kUrn + "a (delete 2)", kUrn + "b (delete 1)"});
  CHECK(to_json(load(*doc.recorded, kUrn + "a (delete 2)").attributes) == R"({"n":3})");
  REQUIRE(note(*doc.recorded, "duplicate_urn") != nullptr);
  CHECK(note(*doc.recorded, "duplicate_urn")->address == kUrn + "a");
  REQUIRE(note(*doc.recorded, "pending_delete") != nullptr);
  CHECK(note(*doc.recorded, "pending_delete")->address == kUrn + "b");

  auto twice = reading::read(exported({resource("a"), resource("a", R"(,"outputs":{})")}));
  REQUIRE_FALSE(twice.ok());
  CHECK(twice.error().code() == Errc::duplicate_address);
  CHECK(twice.error().to_string().find(kUrn + "a") != std::string::npos);
  CHECK(twice.error().where().has_value());
}

TEST_CASE("pulumi: a known document gives the same snapshot, also when waiting resources change places") {
  const std::string one = resource("a", R"(,"delete":true,"outputs":{"n":1})");
  const std::string two = resource("a", R"(,"delete":true,"outputs":{"n":2})");
  const std::string view = resource("v", ",\"viewOf\":\"" + kUrn + "a\"");
  const std::string rest = resource("b", ",\"outputs\":{\"p\":" + secret("v1:x") + "}");
  const Document first = good(exported({one, two, view, rest}));
  const std::string swapped = exported({rest, view, two, one});
  const Document fresh = good(swapped);
  const Document reused = good(swapped, &*first.recorded);
  CHECK(fresh.recorded->content_hash() == reused.recorded->content_hash());
  CHECK(fresh.recorded->content_hash() != first.recorded->content_hash());
  CHECK(reading::addresses(*fresh.recorded) == reading::addresses(*reused.recorded));
  CHECK(fresh.recorded->notes().size() == reused.recorded->notes().size());
  CHECK(note(*reused.recorded, "view") != nullptr);
}

TEST_CASE("pulumi: kinds and pending markers stand in the index") {
  const std::string stack = R"({"urn":"urn:pulumi:s::p::pulumi:pulumi:Stack::s","custom":false,"type":"pulumi:pulumi:Stack"})";
  const std::string provider = R"({"urn":"urn:pulumi:s::p::pulumi:providers:t::d","custom":true,"type":"pulumi:providers:t","id":"x"})";
  const Document doc = good(exported({resource("a", R"(,"pendingReplacement":true)"), stack, provider}));
  CHECK(doc.recorded->entry(0).pending_replacement);
  CHECK(doc.recorded->entry(1).kind == ResourceKind::component);
  CHECK(doc.recorded->entry(2).kind == ResourceKind::provider);
}

TEST_CASE("pulumi: pending operations and an integrity error are reported") {
  const Document doc =
      good(exported({}, ",\"pending_operations\":[{\"resource\":" + resource("a", R"(,"inputs":{"p":"canary"})") +
                            R"(,"type":"creating"}],"metadata":{"integrity_error":{"version":"v","command":"c","error":"canary"}})"));
  const Note* pending = note(*doc.recorded, "pending_operation");
  REQUIRE(pending != nullptr);
  CHECK(pending->address == kUrn + "a");
  CHECK(pending->message.find("creating") != std::string::npos);
  REQUIRE(note(*doc.recorded, "integrity_error") != nullptr);
  for (const Note& n : doc.recorded->notes()) CHECK(n.message.find("canary") == std::string::npos);
  CHECK(good(exported({}, R"(,"metadata":{})")).recorded->notes().empty());
}

TEST_CASE("pulumi: refusals name the place, never the content") {
  struct Case {
    std::string resource;
    Errc code;
  };
  const Case cases[] = {
      {R"("canary")", Errc::bad_structure},
      {R"({"custom":true,"type":"canary"})", Errc::bad_structure},
      {R"({"urn":"canary","custom":true,"type":"t"})", Errc::bad_structure},
      {"{\"urn\":\"" + kUrn + R"(a","custom":true})", Errc::bad_structure},
      {resource("a", R"(,"inputs":["canary"])"), Errc::bad_structure},
      {resource("a", R"(,"protect":"canary")"), Errc::bad_structure},
      {resource("a", R"(,"outputs":{"a":1,"a":"canary"})"), Errc::duplicate_key},
      {resource("a", R"(,"outputs":{},"outputs":{"a":"canary"})"), Errc::duplicate_key},
      {resource("a", R"(,"propertyDependencies":{"a":[],"a":["canary"]})"), Errc::duplicate_key},
      {resource("a", R"(,"outputs":{"a":{"4dabf18193072939515e22adb298388d":"canary"}})"), Errc::unsupported_feature},
  };
  for (const Case& c : cases) {
    CAPTURE(c.resource);
    auto doc = reading::read(exported({resource("ok"), c.resource}));
    REQUIRE_FALSE(doc.ok());
    CHECK(doc.error().name() == errc_name(c.code));
    CHECK(doc.error().where().has_value());
    CHECK(doc.error().to_string().find("canary") == std::string::npos);
  }
  CHECK(refusal(R"({"version":3,"deployment":[]})") == Errc::bad_structure);
  CHECK(refusal(R"({"version":3,"deployment":{},"checkpoint":{}})") == Errc::bad_structure);
}

TEST_CASE("pulumi: a resource comes with the engine's record of it, and its provider's") {
  const std::string p = "urn:pulumi:s::p::pulumi:providers:m::default";
  const auto provider = [&](const std::string& id, const std::string& more) {
    return "{\"urn\":\"" + p + R"(","custom":true,"type":"pulumi:providers:m","id":")" + id + "\"" + more + "}";
  };
  const std::string asset = R"({"4dabf18193072939515e22adb298388d":"c44067f5952c0a294b673a41bacd8c17","hash":"h","text":"t"})";
  const std::string of = ",\"provider\":\"" + p + "::";
  const Document d =
      good(exported({provider("1", R"(,"inputs":{"region":"eu"})"), provider("2", R"(,"delete":true,"inputs":{"region":"us"})"),
                     resource("a", of + R"(1","outputs":{"f":)" + asset + "}"), resource("b", of + "1\""), resource("c", of + "2\""),
                     resource("d", of + "3\""), resource("e")}));
  const Resource a = load(*d.recorded, kUrn + "a"), b = load(*d.recorded, kUrn + "b");
  REQUIRE(a.record);
  CHECK(a.record->resource.find("outputs")->find("f")->string_or("text") == "t");  // the attributes have only its hash
  CHECK(a.attributes.find("f")->find("text") == nullptr);
  REQUIRE(a.record->provider);
  CHECK(a.record->provider->resource.find("inputs")->string_or("region") == "eu");
  CHECK(a.record->provider == b.record->provider);  // parsed once
  const Resource waiting = load(*d.recorded, kUrn + "c");
  REQUIRE(waiting.record->provider);
  CHECK(waiting.record->provider->resource.find("inputs")->string_or("region") == "us");
  CHECK_FALSE(load(*d.recorded, kUrn + "d").record->provider);
  CHECK_FALSE(load(*d.recorded, kUrn + "e").record->provider);
  CHECK_FALSE(load(*d.recorded, p).record->provider);
}

TEST_CASE("pulumi: a document cut off anywhere is an error") {
  const std::string text = exported({resource("a", ",\"outputs\":{\"p\":" + secret("v1:x") + R"(,"u":"\u00e9"})"), resource("b")});
  for (std::size_t n = 0; n < text.size(); ++n) {
    CAPTURE(n);
    CHECK_FALSE(reading::read(text.substr(0, n)).ok());
  }
}

TEST_CASE("pulumi: a manifest whose checksum does not fit is noted; one without is as it is") {
  const auto notes = [](const std::string& manifest) {
    const Document d = good(R"({"version":3,"deployment":{"manifest":)" + manifest + R"(,"resources":[)" + resource("a") + "]}}");
    return reading::note(*d.recorded, "manifest_changed") != nullptr;
  };
  CHECK(notes(R"({"magic":"m","version":"v3.100.0"})"));
  CHECK(notes(R"({"magic":"3ff53efef69f38d19e364655131bbb113e416d3bf64bfb819065fa12acb29250","version":"v3.101.0"})"));
  CHECK_FALSE(notes(R"({"magic":"3ff53efef69f38d19e364655131bbb113e416d3bf64bfb819065fa12acb29250","version":"v3.100.0"})"));
  CHECK_FALSE(notes(R"({"magic":"","version":"v3.100.0"})"));
  CHECK_FALSE(notes("{}"));
  CHECK_FALSE(notes("null"));
}
