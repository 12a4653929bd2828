#include <doctest/doctest.h>

#include <set>

#include "drift/diff/rules.hpp"

using namespace drift;

TEST_CASE("built-in rules have names of their own") {
  std::set<std::string> names;
  for (const ComparatorRule& r : RuleSet::builtin()) CHECK(names.insert(r.name).second);
  CHECK(names.count("pulumi.defaults") == 1);
  CHECK(names.count("builtin.json.aws_iam_policy.policy") == 1);
}

TEST_CASE("no two built-in rules speak of one path of one type") {
  const auto& rules = RuleSet::builtin();
  for (std::size_t i = 0; i < rules.size(); ++i)
    for (std::size_t j = i + 1; j < rules.size(); ++j)
      CHECK_MESSAGE(!(glob_match(rules[i].type, rules[j].type) && rules[i].path.text() == rules[j].path.text()), rules[j].name);
}

TEST_CASE("what must not be folded has no rule") {
  // Order is meaning, or the text is free.
  for (const auto& [type, path] : {std::pair{"aws_lambda_function", "layers"}, std::pair{"aws_lambda_function", "environment"},
                                   std::pair{"aws_codepipeline", "stage"}, std::pair{"aws:lambda/function:Function", "layers"}}) {
    for (const ComparatorRule& r : RuleSet::builtin()) CHECK(!(glob_match(r.type, type) && r.path.covers(Path::parse(path).value())));
  }
}
