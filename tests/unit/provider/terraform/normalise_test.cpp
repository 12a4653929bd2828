#include "provider/terraform/normalise.hpp"

#include "provider/terraform/json_value.hpp"
#include "provider/terraform/msgpack.hpp"
#include "unit/provider/terraform/golden.hpp"

using namespace drift;
using namespace drift::terraform_internal;
using test::json;

namespace {

Attribute attribute(std::string name, CtyType type = CtyType::string()) {
  Attribute a;
  a.name = std::move(name);
  a.type = std::move(type);
  return a;
}

NestedBlock nested(std::string name, Nesting nesting, Block block) {
  NestedBlock b;
  b.name = std::move(name);
  b.nesting = nesting;
  b.block = std::move(block);
  b.object = implied_type(b.block);
  const bool dynamic = b.object.has_dynamic();
  if (nesting == Nesting::list) b.type = dynamic ? CtyType() : CtyType::list(b.object);
  if (nesting == Nesting::set) b.type = CtyType::set(b.object);
  if (nesting == Nesting::map) b.type = dynamic ? CtyType() : CtyType::map(b.object);
  if (nesting == Nesting::single || nesting == Nesting::group) b.type = b.object;
  return b;
}

Block leaf(CtyType type = CtyType::string()) {
  Block b;
  b.attributes.push_back(attribute("leaf", std::move(type)));
  return b;
}

// A block of each nesting, and a LIST in a LIST.
Block every() {
  Block inner = leaf();
  inner.blocks.push_back(nested("inner", Nesting::set, leaf()));
  Block b;
  b.attributes.push_back(attribute("a", CtyType::list(CtyType::string())));
  b.blocks.push_back(nested("single", Nesting::single, leaf()));
  b.blocks.push_back(nested("group", Nesting::group, inner));
  b.blocks.push_back(nested("list", Nesting::list, inner));
  b.blocks.push_back(nested("set", Nesting::set, leaf()));
  b.blocks.push_back(nested("map", Nesting::map, leaf()));
  return b;
}

}  // namespace

TEST_CASE("null blocks become what an absent block is; attributes stay") {
  const Value v = json(R"({"a":null,"single":null,"group":null,"list":null,"set":null,"map":null})");
  CHECK(to_json(normalise_blocks(v, every())) ==
        R"({"a":null,"group":{"inner":[],"leaf":null},"list":[],"map":null,"set":[],"single":null})");
  const Value some = json(
      R"({"a":[],"single":{"leaf":null},"group":{"leaf":"x","inner":null},"list":[{"leaf":"y","inner":null},null],"set":[{"leaf":"z"}],"map":{}})");
  CHECK(
      to_json(normalise_blocks(some, every())) ==
      R"({"a":[],"group":{"inner":[],"leaf":"x"},"list":[{"inner":[],"leaf":"y"},null],"map":{},"set":[{"leaf":"z"}],"single":{"leaf":null}})");
  CHECK(normalise_blocks(Value(), every()).is_null());
}

TEST_CASE("an unknown block is one block of unknowns") {
  Value v = json(R"({"a":null,"single":null,"group":null,"list":null,"set":null,"map":null})");
  for (const char* name : {"single", "group", "list", "set", "map"}) v.edit_object().set(name, Value::unknown());
  const Value out = normalise_blocks(v, every());
  CHECK(out.find("single")->find("leaf")->is_unknown());
  CHECK(out.find("group")->find("inner")->as_list()[0].find("leaf")->is_unknown());
  CHECK(out.find("list")->as_list()[0].find("inner")->as_list()[0].find("leaf")->is_unknown());
  CHECK(out.find("set")->as_list().size() == 1);
  CHECK(out.find("map")->is_unknown());
}

TEST_CASE("blocks that hold anything dynamic are left as they are") {
  Block b;
  b.blocks.push_back(nested("list", Nesting::list, leaf(CtyType())));
  b.blocks.push_back(nested("set", Nesting::set, leaf(CtyType::list(CtyType()))));
  const Value v = json(R"({"list":null,"set":null})");
  CHECK(normalise_blocks(v, b) == v);
}

TEST_CASE("what does not change stays shared") {
  const Value v =
      json(R"({"a":["x"],"single":null,"group":{"inner":[],"leaf":"x"},"list":[{"leaf":"y","inner":[{"leaf":"q"}]}],"set":[],"map":{}})");
  const Value out = normalise_blocks(v, every());
  CHECK(out == v);
  CHECK(&out.as_object() == &v.as_object());
  CHECK(&drop_write_only(v, every()).as_object() == &v.as_object());
}

TEST_CASE("write-only attributes are null wherever they are") {
  auto in = std::make_shared<NestedType>();
  in->nesting = Nesting::map;
  in->attributes = {attribute("w"), attribute("k")};
  in->attributes[0].write_only = true;
  Block inner = leaf();
  inner.attributes[0].write_only = true;
  inner.attributes.push_back(attribute("k"));
  Block b;
  b.attributes = {attribute("top"), attribute("n", CtyType::map(CtyType::object({{"k", CtyType::string()}, {"w", CtyType::string()}})))};
  b.attributes[0].write_only = true;
  b.attributes[1].nested = in;
  b.blocks.push_back(nested("list", Nesting::list, inner));
  b.blocks.push_back(nested("one", Nesting::single, inner));
  Block dynamic = inner;
  dynamic.attributes.push_back(attribute("any", CtyType()));
  b.blocks.push_back(nested("dyn", Nesting::list, dynamic));
  const Value v = json(R"({"top":"s","n":{"x":{"w":"s","k":"v"}},"list":[{"leaf":"s","k":"v"}],"one":{"leaf":"s","k":"v"},)"
                       R"("dyn":{"type":["tuple",[]],"value":[{"leaf":"s","k":"v","any":1}]}})");
  CHECK(
      to_json(drop_write_only(v, b)) ==
      R"({"dyn":{"type":["tuple",[]],"value":[{"any":1,"k":"v","leaf":null}]},"list":[{"k":"v","leaf":null}],"n":{"x":{"k":"v","w":null}},)"
      R"("one":{"k":"v","leaf":null},"top":null})");
  CHECK(drop_write_only(Value(), b).is_null());
}

TEST_CASE("a partial configuration is completed") {
  auto in = std::make_shared<NestedType>();
  in->nesting = Nesting::list;
  in->attributes = {attribute("x"), attribute("y")};
  Block b = every();
  b.attributes.push_back(attribute("n", CtyType::list(CtyType::object({{"x", CtyType::string()}, {"y", CtyType::string()}}))));
  b.attributes.back().nested = in;
  b.blocks.push_back(nested("dyn_list", Nesting::list, leaf(CtyType())));
  b.blocks.push_back(nested("dyn_map", Nesting::map, leaf(CtyType())));
  const std::string empty =
      R"({"a":null,"dyn_list":{"type":["tuple",[]],"value":[]},"dyn_map":{"type":["object",{}],"value":{}},"group":{"inner":[],"leaf":null},)"
      R"("list":[],"map":{},"n":null,"set":[],"single":null})";
  CHECK(to_json(empty_value(b)) == empty);
  CHECK(to_json(complete(Value(), b)) == empty);
  CHECK(to_json(complete(json("{}"), b)) == empty);
  const Value out = complete(json(R"({"list":[{}],"n":[{"x":"1"}],"single":{},"extra":1})"), b);
  CHECK(to_json(*out.find("list")) == R"([{"inner":[],"leaf":null}])");
  CHECK(to_json(*out.find("n")) == R"([{"x":"1","y":null}])");
  CHECK(to_json(*out.find("single")) == R"({"leaf":null})");
  CHECK(out.find("extra") != nullptr);
  std::string bytes;
  CHECK_FALSE(encode_msgpack(out, implied_type(b), bytes).ok());
  CHECK(encode_msgpack(empty_value(b), implied_type(b), bytes).ok());
}

TEST_CASE("what was known is compared without write-only values, and in the same form") {
  TypeSchema t;
  Block member = leaf(CtyType::string());
  member.attributes.push_back(attribute("w"));
  member.attributes.back().write_only = true;
  t.block.blocks.push_back(nested("set", Nesting::set, member));
  t.type = implied_type(t.block);
  const Value v = json(R"({"set":[{"inner":[],"leaf":"a","w":"1"},{"inner":[],"leaf":"a","w":"2"}]})");
  CHECK(to_json(normalise_known(v, t)) == to_json(normalise_read(v, t)));
  CHECK(normalise_known(v, t).find("set")->as_list().size() == 1);
  CHECK(to_json(normalise_known(json(R"({"set":null})"), t)) == R"({"set":null})");  // OpenTofu normalises blocks of what was read alone
  const Value done = normalise_known(v, t);
  CHECK(&normalise_known(done, t).as_object() == &done.as_object());
}

TEST_CASE("a read goes through all of it") {
  TypeSchema t;
  t.block = every();
  t.block.attributes.push_back(attribute("w"));
  t.block.attributes.back().write_only = true;
  t.type = implied_type(t.block);
  const Value v =
      json(R"({"a":["e\u0301"],"single":null,"group":null,"list":null,"set":[{"leaf":"b"},{"leaf":"a"},{"leaf":"b"}],"map":{},"w":"s"})");
  CHECK(to_json(normalise_read(v, t)) ==
        "{\"a\":[\"\xc3\xa9\"],\"group\":{\"inner\":[],\"leaf\":null},\"list\":[],\"map\":{},\"set\":[{\"leaf\":\"a\"},{\"leaf\":\"b\"}],"
        "\"single\":null,\"w\":null}");
  CHECK(normalise_read(Value(), t).is_null());
  const Value done = normalise_read(v, t);
  CHECK(&normalise_read(done, t).as_object() == &done.as_object());
}
