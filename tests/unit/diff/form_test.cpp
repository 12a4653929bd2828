#include "diff/form.hpp"

#include "unit/diff/support.hpp"

using namespace drift;
using namespace drift::testing;
using namespace drift::diff_internal;

namespace {

struct Fixture {
  RuleSet rules;
  Schema schema;
  CompareContext ctx;
  Fixture() { ctx.rules = &rules; }
  void rule(std::string_view at, Comparator c, std::string key = {}, std::optional<Value> value = {}) {
    rules.comparators.push_back({std::string(at), "*", pattern(at), c, std::move(key), std::move(value)});
  }
  Form form(const Value& v, bool planned = false) {
    Selector selector(ctx, "t");
    Work work(ctx.stop);
    Path at;
    return FormMaker(selector, work, at, planned, false).of(v);
  }
  bool same(std::string_view a, std::string_view b, bool planned = false) {
    return form(json(a), planned).print == form(json(b), planned).print;
  }
};

}  // namespace

TEST_CASE("without rules the form is the content") {
  Fixture f;
  CHECK(f.same(R"({"a":1.0,"b":[1,2]})", R"({"b":[1,2],"a":1})"));
  CHECK(!f.same("[1,2]", "[2,1]"));
  CHECK(!f.same(R"({"a":null})", "{}"));
  CHECK(f.form(json(R"({"a":[1]})")).whole);
  CHECK(f.form(Value("x").mark(Secret::plain)).print == f.form(Value("x")).print);
}

TEST_CASE("each comparator has its form") {
  Fixture f;
  f.rule("n", Comparator::number);
  f.rule("j", Comparator::json);
  f.rule("c", Comparator::case_insensitive);
  f.rule("e", Comparator::empty_is_absent);
  f.rule("d", Comparator::default_value, {}, Value(5));
  f.rule("i", Comparator::ignored);
  f.rule("s", Comparator::set);
  f.rule("k", Comparator::keyed_list, "id");
  CHECK(f.same(R"({"n":"1.0"})", R"({"n":1})"));
  CHECK(!f.same(R"({"n":"1.0x"})", R"({"n":1})"));
  CHECK(f.same(R"({"j":"{\"a\": 1, \"b\": 2}"})", R"({"j":"{\"b\":2,\"a\":1}"})"));
  CHECK(f.same(R"({"c":"Ab"})", R"({"c":"aB"})"));
  for (const char* empty : {R"({"e":""})", R"({"e":[]})", R"({"e":{}})", R"({"e":null})"}) CHECK(f.same(empty, "{}"));
  CHECK(f.same(R"({"d":5})", "{}"));
  CHECK(f.same(R"({"d":null})", "{}"));
  CHECK(!f.same(R"({"d":6})", "{}"));
  CHECK(f.same(R"({"i":[1,2]})", R"({"i":"x"})"));
  CHECK(f.same(R"({"s":[1,2,2]})", R"({"s":[2,1,2]})"));
  CHECK(!f.same(R"({"s":[1,2,2]})", R"({"s":[1,1,2]})"));
  CHECK(f.same(R"({"k":[{"id":1,"x":2},{"id":2}]})", R"({"k":[{"id":2},{"id":1,"x":2}]})"));
  CHECK(!f.same(R"({"k":[{"id":1},{"id":1,"x":2}]})", R"({"k":[{"id":1,"x":2},{"id":1}]})"));
  CHECK(f.form(json(R"({"k":[{"id":1}],"s":[1],"d":5,"n":"1"})")).whole);
}

TEST_CASE("sets in sets") {
  Fixture f;
  f.rule("**", Comparator::set);
  CHECK(f.same("[[1,2],[3,[4,5]]]", "[[[5,4],3],[2,1]]"));
  CHECK(!f.same("[[1,2],[3]]", "[[1,3],[2]]"));
}

TEST_CASE("a plan's null is absence") {
  Fixture f;
  CHECK(f.same(R"({"a":null})", "{}", true));
}

TEST_CASE("what can be equal to values of other forms says so") {
  Fixture f;
  CHECK(!f.form(Value::List{Value::unknown()}).whole);
  CHECK(!f.form(Value::List{Value("x").mark(Secret::ciphertext)}).whole);
  f.rule("k", Comparator::keyed_list, "id");
  CHECK(!f.form(json(R"({"k":[{"id":1},{"id":1}]})")).whole);
  // null is what is empty and what is the default, but these two are not equal.
  f.ctx.schema = &f.schema;
  f.schema.add("both", {.empty_is_absent = true, .default_value = Value(5)});
  CHECK(!f.form(json(R"({"both":null})")).whole);
  CHECK(!f.same(R"({"both":""})", R"({"both":5})"));
  CHECK(!f.form(json("{}"), true).whole);  // the schema may say that something is computed
  Fixture d;
  d.rule("**", Comparator::float64);
  CHECK(d.same("[9007199254740993]", "[9007199254740992]"));
  CHECK(!d.form(json("[9007199254740993]")).whole);
  CHECK(d.form(json("[1]")).whole);
  CHECK(!d.same("[1]", "[2]"));
  // ... which the rule about absence is none of the business of.
  d.ctx.schema = &d.schema;
  d.rules.comparators.clear();
  d.schema.add("**", {.empty_is_absent = true, .float64 = true});
  CHECK(d.form(json(R"([{"a":1,"b":""}])")).whole);
  Fixture g;
  g.rule("l[0]", Comparator::ignored);
  CHECK(!g.form(json("{}")).whole);
}
