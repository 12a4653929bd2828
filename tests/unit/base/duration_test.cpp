#include "drift/base/duration.hpp"

#include <doctest/doctest.h>

TEST_CASE("durations") {
  CHECK(*drift::parse_duration("500ms") == std::chrono::milliseconds(500));
  CHECK(*drift::parse_duration("30s") == std::chrono::seconds(30));
  CHECK(*drift::parse_duration("5m") == std::chrono::minutes(5));
  CHECK(*drift::parse_duration("1h") == std::chrono::hours(1));
  for (const std::string_view text : {"", "s", "30", "0s", "-5s", "1.5s", "1 s", "5d", "30S", "99999999999999h"})
    CHECK_MESSAGE(!drift::parse_duration(text).ok(), text);
}
