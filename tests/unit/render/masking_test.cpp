#include "render/masking.hpp"

#include <doctest/doctest.h>

#include "drift/model/json.hpp"
#include "sample.hpp"

using namespace drift;
using render_internal::masked;

namespace {
Value object(const char* key, Value v) {
  Object o;
  o.set(key, std::move(v));
  return o;
}
std::string both(const Change& c) { return to_json(*c.recorded) + ' ' + to_json(*c.actual); }
}  // namespace

TEST_CASE("without a secret nothing is touched") {
  const Change c = masked(test::change("a", Value("x"), Value("y")));
  CHECK_FALSE(c.sensitive);
  CHECK(both(c) == R"("x" "y")");
}

TEST_CASE("what one side marks is taken out of all sides") {
  CHECK(both(masked(test::change("a", test::secret("x"), Value("y")))) == R"j("(sensitive)" "(sensitive)")j");
  CHECK(both(masked(test::change("a", object("p", test::secret("x")), object("p", Value("y"))))) ==
        R"j({"p":"(sensitive)"} {"p":"(sensitive)"})j");
  CHECK(masked(test::change("a", test::secret("x"), Value("y"))).sensitive);
  Change flagged = test::change("a", Value("x"), Value("y"));
  flagged.sensitive = true;
  CHECK(both(masked(flagged)) == R"j("(sensitive)" "(sensitive)")j");
}

TEST_CASE("elements of a list may have moved") {
  const Value marked = Value::List{object("p", test::secret("x")), object("q", Value(1))};
  const Value moved = Value::List{object("q", Value(1)), object("p", Value("x"))};
  CHECK(both(masked(test::change("a", marked, moved))) == R"j([{"p":"(sensitive)"},{"q":1}] [{"q":1},{"p":"(sensitive)"}])j");
}

TEST_CASE("another shape could hold the secret anywhere") {
  const Value marked = object("p", test::secret("x"));
  CHECK(both(masked(test::change("a", marked, Value("p=x")))) == R"j({"p":"(sensitive)"} "(sensitive)")j");
  CHECK(both(masked(test::change("a", marked, Value(Value::List{Value("x")})))) == R"j({"p":"(sensitive)"} "(sensitive)")j");
  CHECK(both(masked(test::change("a", marked, Value()))) == R"j({"p":"(sensitive)"} null)j");
}

TEST_CASE("ciphertext and digests are taken out too") {
  for (const Secret mark : {Secret::ciphertext, Secret::digest}) {
    const Change c = masked(test::change("a", test::secret("AAAB", mark), test::secret("AAAC", mark)));
    CHECK(both(c) == R"j("(sensitive)" "(sensitive)")j");
  }
}
