#include "model/secret_echoes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

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

TEST_CASE("secret echoes: an object with a secret in a key is one, but for the outermost") {
  Resource r;
  r.id = "id-hunter2-hunter2";
  r.attributes = value(
      R"({"hunter2-hunter2":1,"m":{"x-hunter2-hunter2":"1","y":"2"},"l":[{"a":{"hunter2-hunter2":1},"b":1}],"t":"=hunter2-hunter2"})");
  r.inputs = value(R"({"m":{"hunter2-hunter2":1}})");
  const Value known = object({{"password", secret(R"("hunter2-hunter2")")}});
  const Value* const roots[] = {&known};
  const SecretEchoes echoes{std::span(roots)};
  const auto objects_are_marked = [](const Resource& marked) {
    CHECK_FALSE(marked.attributes.is_secret());
    CHECK(marked.attributes.find("m")->is_secret());
    const Value& element = marked.attributes.find("l")->as_list()[0];
    CHECK_FALSE(element.is_secret());
    CHECK(element.find("a")->is_secret());
    CHECK_FALSE(element.find("b")->is_secret());
    CHECK(marked.inputs->find("m")->is_secret());
  };
  Resource keys = r, all = r;
  echoes.mark_keys(keys);
  objects_are_marked(keys);
  CHECK_FALSE(keys.attributes.find("t")->is_secret());
  CHECK(keys.id == r.id);
  echoes.mark(all);
  objects_are_marked(all);
  CHECK(all.attributes.find("t")->is_secret());
  CHECK(all.id.empty());
  CHECK(echoes.up_to_key(Path::parse("m[\"x-hunter2-hunter2\"].deep").value()).text() == "m");
  CHECK(echoes.up_to_key(Path::parse("l[0].a[\"hunter2-hunter2\"]").value()).text() == "l[0].a");
  CHECK(echoes.up_to_key(Path::parse("hunter2-hunter2.x").value()).text() == "hunter2-hunter2.x");
}

TEST_CASE("secret echoes: many secrets, of which some begin with or hold others, are found as one by one") {
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same in each run
  const auto text = [&](std::size_t least, std::size_t most) {
    std::string out(least + random() % (most - least), ' ');
    for (char& c : out) c = static_cast<char>('a' + random() % 2);
    return out;
  };
  std::size_t found = 0, rounds = 400;
  for (std::size_t round = 0; round < rounds; ++round) {
    std::vector<std::string> secrets;
    Value::List list;
    for (std::size_t i = 0; i < 1 + random() % 6; ++i) {
      secrets.push_back(text(8, 14));
      Value v(secrets.back());
      v.mark(Secret::plain);
      list.push_back(std::move(v));
    }
    const Value known(std::move(list));
    const Value* const roots[] = {&known};
    const std::string where = text(0, 250);
    const bool there =
        std::any_of(secrets.begin(), secrets.end(), [&](const std::string& s) { return where.find(s) != std::string::npos; });
    CHECK_MESSAGE(SecretEchoes(std::span(roots)).in_text(where) == there, where);
    found += there ? 1 : 0;
  }
  CHECK(found > rounds / 10);
  CHECK(found < rounds - rounds / 10);
}
