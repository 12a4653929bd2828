// Renderers: a Report as text for people and as JSON for programs. Secrets are never shown: "(sensitive, changed)".
//
// Thread rule: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drift/classify/report.hpp"

namespace drift {

struct TextOptions {
  bool color = false;      // ANSI colours; symbols and words carry the same information without
  bool unicode = true;     // false: ASCII only
  std::size_t width = 80;  // long values are cut or wrapped for this many columns; 0 = no limit
  bool show_suppressed = false;
  bool show_elapsed = true;
  std::size_t max_findings = 0;  // 0 = all
};

// First line is the answer: "3 drifted (1 critical: ...), 2 unreadable, 41 suppressed, 1,204 checked in 8.2 s".
[[nodiscard]] std::string render_text(const Report& report, const TextOptions& options = {});
// One finding, resource error or suppressed entry with every side's value and why, and the errors of the whole scan: what `drift explain`
// prints.
[[nodiscard]] std::string render_explain(const Report& report, std::string_view address, const TextOptions& options = {});
// Errors alone, as render_text has them: those with the same words stand together.
[[nodiscard]] std::string render_errors(const std::vector<ReportError>& errors, const TextOptions& options = {});
// An error that is no report's, with its next step on a line of its own; both lines end with a newline.
[[nodiscard]] std::string render_error(const Error& error, const TextOptions& options = {});
// Text from a document (an address, a path) made safe for a terminal: what could move the cursor, change the order of letters or hide is
// escaped.
[[nodiscard]] std::string render_safe(std::string_view text, const TextOptions& options = {});
// The headline only, without a newline.
[[nodiscard]] std::string render_headline(const Report& report, bool show_elapsed = true);

// docs/report.schema.json. Same report, same bytes. Ends with a newline.
[[nodiscard]] std::string render_json(const Report& report, bool pretty = true);

}  // namespace drift
