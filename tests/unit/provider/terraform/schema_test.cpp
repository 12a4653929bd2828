#include "provider/terraform/schema.hpp"

#include <thread>

#include "drift/model/path.hpp"
#include "unit/provider/terraform/golden.hpp"

using namespace drift;
using namespace drift::terraform_internal;
using test::from_hex;

namespace {

std::string message(std::string_view name, Protocol protocol) {
  const std::string prefix = protocol == Protocol::v5 ? "tfplugin5." : "tfplugin6.";
  for (const Value& line : test::golden("messages.jsonl"))
    if (line.string_or("name") == name && line.string_or("message").substr(0, prefix.size()) == prefix)
      return from_hex(line.string_or("bytes"));
  FAIL("no such message");
  return {};
}

std::shared_ptr<const ProviderSchema> index(Protocol protocol) {
  auto s = ProviderSchema::index(message("schema", protocol), protocol);
  REQUIRE(s.ok());
  return *s;
}

std::shared_ptr<const TypeSchema> big(Protocol protocol) {
  auto t = index(protocol)->resource("x_big");
  REQUIRE_MESSAGE(t.ok(), (t.ok() ? "" : t.error().to_string()));
  return *t;
}

SchemaFacts facts(const TypeSchema& t, std::string_view path) { return t.facts.at(*Path::parse(path)); }

const Attribute& attribute(const std::vector<Attribute>& all, std::string_view name) {
  for (const Attribute& a : all)
    if (a.name == name) return a;
  FAIL("no such attribute");
  return all.front();
}

}  // namespace

TEST_CASE("a provider's schemas are found without being read") {
  for (const Protocol p : {Protocol::v5, Protocol::v6}) {
    const auto s = index(p);
    CHECK(s->resource_types() == std::vector<std::string_view>{"x_big", "x_broken", "x_small"});
    CHECK(s->list_resource_types() == std::vector<std::string_view>{"x_small"});
    CHECK(s->has_resource("x_small"));
    CHECK_FALSE(s->has_resource("x_data"));
    CHECK(s->capabilities().plan_destroy);
    CHECK(s->capabilities().get_provider_schema_optional);
    CHECK_FALSE(s->capabilities().move_resource_state);
    CHECK(s->diagnostics().size() == 3);
    CHECK(s->protocol() == p);
    CHECK((*s->provider())->type.to_json() == R"(["object",{"host":"string"}])");
    CHECK((*s->provider_meta())->type.to_json() == R"(["object",{"m":"string"}])");
    CHECK((*s->list_resource("x_small"))->type.to_json() == R"(["object",{"id":"string"}])");
    CHECK(s->resource("nothing").error().code() == Errc::not_found);
    CHECK(s->list_resource("x_big").error().code() == Errc::not_found);
    // A fault in one type is that type's alone.
    CHECK(s->resource("x_broken").error().code() == Errc::bad_structure);
    CHECK(s->resource("x_broken").error().subject() == "id");
    CHECK(s->resource("x_small").ok());
  }
}

TEST_CASE("a type is read once, also by several threads, and outlives the index") {
  auto s = index(Protocol::v6);
  std::vector<std::shared_ptr<const TypeSchema>> got(4);
  std::vector<std::thread> threads;
  for (auto& g : got) threads.emplace_back([&] { g = *s->resource("x_big"); });
  for (std::thread& t : threads) t.join();
  s.reset();
  for (const auto& g : got) CHECK(g == got[0]);
  CHECK(got[0]->block.attributes[0].name == "id");
}

TEST_CASE("an empty reply is a provider without anything") {
  const auto s = ProviderSchema::index(std::string(), Protocol::v6);
  REQUIRE(s.ok());
  CHECK((*s)->resource_types().empty());
  CHECK((*(*s)->provider())->type == CtyType::object({}));
  CHECK(*(*s)->provider_meta() == nullptr);
  CHECK_FALSE(ProviderSchema::index(from_hex("12ff"), Protocol::v6).ok());
}

TEST_CASE("a block is read with all that its attributes and blocks say") {
  for (const Protocol p : {Protocol::v5, Protocol::v6}) {
    const auto t = big(p);
    CHECK(t->version == 2);
    CHECK(t->facts.version() == 2);
    const auto& all = t->block.attributes;
    CHECK(attribute(all, "id").computed);
    CHECK(attribute(all, "name").required);
    CHECK(attribute(all, "size").optional);
    CHECK(attribute(all, "size").computed);
    CHECK(attribute(all, "secret").sensitive);
    CHECK(attribute(all, "secret").deprecated);
    CHECK_FALSE(attribute(all, "name").deprecated);
    // The field numbers that differ between the protocols.
    CHECK(attribute(all, "token").write_only);
    for (const Attribute& a : all) CHECK(a.write_only == (a.name == "token"));
    REQUIRE(t->block.blocks.size() == 7);
    const NestedBlock& many = t->block.blocks[2];
    CHECK(many.name == "many");
    CHECK(many.nesting == Nesting::list);
    CHECK(many.min_items == 1);
    CHECK(many.max_items == 3);
    CHECK(many.type.to_json() == R"(["list",["object",{"inner":["set",["object",{"leaf":"string"}]],"k":"string"}]])");
    CHECK(t->block.blocks[0].type.to_json() == R"(["object",{"leaf":"string"}])");
    CHECK(t->block.blocks[1].nesting == Nesting::group);
    CHECK(t->block.blocks[4].type.to_json() == R"(["map",["object",{"leaf":"string"}]])");
    // A tuple or object on the wire, whose type is not known before.
    CHECK(t->block.blocks[5].type.is_dynamic());
    CHECK(t->block.blocks[6].type.is_dynamic());
    CHECK(t->block.blocks[5].object.to_json() == R"(["object",{"any":"dynamic"}])");
    CHECK(t->type.attribute("dyn_list")->is_dynamic());
    CHECK(t->type.attribute("bag")->kind() == CtyType::Kind::set);
    CHECK(t->type.attribute("id") != nullptr);
  }
  const auto t = big(Protocol::v6);
  CHECK(attribute(t->block.attributes, "nested").type.to_json() ==
        R"(["list",["object",{"deep":["object",{"n":"number"}],"in":"string"}]])");
  CHECK(attribute(t->block.attributes, "nset").type.to_json() == R"(["set",["object",{"v":"string"}]])");
  CHECK(attribute(t->block.attributes, "nmap").type.to_json() == R"(["map",["object",{"v":"string"}]])");
  CHECK(attribute(attribute(t->block.attributes, "nested").nested->attributes, "in").write_only);
}

TEST_CASE("facts say what is true of each path") {
  const auto t = big(Protocol::v6);
  CHECK(facts(*t, "id").computed);
  CHECK(facts(*t, "id").read_only);
  CHECK(facts(*t, "id").type == TypeHint::string);
  CHECK_FALSE(facts(*t, "name").computed);
  CHECK(facts(*t, "size").computed);
  CHECK_FALSE(facts(*t, "size").read_only);
  CHECK(facts(*t, "size").type == TypeHint::number);
  CHECK(facts(*t, "ports").set);
  CHECK(facts(*t, "ports[0]").type == TypeHint::number);
  CHECK(facts(*t, "tags_all.some.key").read_only);
  CHECK(facts(*t, "tags_all[\"a.b\"]").computed);
  CHECK_FALSE(facts(*t, "list[0]").set);
  CHECK(facts(*t, "list[3].x").set);
  CHECK(facts(*t, "secret").sensitive);
  CHECK(facts(*t, "token").write_only);
  CHECK(facts(*t, "one.leaf").sensitive);
  CHECK(facts(*t, "group.leaf").sensitive);
  CHECK(facts(*t, "many[1].inner").set);
  CHECK(facts(*t, "many[1].inner[0].leaf").sensitive);
  CHECK_FALSE(facts(*t, "many").set);
  CHECK(facts(*t, "bag").set);
  CHECK(facts(*t, "by_key[\"x\"].leaf").sensitive);
  CHECK(facts(*t, "dyn_list.value[0].any").type == TypeHint::any);
  CHECK(facts(*t, "nested[0].in").write_only);
  CHECK(facts(*t, "nested[0].deep.n").read_only);
  CHECK(facts(*t, "nset").set);
  CHECK(facts(*t, "nset[2].v").sensitive);
  CHECK(facts(*t, "nmap.k.v").type == TypeHint::string);
}

TEST_CASE("facts of a block with a dynamic value in it are true with its wrapper and without") {
  Block inner;
  Attribute a;
  a.name = "password";
  a.type = CtyType::string();
  a.sensitive = true;
  inner.attributes = {a, Attribute{.name = "any", .type = CtyType()}};
  for (const Nesting nesting : {Nesting::list, Nesting::map}) {
    NestedBlock b;
    b.name = "blk";
    b.nesting = nesting;
    b.block = inner;
    b.object = implied_type(inner);
    Block block;
    block.blocks.push_back(b);
    const drift::Schema s = to_facts(block);
    Value v = test::json(nesting == Nesting::list ? R"([{"any":{"type":"string","value":"x"},"password":"p"}])"
                                                  : R"({"k":{"any":{"type":"string","value":"x"},"password":"p"}})");
    const auto password = [&](const Value& all) {
      const Value& one = nesting == Nesting::list ? all.as_list()[0] : *all.find("k");
      return one.find("password")->secret();
    };
    Object wrapper, state, compared;
    wrapper.set("type", Value("not looked at"));
    wrapper.set("value", v);
    state.set("blk", Value(wrapper));
    compared.set("blk", v);
    CHECK(password(*s.mark_sensitive(Value(state)).find("blk")->find("value")) == Secret::plain);
    CHECK(password(*s.mark_sensitive(Value(compared)).find("blk")) == Secret::plain);
  }
}

TEST_CASE("names that are no plain keys make patterns that match just them") {
  Block block;
  for (const char* name : {"a.b", "*", "**", "", "[0]", "x\"y", "\xff"}) {
    Attribute a;
    a.name = name;
    a.type = CtyType::string();
    a.sensitive = true;
    block.attributes.push_back(a);
  }
  const drift::Schema s = to_facts(block);
  CHECK(s.at(Path({std::string("a.b")})).sensitive);
  CHECK(s.at(Path({std::string("*")})).sensitive);
  CHECK(s.at(Path({std::string("")})).sensitive);
  CHECK_FALSE(s.at(Path({std::string("other")})).sensitive);
  CHECK_FALSE(s.at(Path({std::string("a"), std::string("b")})).sensitive);
}

TEST_CASE("resources of the old SDK are known by the id that it gives them") {
  const auto block_with = [](bool optional, bool computed, CtyType type) {
    Block block;
    Attribute id;
    id.name = "id";
    id.type = std::move(type);
    id.optional = optional;
    id.computed = computed;
    block.attributes.push_back(std::move(id));
    return block;
  };
  CHECK(is_of_legacy_sdk(block_with(true, true, CtyType::string())));
  CHECK_FALSE(is_of_legacy_sdk(block_with(false, true, CtyType::string())));
  CHECK_FALSE(is_of_legacy_sdk(block_with(true, true, CtyType::number())));
  CHECK_FALSE(is_of_legacy_sdk(Block()));
  Block nested = block_with(true, true, CtyType::string());
  Attribute more;
  more.name = "settings";
  more.nested = std::make_shared<NestedType>();
  nested.attributes.push_back(more);
  CHECK_FALSE(is_of_legacy_sdk(nested));
}

TEST_CASE("of the old SDK, what the schema names may be null or empty; an element is there, or is not") {
  const auto attribute = [](std::string name, CtyType type) {
    Attribute a;
    a.name = std::move(name);
    a.type = std::move(type);
    a.optional = a.computed = true;
    return a;
  };
  NestedBlock rule;
  rule.name = "rule";
  rule.nesting = Nesting::list;
  rule.block.attributes = {attribute("labels", CtyType::map(CtyType::string())),
                           attribute("rows", CtyType::list(CtyType::object({{"note", CtyType::string()}})))};
  Block block;
  block.attributes = {attribute("id", CtyType::string()), attribute("names", CtyType::list(CtyType::string()))};
  block.blocks = {rule};
  const auto at = [](const drift::Schema& s, const char* path) { return s.at(Path::parse(path).value()).empty_is_absent; };
  drift::Schema s = to_facts(block);
  for (const char* named : {"id", "names", "rule", "rule[0].labels", "rule[0].rows", "rule[0].rows[0].note"})
    CHECK_MESSAGE(at(s, named), named);
  for (const char* element : {"names[0]", "rule[0]", "rule[0].labels.app", "rule[0].rows[0]"}) CHECK_MESSAGE(!at(s, element), element);
  block.attributes[0].optional = false;  // of the plugin framework
  s = to_facts(block);
  for (const char* path : {"id", "names", "rule[0].labels"}) CHECK_MESSAGE(!at(s, path), path);
}

TEST_CASE("schemas that nobody could read values by are refused") {
  // An unknown nesting of a block, of an attribute; blocks inside each other without end.
  const auto refused = [](const std::string& block) {
    const std::string schema = from_hex("12") + static_cast<char>(block.size()) + block;
    const std::string entry = from_hex(
                                  "0a0161"
                                  "12") +
                              static_cast<char>(schema.size()) + schema;
    const auto s = ProviderSchema::index(from_hex("12") + static_cast<char>(entry.size()) + entry, Protocol::v6);
    REQUIRE(s.ok());
    return (*s)->resource("a").ok() ? std::string() : (*s)->resource("a").error().subject();
  };
  CHECK(refused(from_hex("1a050a01621809")) == "b");
  CHECK(refused(from_hex("1a050a01621803")).empty());
  CHECK(refused(from_hex("1a030a0162")) == "b");
  CHECK(refused(from_hex("12070a016252021805")) == "b");  // GROUP is for blocks
  CHECK(refused(from_hex("12070a016252021801")).empty());
  CHECK(refused(from_hex("12030a0162")) == "b");  // no type

  std::string deep;
  for (int i = 0; i < 300; ++i) {
    std::string length;
    const auto varint = [&](std::size_t n) {
      length.clear();
      for (; n > 127; n >>= 7U) length += static_cast<char>((n & 127U) | 128U);
      length += static_cast<char>(n);
      return length;
    };
    std::string inner = from_hex(
        "0a0162"
        "1802"
        "12");
    inner += varint(deep.size()) + deep;
    deep = from_hex("1a") + varint(inner.size()) + inner;
  }
  std::string size;
  const auto field = [](char tag, const std::string& body) {
    std::string out(1, tag);
    for (std::size_t n = body.size();; n >>= 7U) {
      if (n < 128) {
        out += static_cast<char>(n);
        break;
      }
      out += static_cast<char>((n & 127U) | 128U);
    }
    return out + body;
  };
  const auto s = ProviderSchema::index(field('\x12', field('\x0a', "a") + field('\x12', field('\x12', deep))), Protocol::v6);
  REQUIRE(s.ok());
  CHECK((*s)->resource("a").error().code() == Errc::depth_limit);
}

TEST_CASE("identity schemas are versions and types") {
  for (const Protocol p : {Protocol::v5, Protocol::v6}) {
    std::vector<Diagnostic> diagnostics;
    const auto schemas = decode_identity_schemas(message("identity_schemas", p), &diagnostics);
    REQUIRE(schemas.ok());
    REQUIRE(schemas->size() == 1);
    const IdentitySchema& x = schemas->at("x");
    CHECK(x.version == 4);
    CHECK(x.type.to_json() == R"(["object",{"n":"number","region":"string"}])");
    CHECK(x.required_for_import == std::vector<std::string>{"region"});
    CHECK(diagnostics.size() == 3);
  }
  CHECK_FALSE(decode_identity_schemas(from_hex("0a0912071205"
                                               "0a01611200"),
                                      nullptr)
                  .ok());
}
