// Pulumi's own test checkpoints.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "corpus/corpus.hpp"
#include "drift/model/hash.hpp"
#include "drift/model/json.hpp"
#include "drift/state/pulumi_secrets.hpp"

using namespace drift;

namespace {

constexpr std::string_view kSignature = "4dabf18193072939515e22adb298388d";
constexpr std::string_view kSecret = "1b47061264138c4ac30d75fd1eb44270";

std::size_t count_secrets(const Value& v, Secret kind) {
  std::size_t n = v.secret() == kind ? 1 : 0;
  if (v.is_list())
    for (const Value& e : v.as_list()) n += count_secrets(e, kind);
  if (v.is_object())
    for (const auto& [key, member] : v.as_object()) n += count_secrets(member, kind);
  return n;
}

// The same in the document itself, read as plain JSON.
std::size_t count_tags(const Value& v) {
  std::size_t n = v.string_or(kSignature) == kSecret ? 1 : 0;
  if (v.is_list())
    for (const Value& e : v.as_list()) n += count_tags(e);
  if (v.is_object())
    for (const auto& [key, member] : v.as_object()) n += count_tags(member);
  return n;
}

Value tree(const std::string& file) {
  std::ifstream in(corpus::root() / "pulumi_checkpoints" / file, std::ios::binary);
  auto v = parse_json(std::string(std::istreambuf_iterator<char>(in), {}));
  REQUIRE(v.ok());
  return *v;
}

Document checkpoint(const std::string& file) {
  auto doc = corpus::read("pulumi_checkpoints/" + file);
  if (!doc) FAIL(doc.error().to_string());
  CHECK(doc->format == "pulumi-checkpoint");
  CHECK(doc->recorded->size() == 30);
  return *std::move(doc);
}

}  // namespace

TEST_CASE("corpus: every resource of Pulumi's checkpoints is what the document says") {
  if (!corpus::has("pulumi_checkpoints")) return;
  for (const char* file : {"checkpoint-v1.json", "checkpoint-v3.json", "checkpoint-secrets.json"}) {
    CAPTURE(file);
    const Document doc = checkpoint(file);
    const Value whole = tree(file);
    const Value::List& listed = whole.find("checkpoint")->find("latest")->find("resources")->as_list();
    REQUIRE(listed.size() == doc.recorded->size());
    for (std::size_t i = 0; i < listed.size(); ++i) {
      const Value& expected = listed[i];
      auto r = doc.recorded->load(i);
      REQUIRE(r.ok());
      CHECK(r->address == expected.string_or("urn"));
      CHECK(r->type == expected.string_or("type"));
      CHECK(r->id == expected.string_or("id"));
      const bool custom = expected.find("custom")->as_bool();
      const bool provider = r->type.rfind("pulumi:providers:", 0) == 0;
      CHECK(r->kind == (provider ? ResourceKind::provider : custom ? ResourceKind::managed : ResourceKind::component));
      CHECK(resource_fingerprint(*r) == doc.recorded->entry(i).canonical);
      const Value* outputs = expected.find("outputs");
      if (outputs != nullptr && to_json(*outputs).find(kSignature) == std::string::npos) CHECK(r->attributes == *outputs);
    }
  }
}

TEST_CASE("corpus: version 1 keeps its defaults beneath the inputs") {
  if (!corpus::has("pulumi_checkpoints")) return;
  const Document doc = checkpoint("checkpoint-v1.json");
  CHECK(doc.recorded->provenance().format == "pulumi-checkpoint-v1");
  auto topic = doc.recorded->load(*doc.recorded->find("urn:pulumi:foo::countdown::aws:sns/topic:Topic::countDown"));
  REQUIRE(topic.ok());
  REQUIRE(topic->inputs.has_value());
  CHECK(topic->inputs->string_or("name") == "countDown-9d430501c4510322");
}

TEST_CASE("corpus: secrets of a checkpoint stay ciphertext") {
  if (!corpus::has("pulumi_checkpoints")) return;
  const Document doc = checkpoint("checkpoint-secrets.json");
  CHECK(doc.recorded->provenance().secrets_provider == "b64");
  std::size_t found = 0;
  for (std::size_t i = 0; i < doc.recorded->size(); ++i) {
    auto r = doc.recorded->load(i);
    REQUIRE(r.ok());
    found += count_secrets(r->attributes, Secret::ciphertext);
    if (r->inputs) found += count_secrets(*r->inputs, Secret::ciphertext);
    CHECK(count_secrets(r->attributes, Secret::plain) == 0);
  }
  CHECK(found > 0);
  CHECK(found == count_tags(tree("checkpoint-secrets.json")));
}

TEST_CASE("corpus: a checkpoint with an unknown mandatory feature is refused") {
  if (!corpus::has("pulumi_checkpoints")) return;
  auto doc = corpus::read("pulumi_checkpoints/checkpoint-v4-unsupported-feature.json");
  REQUIRE_FALSE(doc.ok());
  CHECK(doc.error().code() == Errc::unsupported_feature);
  CHECK(doc.error().message().find(tree("checkpoint-v4-unsupported-feature.json").find("features")->as_list()[0].as_string()) !=
        std::string::npos);
  CHECK_FALSE(doc.error().next_step().empty());
}

TEST_CASE("corpus: secrets of a checkpoint that needs no key are decrypted to what the program gave, and marked") {
  if (!corpus::has("pulumi_checkpoints")) return;
  const PulumiSecretsOptions secrets;
  ReadOptions options;
  options.secrets = &secrets;
  auto doc = read_document(ByteSource::file((corpus::root() / "pulumi_checkpoints/checkpoint-secrets.json").string()), options);
  if (!doc) FAIL(doc.error().to_string());
  // The same stack without secrets in it.
  const Document open = checkpoint("checkpoint-v3.json");
  std::size_t found = 0;
  for (std::size_t i = 0; i < doc->recorded->size(); ++i) {
    auto r = doc->recorded->load(i);
    REQUIRE(r.ok());
    const std::size_t here = count_secrets(r->attributes, Secret::plain) + (r->inputs ? count_secrets(*r->inputs, Secret::plain) : 0);
    CHECK(count_secrets(r->attributes, Secret::ciphertext) == 0);
    CHECK(to_json(r->attributes).find("ciphertext") == std::string::npos);
    found += here;
    if (here == 0) continue;
    auto same = open.recorded->load(*open.recorded->find(r->address));
    REQUIRE(same.ok());
    for (const auto& [key, value] : r->attributes.as_object())
      if (value.secret() == Secret::plain) {
        const Value* plain = same->attributes.find(key);
        REQUIRE(plain != nullptr);
        CHECK(Value(value).mark(Secret::none) == *plain);
      }
  }
  CHECK(found == count_tags(tree("checkpoint-secrets.json")));
}
