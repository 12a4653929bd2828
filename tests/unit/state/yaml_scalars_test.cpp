#include "state/yaml_scalars.hpp"

#include <doctest/doctest.h>

using namespace drift;
using namespace drift::state_internal;

TEST_CASE("yaml scalars: those of three levels of maps, whatever else is there") {
  const auto all = yaml_scalars(
      "name: shop\nruntime:\n  name: go\n  options:\n    deep: no\n    deeper: {x: y}\nlist:\n  - a\n  - b: c\nbackend:\n  url: "
      "file://~\n\"q\": 'x "
      "y'\nempty:\n");
  REQUIRE(all.ok());
  CHECK(all->at("name") == "shop");
  CHECK(all->at("runtime.name") == "go");
  CHECK(all->at("backend.url") == "file://~");
  CHECK(all->at("q") == "x y");
  CHECK(all->at("runtime.options.deep") == "no");
  CHECK(all->count("list.b") == 0);
  CHECK(all->size() == 5 + all->count("empty"));
}

TEST_CASE("yaml scalars: of a list in a map in a map, those of the maps in it") {
  const auto maps = yaml_maps(
      "a:\n  b:\n  - x: 1\n    y: {z: 2}\n  - just text\n  - [{x: 3}]\n  - {x: 4}\n  c:\n  - x: 5\nd:\n  b: [{x: 6}]\n", "a", "b");
  REQUIRE(maps.ok());
  REQUIRE(maps->size() == 2);
  CHECK((*maps)[0] == std::map<std::string, std::string, std::less<>>{{"x", "1"}});
  CHECK((*maps)[1] == std::map<std::string, std::string, std::less<>>{{"x", "4"}});
  for (const char* none : {"", "a: 1", "- {b: [{x: 1}]}", "a: {b: {x: 1}}", "a: [{b: {x: 1}}]", "[[[{x: 1}]]]"})
    CHECK(yaml_maps(none, "a", "b")->empty());
}

TEST_CASE("yaml scalars: JSON is YAML; nothing is nothing; a list has none") {
  CHECK(yaml_scalars(R"({"name":"shop","backend":{"url":"https://x"}})")->at("backend.url") == "https://x");
  CHECK(yaml_scalars("")->empty());
  CHECK(yaml_scalars("- a\n- b\n")->empty());
  CHECK(yaml_scalars("just text")->empty());
  CHECK(yaml_scalars("{}")->empty());
}

TEST_CASE("yaml scalars: what is no YAML is an error with its place, and without its text") {
  const auto bad = yaml_scalars("name: shop\n  token: [canary\n");
  REQUIRE_FALSE(bad.ok());
  CHECK(bad.error().where().has_value());
  CHECK(bad.error().to_string().find("canary") == std::string::npos);
}
