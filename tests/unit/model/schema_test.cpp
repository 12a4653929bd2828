#include "drift/model/schema.hpp"

#include <doctest/doctest.h>

#include "drift/model/json.hpp"

using drift::Path;
using drift::Schema;
using drift::SchemaFacts;
using drift::Secret;
using drift::TypeHint;
using drift::Value;

namespace {
Path path(std::string_view text) { return *Path::parse(text); }
}  // namespace

TEST_CASE("flags of all matching patterns add up; the most specific pattern gives the rest") {
  Schema s;
  CHECK(s.empty());
  s.add("**", {.computed = true, .type = TypeHint::any});
  s.add("tags.*", {.sensitive = true, .type = TypeHint::string, .default_value = Value("general")});
  s.add("tags.Name", {.force_new = true, .type = TypeHint::number, .default_value = Value("own")});
  s.add("tags.*", {.type = TypeHint::boolean});  // as specific as the earlier one: that stays
  const SchemaFacts name = s.at(path("tags.Name"));
  CHECK(name.computed);
  CHECK(name.sensitive);
  CHECK(name.force_new);
  CHECK_FALSE(name.read_only);
  CHECK(name.type == TypeHint::number);
  CHECK(name.default_value == Value("own"));
  CHECK(s.at(path("tags.x")).type == TypeHint::string);
  CHECK(s.at(path("tags.x")).default_value == Value("general"));
  CHECK_FALSE(s.at(path("tags.x.y")).sensitive);
  CHECK(s.at(path("tags.x.y")).computed);
}

TEST_CASE("why names the pattern behind a fact") {
  Schema s;
  s.add("a.*", {.set = true}).add("**.hash", {.derived = true});
  CHECK(s.why(path("x.hash"), [](const SchemaFacts& f) { return f.derived; }) == "**.hash");
  CHECK(s.why(path("a.b"), [](const SchemaFacts& f) { return f.set; }) == "a.*");
  CHECK(s.why(path("a.b"), [](const SchemaFacts& f) { return f.derived; }).empty());
}

TEST_CASE("a malformed pattern is a bug of the caller") {
  CHECK_THROWS_AS(Schema().add("a..b", {}), std::invalid_argument);
  Schema s;
  s.set_version(4);
  CHECK(s.version() == 4);
}

TEST_CASE("mark_sensitive marks the values at sensitive paths and leaves the document it was given alone") {
  Schema s;
  s.add("password", {.sensitive = true}).add("users[*].key", {.sensitive = true}).add("name", {.computed = true});
  const Value doc = *drift::parse_json(R"({"name":"n","password":{"old":"a"},"users":[{"key":"k1","id":1},{"id":2},{"key":"k3"}]})");
  const Value marked = s.mark_sensitive(doc);
  CHECK(drift::to_json(marked) ==
        R"j({"name":"n","password":"(sensitive)","users":[{"id":1,"key":"(sensitive)"},{"id":2},{"key":"(sensitive)"}]})j");
  CHECK_FALSE(doc.holds_secret());
  CHECK(marked.find("password")->secret() == Secret::plain);
}

TEST_CASE("mark_sensitive keeps marks that say more, and shares what it does not change") {
  Schema s;
  s.add("a", {.sensitive = true});
  Value doc = *drift::parse_json(R"({"a":"x","b":{"c":1}})");
  doc.edit_object().find("a")->mark(Secret::ciphertext);
  const Value marked = s.mark_sensitive(doc);
  CHECK(marked.find("a")->secret() == Secret::ciphertext);
  CHECK(&marked.as_object() == &doc.as_object());
  CHECK(&Schema().mark_sensitive(doc).as_object() == &doc.as_object());
}

namespace {
// The paths of `json` that are marked plain after mark_revealing(), where `secret` was marked before.
std::string revealed(const Schema& s, std::string_view json, std::string_view secret) {
  Value v = *drift::parse_json(json);
  CHECK(path(secret).edit(v, [](Value& at) { at.mark(Secret::plain); }));
  Value* const roots[] = {&v};
  s.mark_revealing(roots);
  return drift::to_json(v);
}
}  // namespace

TEST_CASE("what gives a secret away is secret, on every side, whichever side knows it") {
  Schema s;
  s.add("hash", {.derived = true, .reveals = {"text", "old.text"}});
  CHECK(revealed(s, R"({"hash":"h","text":"t"})", "text") == R"j({"hash":"(sensitive)","text":"(sensitive)"})j");
  CHECK(revealed(s, R"({"hash":"h","old":{"text":"t"}})", "old") == R"j({"hash":"(sensitive)","old":"(sensitive)"})j");
  CHECK(revealed(s, R"({"hash":"h","text":{"a":"t"}})", "text.a") == R"j({"hash":"(sensitive)","text":{"a":"(sensitive)"}})j");
  CHECK(revealed(s, R"({"hash":"h","name":"n"})", "name") == R"j({"hash":"h","name":"(sensitive)"})j");
  CHECK(revealed(s, R"({"hash":"h","text":null})", "text").find("\"h\"") != std::string::npos);
  CHECK(revealed(s, R"({"hash":null,"text":"t"})", "text").find("\"hash\":null") != std::string::npos);

  Value knows = *drift::parse_json(R"({"text":"t"})"), other = *drift::parse_json(R"({"hash":"h"})");
  knows.edit_object().find("text")->mark(Secret::digest);
  Value* const roots[] = {&other, &knows};
  s.mark_revealing(roots);
  CHECK(other.find("hash")->secret() == Secret::plain);
  CHECK(knows.find("text")->secret() == Secret::digest);
}

TEST_CASE("a derived path that does not say what it follows from is taken to give away everything") {
  Schema s;
  s.add("sum", {.derived = true}).add("size", {.derived = true, .reveals = {"body"}});
  CHECK(revealed(s, R"({"size":3,"sum":"h","x":["a","b"]})", "x[1]") == R"j({"size":3,"sum":"(sensitive)","x":["a","(sensitive)"]})j");
  CHECK_THROWS_AS(s.add("y", {.reveals = {"a..b"}}), std::invalid_argument);
}
