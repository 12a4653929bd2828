#include "engine/scope.hpp"

#include <doctest/doctest.h>

using drift::engine_internal::Scope;

TEST_CASE("scope: everything, unless something was said") {
  Scope all({}, {});
  CHECK(all.everything());
  CHECK(all.contains("module.a.thing.b[0]"));
}

TEST_CASE("scope: a target takes in, an exclude takes out again") {
  Scope scope({"module.a.*", "thing.x"}, {"*secret*"});
  CHECK(!scope.everything());
  CHECK(scope.contains("module.a.thing.b[0]"));
  CHECK(scope.contains("thing.x"));
  CHECK(!scope.contains("thing.xy"));
  CHECK(!scope.contains("module.a.secret.b"));
}

TEST_CASE("scope: remembers the targets and excludes that matched nothing, whatever the others said") {
  Scope scope({"a.*", "b.*", "c"}, {"b.*", "d", "e.*"});
  (void)scope.contains("a.x");
  (void)scope.contains("b.x");
  (void)scope.contains("e.x");
  CHECK(scope.unused_targets() == std::vector<std::string>{"c"});
  CHECK(scope.unused_excludes() == std::vector<std::string>{"d"});
}
