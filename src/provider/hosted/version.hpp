// Version numbers of providers: "1.2.3", "1.2.3-beta2", "1.2.3+build".
//
// Spec: semver.org 2.0.0, sections 9 to 11; build data takes no part in the order. Pure. Thread rule: any.
#pragma once

#include <string>
#include <string_view>

namespace drift::hosted_internal {

[[nodiscard]] bool is_version(std::string_view text);
// <0, 0, >0; what is no version comes before all that are.
[[nodiscard]] int compare_versions(std::string_view a, std::string_view b);
[[nodiscard]] bool is_prerelease(std::string_view version);

}  // namespace drift::hosted_internal
