#include "engine/yaml_tree.hpp"

#include <doctest/doctest.h>

#include "drift/model/json.hpp"

using drift::Errc;
using drift::to_json;
using drift::engine_internal::kind_words;
using drift::engine_internal::parse_yaml_tree;
using drift::engine_internal::to_value;

namespace {
std::string as_json(std::string_view text) {
  const auto tree = parse_yaml_tree(text);
  return tree ? to_json(to_value(*tree)) : std::string(tree.error().name());
}
}  // namespace

TEST_CASE("yaml tree: plain scalars mean what they mean in JSON, everything else is text") {
  CHECK(as_json("[true, false, null, ~, , 12, -1.5e3, 0]") == "E_PARSE");
  CHECK(as_json("[true, false, null, ~, 12, -1.5e3, 0]") == "[true,false,null,null,12,-1.5e3,0]");
  CHECK(as_json("[yes, no, on, True, NULL, 0644, 1_000, .5, 2027-01-31, 0x1F]") ==
        R"(["yes","no","on","True","NULL","0644","1_000",".5","2027-01-31","0x1F"])");
  CHECK(as_json("['true', \"12\", 'null']") == R"(["true","12","null"])");
  CHECK(as_json("a:\nb: ''\n") == R"({"a":null,"b":""})");
  CHECK(as_json("n: 18446744073709551617") == R"({"n":18446744073709551617})");
}

TEST_CASE("yaml tree: structure, order aside") {
  CHECK(as_json("b: {y: [1, {z: 2}]}\na: x\n") == R"({"a":"x","b":{"y":[1,{"z":2}]}})");
  CHECK(as_json("") == "{}");
}

TEST_CASE("yaml tree: a key given twice is an error at its second place") {
  const auto tree = parse_yaml_tree("a: 1\nb:\n  c: 1\n  c: 2\n");
  REQUIRE(!tree.ok());
  CHECK(tree.error().code() == Errc::duplicate_key);
  CHECK(tree.error().where()->line == 4);
  CHECK(tree.error().where()->column == 3);
}

TEST_CASE("yaml tree: every node knows its place and has words for its kind") {
  const auto tree = parse_yaml_tree("a: [1]\nb: x\n");
  REQUIRE(tree.ok());
  CHECK(tree->items[0].key_where.column == 1);
  CHECK(tree->items[0].where.column == 4);
  CHECK(kind_words(*tree) == "a map");
  CHECK(kind_words(tree->items[0]) == "a list");
  CHECK(kind_words(tree->items[0].items[0]) == "a number");
  CHECK(kind_words(tree->items[1]) == "a text");
}
