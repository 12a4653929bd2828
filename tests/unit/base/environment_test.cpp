#include <doctest/doctest.h>

#include <cstdlib>

#include "drift/base/environment.hpp"

using namespace drift;  // NOLINT(google-build-using-namespace)

TEST_CASE("environment: what the process has") {
  REQUIRE(::setenv("DRIFT_TEST_ENVIRONMENT", "a=b", 1) == 0);
  Environment e = process_environment();
  CHECK(e["DRIFT_TEST_ENVIRONMENT"] == "a=b");
  CHECK(e.find("DRIFT_TEST_NO_SUCH_VARIABLE") == e.end());
  REQUIRE(::unsetenv("DRIFT_TEST_ENVIRONMENT") == 0);
  CHECK(process_environment().count("DRIFT_TEST_ENVIRONMENT") == 0);
}
