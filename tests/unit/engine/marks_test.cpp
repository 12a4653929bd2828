#include "engine/marks.hpp"

#include <array>

#include "fixtures.hpp"

using drift::engine_internal::share_marks;
using namespace engine_test;  // NOLINT(google-build-using-namespace)

namespace {

Value secret(Value v) { return v.mark(Secret::plain); }

void share(Resource& a, Resource& b, const Schema* schema = nullptr) {
  const std::array<Resource*, 3> sides{&a, nullptr, &b};
  share_marks(sides, schema);
}

std::string shared(Resource a, Resource b, const Schema* schema = nullptr) {
  share(a, b, schema);
  return to_json(b.attributes);
}

}  // namespace

TEST_CASE("marks: a secret on one side is one on the other") {
  Resource a = resource("x", R"({"password":"p","name":"n"})");
  a.attributes.edit_object().set("password", secret("p"));
  CHECK(shared(a, resource("x", R"({"password":"q","name":"m"})")) == R"j({"name":"m","password":"(sensitive)"})j");
  CHECK(shared(a, resource("x", R"({"password":null,"name":"m"})")) == R"({"name":"m","password":null})");
  CHECK(shared(a, resource("x", R"({"name":"m"})")) == R"({"name":"m"})");
}

TEST_CASE("marks: elements of a list are one place, because they may have moved") {
  Resource a = resource("x", R"({"users":[{"token":"t1"},{"token":"t2"}]})");
  a.attributes.edit_object().find("users")->edit_list()[1].edit_object().set("token", secret("t2"));
  CHECK(shared(a, resource("x", R"({"users":[{"id":1,"token":"t2"},{"token":"t3"}]})")) ==
        R"j({"users":[{"id":1,"token":"(sensitive)"},{"token":"(sensitive)"}]})j");
}

TEST_CASE("marks: where the shape changed, the whole value is taken for a secret") {
  Resource a = resource("x", R"({"auth":{"key":"k"}})");
  a.attributes.edit_object().find("auth")->edit_object().set("key", secret("k"));
  CHECK(shared(a, resource("x", R"({"auth":"key=k"})")) == R"j({"auth":"(sensitive)"})j");
  CHECK(shared(a, resource("x", R"({"auth":[{"key":"k"}]})")) == R"j({"auth":"(sensitive)"})j");
}

TEST_CASE("marks: the schema's sensitive paths, nulls excepted") {
  Schema schema;
  schema.add("content", {.sensitive = true});
  CHECK(shared(resource("x", "{}"), resource("x", R"({"content":"c","other":1})"), &schema) == R"j({"content":"(sensitive)","other":1})j");
  CHECK(shared(resource("x", "{}"), resource("x", R"({"content":null})"), &schema) == R"({"content":null})");
}

TEST_CASE("marks: what is sealed already stays as it is; what is in the inputs is one in the outputs") {
  Resource a = resource("x", R"({"p":"hmac-sha256:00000000:00"})");
  a.attributes.edit_object().find("p")->mark(Secret::digest);
  a.inputs = json(R"({"p":1})");
  Resource b = resource("x", R"({"p":"v"})");
  b.inputs = json(R"({"p":"v"})");
  share(a, b);
  CHECK(a.attributes.find("p")->secret() == Secret::digest);
  CHECK(b.attributes.find("p")->secret() == Secret::plain);
  CHECK(a.inputs->find("p")->secret() == Secret::plain);
  CHECK(b.inputs->find("p")->secret() == Secret::plain);
}

TEST_CASE("marks: a secret input that the provider gives back bare is still one") {
  Resource a = resource("x", R"({"p":"old","q":1})");
  a.inputs = json(R"({"p":"old"})");
  a.inputs->edit_object().find("p")->mark(Secret::ciphertext);
  CHECK(shared(a, resource("x", R"({"p":"new","q":2})")) == R"j({"p":"(sensitive)","q":2})j");
}

TEST_CASE("marks: what gives a secret away is one, and so is an id that is made of it") {
  Schema schema;
  schema.add("sha1", {.derived = true, .reveals = {"content"}});
  Resource a = resource("x", R"({"content":"c","sha1":"84a516841ba77a5b4648de2cd0dfcb30ea46dbb4"})");
  a.id = "84a516841ba77a5b4648de2cd0dfcb30ea46dbb4";
  Resource b = a;
  b.id = "3bc15c8aae3e4124dd409035f32ea2fd6835efc9";
  Resource open_a = a, open_b = b;
  share(open_a, open_b, &schema);
  CHECK(!open_b.attributes.holds_secret());
  CHECK(open_b.id == b.id);

  a.attributes.edit_object().find("content")->mark(Secret::plain);
  share(a, b, &schema);
  CHECK(to_json(a.attributes) == R"j({"content":"(sensitive)","sha1":"(sensitive)"})j");
  CHECK(to_json(b.attributes) == to_json(a.attributes));
  CHECK(a.id.empty());
  CHECK(b.id.empty());
}

namespace {

using Texts = std::vector<std::string>;

Texts unmarked(const Resource& recorded, const Resource& actual, const Schema* schema, std::vector<const Resource*> others = {}) {
  Texts out;
  for (const Path& path : drift::engine_internal::unmarked_places(recorded, actual, others, schema)) out.push_back(path.text());
  return out;
}

Resource with_secret(std::string_view attributes, const char* member) {
  Resource r = resource("x", attributes);
  r.attributes.edit_object().find(member)->mark(Secret::plain);
  return r;
}

}  // namespace

TEST_CASE("marks: what the schema or the answer calls sensitive and the record does not, in the record's places") {
  const char* const both = R"({"p":"v","q":"w","n":null})";
  Schema schema;
  schema.add("p", {.sensitive = true});
  schema.add("n", {.sensitive = true});
  const Resource bare = resource("x", both);
  CHECK(unmarked(bare, bare, nullptr) == Texts{});
  CHECK(unmarked(bare, bare, &schema) == Texts{"p"});
  CHECK(unmarked(bare, with_secret(both, "q"), nullptr) == Texts{"q"});
  CHECK(unmarked(bare, with_secret(both, "q"), &schema) == Texts{"p", "q"});
  CHECK(unmarked(bare, with_secret(both, "p"), &schema) == Texts{"p"});  // once
  // The other way round nobody gains a secret.
  CHECK(unmarked(with_secret(both, "p"), bare, &schema) == Texts{});
  CHECK(unmarked(with_secret(both, "q"), bare, &schema) == Texts{"p"});
  Resource by_inputs = bare;
  by_inputs.inputs = Value(Object({{"p", secret("v")}}));
  CHECK(unmarked(by_inputs, bare, &schema) == Texts{});
}

TEST_CASE("marks: what a plan marks and what only gives a secret away is not what the provider calls sensitive") {
  const char* const both = R"({"content":"v","hash":"h","size":"s"})";
  Schema schema;
  schema.add("hash", {.computed = true, .reveals = {"content"}});
  schema.add("size", {.derived = true});
  const Resource bare = resource("x", both);
  const Resource planned = with_secret(both, "content");
  Resource answer = with_secret(both, "hash");  // as a recording has it: with the marks of all
  answer.attributes.edit_object().find("size")->mark(Secret::plain);
  answer.attributes.edit_object().find("content")->mark(Secret::plain);
  CHECK(unmarked(bare, answer, &schema) == Texts{"content"});
  CHECK(unmarked(bare, answer, &schema, {&planned}) == Texts{});
  schema.add("size", {.sensitive = true});  // nor does libdrift's own provider for files ask anybody to mark its hashes
  schema.add("content", {.sensitive = true, .reveals = {"hash"}});
  CHECK(unmarked(bare, bare, &schema) == Texts{"content"});
}
