#include "unit/diff/support.hpp"

using namespace drift;
using namespace drift::testing;

TEST_CASE("names are what reports say") {
  CHECK(change_kind_name(ChangeKind::added) == "added");
  CHECK(change_kind_name(ChangeKind::removed) == "removed");
  CHECK(change_kind_name(ChangeKind::modified) == "modified");
  CHECK(relation_name(Relation::drift) == "drift");
  CHECK(relation_name(Relation::pending) == "pending");
  CHECK(relation_name(Relation::converged) == "converged");
  CHECK(relation_name(Relation::conflict) == "conflict");
  CHECK(section_name(Section::attributes) == "attributes");
  CHECK(section_name(Section::inputs) == "inputs");
  CHECK(section_name(Section::resource) == "resource");
}

TEST_CASE("what counts as drifted") {
  ResourceComparison c;
  CHECK(!c.drifted());
  c.existence = Existence::deleted;
  CHECK(c.drifted());
  c.existence_mode = IgnoreMode::mute;
  CHECK(!c.drifted());
  c.existence_mode = IgnoreMode::never_push;
  CHECK(c.drifted());
  c.existence_mode.reset();
  for (const Existence e : {Existence::present, Existence::absent, Existence::unread}) {
    c.existence = e;
    CHECK(!c.drifted());
  }
  for (const Relation r : {Relation::pending, Relation::converged}) {
    c.changes = {Change{}};
    c.changes[0].relation = r;
    CHECK(!c.drifted());
  }
  for (const Relation r : {Relation::drift, Relation::conflict}) {
    c.changes[0].relation = r;
    CHECK(c.drifted());
  }
}

TEST_CASE("merging bases") {
  Basis a;
  a.recorded = true;
  Basis b;
  b.actual = true;
  a.merge(b);
  CHECK(a.names() == std::vector<std::string_view>{"recorded", "actual"});
}
