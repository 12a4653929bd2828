// The names of what libdrift takes out by itself, in one place (docs/rules.md lists them for people).
//
// Thread rule: constants.
#pragma once

#include <string_view>

namespace drift::diff_internal {

inline constexpr std::string_view kBaselineRule = "baseline";
inline constexpr std::string_view kOutputsRule = "same-change-in-outputs";
inline constexpr std::string_view kSecretRule = "secret.cannot-tell";
inline constexpr std::string_view kUnmarkedRule = "secret.unmarked";
inline constexpr std::string_view kUnknownRule = "unknown.cannot-tell";
inline constexpr std::string_view kEngineRule = "engine.ignore_changes";
inline constexpr std::string_view kEngineDiffRule = "engine.diff";
// Every name that begins so.
inline constexpr std::string_view kEngineFamily = "engine.";
inline constexpr std::string_view kSchemaFamily = "schema:";
inline constexpr std::string_view kBuiltinFamily = "builtin.";

}  // namespace drift::diff_internal
