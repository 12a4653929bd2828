#include "provider/hosted/references.hpp"

#include <doctest/doctest.h>

using namespace drift;                   // NOLINT(google-build-using-namespace)
using namespace drift::hosted_internal;  // NOLINT(google-build-using-namespace)

namespace {

const Environment& environment() {
  static const Environment e{{"A", "one"}, {"B_2", "${env:A}"}, {"EMPTY", ""}};
  return e;
}

std::string resolved(std::string_view text) {
  const Result<ResolvedText> r = resolve_text(text, environment());
  return r ? r->text + (r->from_environment ? " (env)" : "") : "error: " + r.error().message();
}

}  // namespace

TEST_CASE("references: whole, in part, several, escaped, and never twice") {
  CHECK(resolved("") == "");
  CHECK(resolved("plain $ $$ $x {y} 5$") == "plain $ $$ $x {y} 5$");
  CHECK(resolved("${env:A}") == "one (env)");
  CHECK(resolved("<${env:A}-${env:A}>") == "<one-one> (env)");
  CHECK(resolved("${env:EMPTY}") == " (env)");
  CHECK(resolved("${env:B_2}") == "${env:A} (env)");
  CHECK(resolved("$${env:A}") == "${env:A}");
  CHECK(resolved("$$${env:A}") == "$${env:A}");
  CHECK(resolved("a$${b}${env:A}$${") == "a${b}one${ (env)");
}

TEST_CASE("references: what is none is an error, which never holds the text") {
  for (const std::string_view bad :
       {"${", "${}", "${env:", "${env:}", "${env:A", "${env:1A}", "${env:A-B}", "${ENV:A}", "${A}", "${env: A}", "x${env:A}${hunter2}"}) {
    CAPTURE(bad);
    const Status s = check_references(bad);
    REQUIRE_FALSE(s.ok());
    CHECK(s.error().code() == Errc::config_invalid);
    CHECK_FALSE(s.error().next_step().empty());
    CHECK(s.error().to_string().find("hunter2") == std::string::npos);
    CHECK_FALSE(resolve_text(bad, environment()).ok());
  }
  CHECK(check_references("${env:NOT_SET} $${").ok());
  CHECK(resolved("${env:NOT_SET}") == "error: needs the environment variable NOT_SET, which is not set");
}
