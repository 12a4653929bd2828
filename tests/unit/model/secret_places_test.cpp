#include "model/secret_places.hpp"

#include <doctest/doctest.h>

#include "drift/model/json.hpp"
#include "drift/model/schema.hpp"

using namespace drift;
using drift::model_internal::newly_secret;

namespace {

std::vector<std::string> found(const Value& v, std::initializer_list<const char*> sensitive) {
  Schema schema;
  for (const char* pattern : sensitive) schema.add(pattern, {.sensitive = true});
  std::vector<std::string> out;
  for (const Path& path : newly_secret(v, schema.mark_sensitive(v))) out.push_back(path.text());
  return out;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("places that are secret now and were not: at any depth, in order, and nothing below one") {
  const Value v = parse_json(R"({"b":{"p":1,"q":2},"a":[{"p":1},{"q":2},{"p":3}],"c":"x","d":{"k":[1]}})").value();
  CHECK(found(v, {}) == Texts{});
  CHECK(found(v, {"c", "**.p"}) == Texts{"a[0].p", "a[2].p", "b.p", "c"});
  CHECK(found(v, {"d", "d.k"}) == Texts{"d"});
  CHECK(found(v, {"none"}) == Texts{});
  CHECK(found(v, {"**"}) == Texts{""});
}

TEST_CASE("what was secret before, as a whole or as part of something, is not new; nothing is no secret") {
  Value v = parse_json(R"({"a":{"p":1,"q":2},"b":"x","n":null,"s":"sealed"})").value();
  v.edit_object().find("a")->mark(Secret::plain);
  v.edit_object().find("s")->mark(Secret::digest);
  v.edit_object().set("u", Value::unknown());
  CHECK(found(v, {"a.p", "b", "n", "s", "u"}) == Texts{"b"});
  Value part = parse_json(R"({"a":{"p":1,"q":2}})").value();
  part.edit_object().find("a")->edit_object().find("p")->mark(Secret::plain);
  CHECK(found(part, {"a"}) == Texts{"a"});  // and the rest of it was not
}
