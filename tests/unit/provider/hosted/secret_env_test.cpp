#include "provider/hosted/secret_env.hpp"

#include <doctest/doctest.h>

using namespace drift::hosted_internal;  // NOLINT(google-build-using-namespace)

TEST_CASE("values that must not be shown are those that were given, and what has the name of a secret") {
  const auto secrets =
      secret_values({"AWS_SECRET_ACCESS_KEY=hunter22", "HOME=/h/mine", "PWD=/some/where", "DB_PASSWORD=pw", "PGPASSWORD=hunter22-long"},
                    {{"URL", "https://x.example"}, {"PIN", "4711"}, {"EMPTY", ""}});
  CHECK(secrets == std::vector<std::string>{"https://x.example", "4711", "hunter22", "hunter22-long"});
}
