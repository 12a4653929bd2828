#include "provider/terraform/typed_secrets.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "drift/model/json.hpp"

using namespace drift;
using namespace drift::terraform_internal;

TEST_CASE("of what is marked the texts, the numbers and the keys of maps are secrets") {
  const CtyType type =
      *CtyType::parse(R"(["object",{"m":["map",["list","string"]],"o":["object",{"user":"string"}],"n":"number","s":"string"}])");
  Value v = parse_json(R"({"m":{"key-of-map":["in map"]},"o":{"user":"in object"},"n":12,"s":"not marked"})").value();
  for (const char* name : {"m", "o", "n"}) v.edit_object().find(name)->mark(Secret::plain);
  std::vector<std::string> all;
  collect_secrets(v, type, all);
  std::sort(all.begin(), all.end());
  CHECK(all == std::vector<std::string>{"12", "in map", "in object", "key-of-map"});
}
