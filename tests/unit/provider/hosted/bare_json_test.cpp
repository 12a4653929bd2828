#include "provider/hosted/bare_json.hpp"

#include <doctest/doctest.h>

#include "drift/model/json.hpp"

using namespace drift;                   // NOLINT(google-build-using-namespace)
using namespace drift::hosted_internal;  // NOLINT(google-build-using-namespace)

TEST_CASE("JSON for the wire has its secrets, and null for what only is sealed or not known") {
  Value v = parse_json(R"({"a":[1,"x\n",true,null],"plain":"s3cret","sealed":"canary"})").value();
  v.edit_object().find("plain")->mark(Secret::plain);
  v.edit_object().find("sealed")->mark(Secret::ciphertext);
  std::string out;
  append_bare_json(out, v);
  CHECK(out == R"({"a":[1,"x\n",true,null],"plain":"s3cret","sealed":null})");
}

TEST_CASE("of what is marked the texts and the numbers are secrets, at any depth, and nothing else is") {
  Value v = parse_json(R"({"marked":{"deep":["one",2,true]},"other":"shown"})").value();
  v.edit_object().find("marked")->mark(Secret::plain);
  std::vector<std::string> all;
  collect_secrets(v, all);
  CHECK(all == std::vector<std::string>{"one", "2"});
}
