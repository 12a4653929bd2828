#include "drift/diff/compare.hpp"

#include <algorithm>

namespace drift {

std::string_view change_kind_name(ChangeKind k) noexcept {
  switch (k) {
    case ChangeKind::added:
      return "added";
    case ChangeKind::removed:
      return "removed";
    case ChangeKind::modified:
      return "modified";
  }
  return "unknown";
}

std::string_view relation_name(Relation r) noexcept {
  switch (r) {
    case Relation::drift:
      return "drift";
    case Relation::pending:
      return "pending";
    case Relation::converged:
      return "converged";
    case Relation::conflict:
      return "conflict";
  }
  return "unknown";
}

std::string_view section_name(Section s) noexcept {
  switch (s) {
    case Section::attributes:
      return "attributes";
    case Section::inputs:
      return "inputs";
    case Section::resource:
      return "resource";
  }
  return "unknown";
}

std::vector<std::string_view> Basis::names() const {
  std::vector<std::string_view> out;
  if (baseline) out.emplace_back("baseline");
  if (desired) out.emplace_back("desired");
  if (recorded) out.emplace_back("recorded");
  if (actual) out.emplace_back("actual");
  return out;
}

bool ResourceComparison::drifted() const {
  const bool counts = !existence_mode || *existence_mode == IgnoreMode::watch_only || *existence_mode == IgnoreMode::never_push;
  if (counts && (existence == Existence::deleted || existence == Existence::unmanaged)) return true;
  return std::any_of(changes.begin(), changes.end(),
                     [](const Change& c) { return c.relation == Relation::drift || c.relation == Relation::conflict; });
}

}  // namespace drift
