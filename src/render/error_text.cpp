#include "render/error_text.hpp"

namespace drift::render_internal {

std::string error_message(const ReportError& e) {
  std::string out;
  if (!e.error.subject().empty() && e.error.subject() != e.address) out = e.error.subject() + ": ";
  if (const auto& at = e.error.where()) out += "line " + std::to_string(at->line) + ", column " + std::to_string(at->column) + ": ";
  out += e.error.message();
  const auto& contexts = e.error.contexts();
  for (std::size_t i = 0; i < contexts.size(); ++i) out += (i == 0 ? " (" : "; ") + contexts[i];
  if (!contexts.empty()) out += ')';
  return out;
}

}  // namespace drift::render_internal
