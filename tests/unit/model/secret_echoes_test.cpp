#include "model/secret_echoes.hpp"

#include <doctest/doctest.h>

#include "drift/model/json.hpp"

using namespace drift;
using drift::model_internal::SecretEchoes;

namespace {

Value value(std::string_view text) {
  Result<Value> v = parse_json(text);
  REQUIRE(v.ok());
  return *std::move(v);
}

Value secret(std::string_view text, Secret how = Secret::plain) {
  Value v = value(text);
  v.mark(how);
  return v;
}

Value object(std::initializer_list<Object::Member> members) { return Value(Object(members)); }

}  // namespace

TEST_CASE("secret echoes: a text that holds a secret is marked, and no other") {
  const Value known = object({{"password", secret(R"("hunter2-hunter2")")}, {"more", secret(R"({"deep":["another-secret"]})")}});
  const Value* const roots[] = {&known, nullptr};
  const SecretEchoes echoes{std::span(roots)};
  Value v = value(R"({"url":"db://u:hunter2-hunter2@h","list":["x",{"y":"another-secret"}],"open":"hunter2","n":1})");
  REQUIRE(echoes.in(v));
  echoes.mark(v);
  CHECK(v.find("url")->is_secret());
  CHECK(v.find("list")->as_list()[1].find("y")->is_secret());
  CHECK_FALSE(v.find("list")->is_secret());
  CHECK_FALSE(v.find("list")->as_list()[0].is_secret());
  CHECK_FALSE(v.find("open")->is_secret());
  CHECK_FALSE(echoes.in(v));
}

TEST_CASE("secret echoes: a short text stands elsewhere by chance, and a sealed one is not known") {
  const Value known =
      object({{"a", secret(R"("short")")}, {"b", secret(R"("a-long-digest-of-it")", Secret::digest)}, {"c", secret("12345678901")}});
  const Value* const roots[] = {&known};
  CHECK(SecretEchoes(std::span(roots)).empty());
}

TEST_CASE("secret echoes: attributes and inputs of every side") {
  Resource recorded, actual;
  recorded.inputs = object({{"password", secret(R"("old-password")")}});
  actual.attributes = object({{"password", secret(R"("new-password")")}});
  const Resource* const sides[] = {nullptr, &recorded, &actual};
  Resource r;
  r.attributes = value(R"({"was":"=old-password","is":"=new-password"})");
  r.inputs = value(R"({"x":"new-password"})");
  SecretEchoes(std::span(sides)).mark(r);
  CHECK(r.attributes.find("was")->is_secret());
  CHECK(r.attributes.find("is")->is_secret());
  CHECK(r.inputs->find("x")->is_secret());
}
