#include "provider/hosted/version.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace drift::hosted_internal;  // NOLINT(google-build-using-namespace)

TEST_CASE("version: which texts are versions") {
  for (const std::string_view yes :
       {"0.0.0", "1.2.3", "10.20.30", "1.2.3-beta", "1.2.3-beta.2", "1.2.3-x-y.0a", "1.2.3+build.5", "1.2.3-rc1+b"})
    CHECK_MESSAGE(is_version(yes), yes);
  for (const std::string_view no :
       {"", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.x", "1..3", "1.2.3-", "1.2.3-a..b", "1.2.3+", "1.2.3-a_b", " 1.2.3", "."})
    CHECK_MESSAGE(!is_version(no), no);
}

TEST_CASE("version: the order is that of semver") {
  const std::vector<std::string_view> sorted{
      "nothing",    "0.9.9", "1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta.2",
      "1.0.0-rc.1", "1.0.0", "1.0.9",   "1.0.10",  "1.2.0",    "2.0.0",       "10.0.0",        "10.0.99999999999999999999",
      "10.1.0"};
  for (std::size_t i = 0; i < sorted.size(); ++i)
    for (std::size_t j = 0; j < sorted.size(); ++j) {
      const int c = compare_versions(sorted[i], sorted[j]);
      CHECK_MESSAGE((c < 0) == (i < j), sorted[i] << " and " << sorted[j]);
      CHECK_MESSAGE((c == 0) == (i == j), sorted[i] << " and " << sorted[j]);
    }
  CHECK(compare_versions("1.0.0+a", "1.0.0+b") == 0);
  CHECK(compare_versions("1.02.0", "1.2.0") == 0);
  CHECK(is_prerelease("1.0.0-rc1"));
  CHECK_FALSE(is_prerelease("1.0.0+a-b"));
}
