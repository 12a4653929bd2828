#include "drift/diff/rules.hpp"

#include <doctest/doctest.h>

using namespace drift;

TEST_CASE("every comparator has a name that reads back") {
  for (const Comparator c :
       {Comparator::exact, Comparator::number, Comparator::json, Comparator::set, Comparator::keyed_list, Comparator::empty_is_absent,
        Comparator::case_insensitive, Comparator::default_value, Comparator::ignored, Comparator::float64})
    CHECK(comparator_from_name(comparator_name(c)) == c);
  CHECK(comparator_names().size() == 10);
  CHECK(comparator_name(Comparator::keyed_list) == "keyed_list");
  CHECK(!comparator_from_name("fuzzy").has_value());
  CHECK(!comparator_from_name("").has_value());
}

TEST_CASE("every ignore mode has a name that reads back") {
  for (const IgnoreMode m : {IgnoreMode::hide, IgnoreMode::mute, IgnoreMode::accept, IgnoreMode::watch_only, IgnoreMode::never_push})
    CHECK(ignore_mode_from_name(ignore_mode_name(m)) == m);
  CHECK(ignore_mode_names().size() == 5);
  CHECK(!ignore_mode_from_name("Mute").has_value());
}

TEST_CASE("the names of what libdrift takes out itself are its own") {
  for (const char* name :
       {"baseline", "same-change-in-outputs", "secret.cannot-tell", "secret.unmarked", "unknown.cannot-tell", "engine.ignore_changes",
        "engine.x", "schema:set", "builtin.json.aws_iam_policy.policy", "pulumi.defaults", "terraform.timeouts"})
    CHECK_MESSAGE(is_fixed_rule_name(name), name);
  for (const char* name : {"", "base", "engine", "autoscaling", "acme.builtin.x"}) CHECK_MESSAGE(!is_fixed_rule_name(name), name);
  for (const ComparatorRule& rule : RuleSet::builtin()) CHECK_MESSAGE(is_fixed_rule_name(rule.name), rule.name);
}
