// Exit statuses. The default says what happened; the other styles answer as the named tools do, for drop-in use.
//
//            clean  drift  error  incomplete
//   drift      0      2      1        3
//   terraform  0      2      1        1        terraform plan -detailed-exitcode
//   pulumi     0      7      1        1        pulumi refresh --expect-no-changes
//   driftctl   0      1      2        2        driftctl scan
//
// Drift that was found counts also when the scan was incomplete; a scan in which a read failed is never clean.
// Thread rule: any.
#pragma once

#include <string_view>

#include "drift/classify/report.hpp"

namespace drift::cli {

enum class ExitStyle { drift, terraform, pulumi, driftctl };
enum class Outcome { clean, drift, error, incomplete };

[[nodiscard]] ExitStyle exit_style_from_name(std::string_view name) noexcept;  // drift for a name that it does not know
[[nodiscard]] Outcome outcome_of(const Report& report) noexcept;
[[nodiscard]] Outcome outcome_of(const Error& error) noexcept;  // what was stopped is incomplete
[[nodiscard]] int exit_code(ExitStyle style, Outcome outcome) noexcept;

// For --help.
inline constexpr const char* exit_help =
    "Exit status: 0 clean, 2 drift, 1 error, 3 incomplete (something could not be read, or the scan was stopped).\n"
    "Where there is drift and something is incomplete, it is 2: 3 says that none was found in what could be read.\n"
    "--exit-code-style terraform: 0, 2, 1, 1; pulumi: 0, 7, 1, 1; driftctl: 0, 1, 2, 2.";

}  // namespace drift::cli
