#include "diff/selection.hpp"

#include "unit/diff/support.hpp"

using namespace drift;
using namespace drift::testing;
using drift::diff_internal::Selection;
using drift::diff_internal::Selector;

namespace {

struct Fixture {
  RuleSet rules;
  Schema schema;
  CompareContext ctx;
  Fixture() {
    ctx.rules = &rules;
    ctx.schema = &schema;
  }
  void rule(std::string name, std::string type, std::string_view at, Comparator c) {
    rules.comparators.push_back({std::move(name), std::move(type), pattern(at), c, {}, {}});
  }
  std::string chosen(std::string_view at, std::string_view type = "aws_x") {
    Selector s(ctx, type);
    const Selection sel = s.at(path(at));
    return std::string(sel.applied.empty() ? std::string_view() : sel.applied.front().rule);
  }
};

}  // namespace

TEST_CASE("the most specific path wins, then the most specific type") {
  Fixture f;
  f.rule("wide", "*", "**", Comparator::case_insensitive);
  f.rule("any-tag", "*", "tags.*", Comparator::number);
  f.rule("one-tag", "*", "tags.a", Comparator::json);
  f.rule("aws", "aws_*", "name", Comparator::number);
  f.rule("this", "aws_x", "name", Comparator::json);
  CHECK(f.chosen("tags.a") == "one-tag");
  CHECK(f.chosen("tags.b") == "any-tag");
  CHECK(f.chosen("other") == "wide");
  CHECK(f.chosen("name") == "this");
  CHECK(f.chosen("name", "aws_y") == "aws");
}

TEST_CASE("rules of the project win over the schema, and the schema over what is built in") {
  Fixture f;
  CHECK(f.chosen("policy", "aws_iam_policy") == "builtin.json.aws_iam_policy.policy");
  f.schema.add("policy", {.empty_is_absent = true});
  CHECK(f.chosen("policy", "aws_iam_policy") == "schema:empty_is_absent");
  f.rule("mine", "*", "policy", Comparator::case_insensitive);
  CHECK(f.chosen("policy", "aws_iam_policy") == "mine");
}

TEST_CASE("exact as a project rule turns everything else off, but facts stay facts") {
  Fixture f;
  f.schema.add("l", {.sensitive = true, .set = true});
  f.rule("mine", "*", "l", Comparator::exact);
  Selector s(f.ctx, "t");
  const Selection sel = s.at(path("l"));
  CHECK(sel.applied.empty());
  CHECK(sel.facts.sensitive);
}

TEST_CASE("rules of one rank are an error only when they disagree") {
  Fixture f;
  f.rule("one", "*", "a", Comparator::json);
  f.rule("two", "*", "a", Comparator::json);
  Selector agree(f.ctx, "t");
  CHECK(agree.at(path("a")).applied.size() == 1);
  CHECK(!agree.ambiguous());
  f.rule("three", "*", "a", Comparator::number);
  Selector disagree(f.ctx, "t");
  CHECK(disagree.at(path("a")).applied.empty());  // compared exactly: nothing is hidden by an accident
  REQUIRE(disagree.ambiguous());
  CHECK(disagree.ambiguous()->code() == Errc::ambiguous_rule);
  CHECK(disagree.ambiguous()->message().find("\"one\"") != std::string::npos);
  CHECK(disagree.ambiguous()->message().find("\"three\"") != std::string::npos);
  CHECK(disagree.ambiguous()->subject() == "a");
}

TEST_CASE("a more specific rule settles what wider ones disagree about") {
  Fixture f;
  f.rule("one", "*", "a.*", Comparator::json);
  f.rule("two", "*", "a.*", Comparator::number);
  f.rule("three", "*", "a.b", Comparator::exact);
  Selector s(f.ctx, "t");
  CHECK(s.at(path("a.b")).applied.empty());
  CHECK(!s.ambiguous());
}

TEST_CASE("whether a rule can apply below a path is never underestimated") {
  Fixture f;
  f.rules.use_builtin_comparators = false;
  f.rule("one", "*", "a[*].b", Comparator::json);
  Selector s(f.ctx, "t");
  CHECK(s.may_apply_below(path("a")));
  CHECK(s.may_apply_below(path("a[0]")));
  CHECK(!s.may_apply_below(path("c")));
  f.rule("two", "*", "**.z", Comparator::json);
  Selector t(f.ctx, "t");
  CHECK(t.may_apply_below(path("c")));
}
