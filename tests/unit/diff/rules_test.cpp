#include "drift/diff/rules.hpp"

#include <doctest/doctest.h>

using namespace drift;

TEST_CASE("every comparator has a name that reads back") {
  for (const Comparator c : {Comparator::exact, Comparator::number, Comparator::json, Comparator::set, Comparator::keyed_list,
                             Comparator::empty_is_absent, Comparator::case_insensitive, Comparator::default_value, Comparator::ignored})
    CHECK(comparator_from_name(comparator_name(c)) == c);
  CHECK(comparator_name(Comparator::keyed_list) == "keyed_list");
  CHECK(!comparator_from_name("fuzzy").has_value());
  CHECK(!comparator_from_name("").has_value());
}

TEST_CASE("every ignore mode has a name that reads back") {
  for (const IgnoreMode m : {IgnoreMode::hide, IgnoreMode::mute, IgnoreMode::accept, IgnoreMode::watch_only, IgnoreMode::never_push})
    CHECK(ignore_mode_from_name(ignore_mode_name(m)) == m);
  CHECK(!ignore_mode_from_name("Mute").has_value());
}
