#include "exit_codes.hpp"

namespace drift::cli {

ExitStyle exit_style_from_name(std::string_view name) noexcept {
  if (name == "terraform") return ExitStyle::terraform;
  if (name == "pulumi") return ExitStyle::pulumi;
  if (name == "driftctl") return ExitStyle::driftctl;
  return ExitStyle::drift;
}

Outcome outcome_of(const Report& report) noexcept {
  if (!report.findings.empty()) return Outcome::drift;
  return report.complete ? Outcome::clean : Outcome::incomplete;
}

Outcome outcome_of(const Error& error) noexcept {
  return error.code() == Errc::cancelled || error.code() == Errc::deadline ? Outcome::incomplete : Outcome::error;
}

int exit_code(ExitStyle style, Outcome outcome) noexcept {
  static constexpr int codes[4][4] = {{0, 2, 1, 3}, {0, 2, 1, 1}, {0, 7, 1, 1}, {0, 1, 2, 2}};
  return codes[static_cast<int>(style)][static_cast<int>(outcome)];
}

}  // namespace drift::cli
