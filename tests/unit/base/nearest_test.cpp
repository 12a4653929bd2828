#include "drift/base/nearest.hpp"

#include <doctest/doctest.h>

#include <string>

using drift::edit_distance;
using drift::nearest;

TEST_CASE("edit distance: inserted, removed, replaced, swapped") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("state", "state") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("stat", "state") == 1);
  CHECK(edit_distance("sttae", "state") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance(std::string(100'000, 'x'), "state") == 64);  // long input is cut, not multiplied out
}

TEST_CASE("nearest: the fewest edits win, the first of equals; nothing among none") {
  CHECK(nearest("tagets", {"state", "targets", "timeout"}) == "targets");
  CHECK(nearest("x", {"ab", "cd"}) == "ab");
  CHECK(nearest("x", {}).empty());
}
