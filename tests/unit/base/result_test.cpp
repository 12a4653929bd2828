#include "drift/base/result.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using drift::Errc;
using drift::Error;
using drift::Result;
using drift::Status;

namespace {
Status step(bool good) {
  if (!good) return Error(Errc::io, "the step failed");
  return {};
}
Result<int> two_steps(bool first, bool second) {
  DRIFT_TRY(step(first));
  DRIFT_TRY(Result<std::string>(second ? Result<std::string>("x") : Result<std::string>(Error(Errc::parse, "second"))));
  return 7;
}
}  // namespace

TEST_CASE("DRIFT_TRY returns the first error of a Status or a Result") {
  CHECK(*two_steps(true, true) == 7);
  CHECK(two_steps(false, false).error().code() == Errc::io);
  CHECK(two_steps(true, false).error().code() == Errc::parse);
}

TEST_CASE("asking for the other side is a bug and throws") {
  const Result<int> good = 1;
  const Result<int> bad = Error(Errc::io, "m");
  CHECK_THROWS_AS((void)good.error(), std::logic_error);
  CHECK_THROWS_AS((void)bad.value(), std::logic_error);
  CHECK_THROWS_AS((void)Status().error(), std::logic_error);
}

TEST_CASE("a result can hold what only moves") {
  Result<std::unique_ptr<int>> r = std::make_unique<int>(5);
  std::unique_ptr<int> p = *std::move(r);
  CHECK(*p == 5);
}
