#include "state/flatmap.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "drift/model/json.hpp"

using drift::Object;
using drift::Value;
using drift::state_internal::expand_flatmap;

namespace {

std::string expanded(const std::string& flat_json) {
  auto flat = drift::parse_json(flat_json);
  REQUIRE(flat.ok());
  return to_json(expand_flatmap(flat->as_object()));
}

}  // namespace

TEST_CASE("flatmap: lists, maps, sets and nested blocks are rebuilt") {
  CHECK(expanded(R"({"id":"i-1","ami":"a"})") == R"({"ami":"a","id":"i-1"})");
  CHECK(expanded(R"({"p.#":"2","p.0":"a","p.1":"b"})") == R"({"p":["a","b"]})");
  CHECK(expanded(R"({"tags.%":"1","tags.Name":"x"})") == R"({"tags":{"Name":"x"}})");
  CHECK(expanded(R"({"p.#":"0","t.%":"0"})") == R"({"p":[],"t":{}})");
  CHECK(expanded(R"({"b.#":"1","b.0.size":"8","b.0.tags.%":"1","b.0.tags.k":"v","b.0.ids.#":"1","b.0.ids.0":"x"})") ==
        R"({"b":[{"ids":["x"],"size":"8","tags":{"k":"v"}}]})");
}

TEST_CASE("flatmap: elements are in the order of their numbers, not of their text") {
  CHECK(expanded(R"({"p.#":"3","p.10":"c","p.9":"b","p.2":"a"})") == R"({"p":["a","b","c"]})");
  CHECK(expanded(R"({"s.#":"2","s.3814588639":"b","s.214748364":"a"})") == R"({"s":["a","b"]})");
  CHECK(expanded(R"({"s.#":"2","s.123456789012345678901234567890":"b","s.7":"a"})") == R"({"s":["a","b"]})");
}

TEST_CASE("flatmap: a map's key keeps its dots") {
  CHECK(expanded(R"({"tags.%":"2","tags.kubernetes.io/role":"x","tags.a":"y"})") == R"({"tags":{"a":"y","kubernetes.io/role":"x"}})");
  CHECK(expanded(R"({"m.%":"1","m.a.b.#":"1","m.a.b.0":"x"})") == R"({"m":{"a.b":["x"]}})");
}

TEST_CASE("flatmap: the placeholder of an unknown value is unknown, also as a count") {
  auto flat = drift::parse_json(R"({"a":"74D93920-ED26-11E3-AC10-0800200C9A66","l.#":"74D93920-ED26-11E3-AC10-0800200C9A66"})");
  REQUIRE(flat.ok());
  const Value v = expand_flatmap(flat->as_object());
  CHECK(v.find("a")->is_unknown());
  CHECK(v.find("l")->is_unknown());
}

TEST_CASE("flatmap: what does not fit the scheme is kept under its whole key") {
  CHECK(expanded(R"({"a":"x","a.b":"y"})") == R"({"a":"x","a.b":"y"})");
  CHECK(expanded(R"({"a.#":"4000000000","a.0":"x"})") == R"({"a":["x"]})");
}

TEST_CASE("flatmap: a key with very many dots does not exhaust the stack") {
  std::string key = "a";
  for (int i = 0; i < 200'000; ++i) key += ".a";
  Object flat;
  flat.set(key, Value("deep"));
  const Value v = expand_flatmap(flat);
  CHECK(v.is_object());
}

TEST_CASE("flatmap: the outermost container of a map takes all below it") {
  CHECK(expanded(R"({"m.%":"3","m.a.%":"1","m.a.b.#":"1","m.a.b.0":"x","m.a-b":"y","m.ab.c":"z"})") ==
        R"({"m":{"a":{"b":["x"]},"a-b":"y","ab.c":"z"}})");
}

TEST_CASE("flatmap: keys of a map with very many dots take no longer than others") {
  std::string dots;
  for (int i = 0; i < 1'000'000; ++i) dots += "a.";
  Object flat;
  flat.set("m.%", Value("1"));
  flat.set("m." + dots + "#", Value("0"));
  flat.set("m.b." + dots + "b", Value("x"));
  const Value v = expand_flatmap(flat);  // looking at each dot, this would be 10^12 bytes to compare
  CHECK(v.find("m")->as_object().size() == 2);
}
