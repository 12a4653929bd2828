#include <doctest/doctest.h>

#include <set>
#include <string>

#include "drift/classify/report.hpp"

using namespace drift;

TEST_CASE("every name is its own, and none is unknown") {
  const auto check = [](auto name, auto last) {
    using Enum = decltype(last);
    std::set<std::string> seen;
    for (int i = 0; i <= static_cast<int>(last); ++i) {
      const std::string text(name(static_cast<Enum>(i)));
      CHECK(text != "unknown");
      CHECK(seen.insert(text).second);
    }
    CHECK(name(static_cast<Enum>(static_cast<int>(last) + 1)) == "unknown");
  };
  check(verdict_name, Verdict::suppressed);
  check(risk_level_name, RiskLevel::critical);
  check(risk_class_name, RiskClass::security);
  check(risk_direction_name, RiskDirection::widen);
}

TEST_CASE("names that programs read stay as they are") {
  CHECK(verdict_name(Verdict::in_sync) == "in_sync");
  CHECK(verdict_name(Verdict::unmanaged) == "unmanaged");
  CHECK(risk_level_name(RiskLevel::critical) == "critical");
  CHECK(risk_class_name(RiskClass::behavioural) == "behavioural");
  CHECK(risk_direction_name(RiskDirection::widen) == "widen");
}
