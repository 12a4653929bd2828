#include "provider/terraform/flatten.hpp"

#include <doctest/doctest.h>

#include "drift/model/json.hpp"

using namespace drift;                      // NOLINT(google-build-using-namespace)
using namespace drift::terraform_internal;  // NOLINT(google-build-using-namespace)

TEST_CASE("flatten: what the type calls a map has its count, what it calls a block has not") {
  const CtyType type = CtyType::parse(R"(["object",{"id":"string","tags":["map","string"],"ports":["set","number"],"none":["list","string"],
    "rule":["list",["object",{"name":"string","labels":["map","string"]}]]}])")
                           .value();
  const Value v = parse_json(R"({"id":"i","tags":{"a.b":"x","c":"y"},"ports":["80","443"],"none":[],"gone":null,
    "rule":[{"name":"r","labels":{"k":"v"}}]})")
                      .value();
  const std::vector<std::pair<std::string, std::string>> wanted{
      {"id", "i"},          {"none.#", "0"}, {"ports.#", "2"},         {"ports.0", "80"},
      {"ports.1", "443"},   {"rule.#", "1"}, {"rule.0.labels.%", "1"}, {"rule.0.labels.k", "v"},
      {"rule.0.name", "r"}, {"tags.%", "2"}, {"tags.a.b", "x"},        {"tags.c", "y"}};
  CHECK(flatten(v, type) == wanted);
}

TEST_CASE("flatten: what the type does not know is kept as it was") {
  const CtyType type = CtyType::parse(R"(["object",{"id":"string"}])").value();
  const Value v = parse_json(R"({"id":"i","old":{"k":"v"},"list":["a"]})").value();
  const std::vector<std::pair<std::string, std::string>> wanted{{"id", "i"}, {"list.#", "1"}, {"list.0", "a"}, {"old.k", "v"}};
  CHECK(flatten(v, type) == wanted);
}
