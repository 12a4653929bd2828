// Errors of a report as one line of text, for every renderer alike.
//
// Thread rule: any.
#pragma once

#include <string>

#include "drift/classify/report.hpp"

namespace drift::render_internal {

// "SUBJECT: line 3, column 7: MESSAGE (while ...)"; without the subject when it is the address, which stands beside it. Not made safe yet.
[[nodiscard]] std::string error_message(const ReportError& e);

}  // namespace drift::render_internal
