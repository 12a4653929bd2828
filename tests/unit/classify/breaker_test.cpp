#include "classify/breaker.hpp"

#include <doctest/doctest.h>

using namespace drift;
using classify_internal::breaks;

TEST_CASE("a lane breaks when both the number and the share are reached") {
  const BreakerOptions o{10, 0.5, 3};
  CHECK(breaks({20, 10}, o));
  CHECK(breaks({10, 10}, o));
  CHECK_FALSE(breaks({10, 9}, o));         // too few to doubt
  CHECK_FALSE(breaks({21, 10}, o));        // less than the share
  CHECK_FALSE(breaks({0, 0}, {0, 0, 0}));  // nothing is missing
}

TEST_CASE("a lane of which nothing is left breaks sooner") {
  const BreakerOptions o{10, 0.5, 3};
  CHECK(breaks({3, 3}, o));
  CHECK_FALSE(breaks({4, 3}, o));             // something is there: access works
  CHECK_FALSE(breaks({2, 2}, o));             // too few to doubt
  CHECK_FALSE(breaks({3, 3}, {10, 0.5, 4}));  // believed on request
}

TEST_CASE("the error names the counts and what to check") {
  const Error e = classify_internal::mass_deletion_error("aws/eu-west-1", {14, 12});
  CHECK(e.code() == Errc::mass_deletion);
  CHECK(e.message().find("12 of 14") != std::string::npos);
  CHECK(e.message().find("aws/eu-west-1") != std::string::npos);
  for (const char* word : {"credentials", "region", "mount"}) CHECK(e.next_step().find(word) != std::string::npos);
}
