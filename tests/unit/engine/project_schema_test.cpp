#include "engine/project_schema.hpp"

#include "fixtures.hpp"

using namespace engine_test;  // NOLINT(google-build-using-namespace)
using drift::engine_internal::MapKeys;
using drift::engine_internal::project_keys;

namespace {

std::stringstream documentation(const std::string& name) {
  std::stringstream text;
  text << std::ifstream(std::string(DRIFT_TEST_DIR) + "/../docs/" + name).rdbuf();
  return text;
}

// The line of a document that begins so.
std::string row(const std::string& document, std::string_view begin) {
  std::stringstream text = documentation(document);
  for (std::string line; std::getline(text, line);)
    if (line.starts_with(begin)) return line;
  return {};
}

}  // namespace

// Every key is documented, in the table of its map.
TEST_CASE("project schema: docs/drift.yaml.md has a row for every key, and no other") {
  std::stringstream text = documentation("drift.yaml.md");
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

TEST_CASE("project schema: every comparator and mode is documented where it is used and where it is explained") {
  for (const std::string_view name : comparator_names()) {
    const std::string quoted = "`" + std::string(name) + "`";
    CHECK_MESSAGE(row("drift.yaml.md", "| `comparator` |").find(quoted) != std::string::npos, name);
    CHECK_MESSAGE(!row("rules.md", "| " + quoted).empty(), name);
  }
  for (const std::string_view name : ignore_mode_names()) {
    const std::string quoted = "`" + std::string(name) + "`";
    CHECK_MESSAGE(row("drift.yaml.md", "| `mode` |").find(quoted) != std::string::npos, name);
    CHECK_MESSAGE(!row("rules.md", "| " + quoted).empty(), name);
  }
}
