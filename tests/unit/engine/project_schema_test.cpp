#include "engine/project_schema.hpp"

#include "fixtures.hpp"

using drift::engine_internal::MapKeys;
using drift::engine_internal::project_keys;

// Every key is documented, in the table of its map.
TEST_CASE("project schema: docs/drift.yaml.md has a row for every key, and no other") {
  std::stringstream text;
  text << std::ifstream(std::string(DRIFT_TEST_DIR) + "/../docs/drift.yaml.md").rdbuf();
  std::map<std::string, std::vector<std::string>> documented;
  std::string line, map;
  while (std::getline(text, line)) {
    if (line.starts_with("## ")) map = "";
    if (line.starts_with("### `")) map = line.substr(5, line.find('`', 5) - 5);
    if (line.starts_with("| `")) documented[map].push_back(line.substr(3, line.find('`', 3) - 3));
  }
  REQUIRE(!documented[""].empty());
  for (const MapKeys& keys : project_keys()) {
    CAPTURE(keys.where);
    const std::vector<std::string> names(keys.names.begin(), keys.names.end());
    CHECK(documented[std::string(keys.where)] == names);
  }
}
