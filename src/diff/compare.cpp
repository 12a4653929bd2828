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

std::string_view drift_class_name(DriftClass c) noexcept {
  switch (c) {
    case DriftClass::unknown:
      return "unknown";
    case DriftClass::config_owned:
      return "config_owned";
    case DriftClass::computed_only:
      return "computed_only";
    case DriftClass::null_or_empty:
      return "null_or_empty";
    case DriftClass::ignored:
      return "ignored";
    case DriftClass::sensitivity_only:
      return "sensitivity_only";
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

DriftClass ResourceComparison::drift_class() const {
  DriftClass heaviest = DriftClass::unknown;
  const auto weight = [](DriftClass c) { return c == DriftClass::config_owned ? 2 : c == DriftClass::null_or_empty ? 1 : 0; };
  for (const Change& c : changes) {
    if (c.relation != Relation::drift && c.relation != Relation::conflict) continue;
    if (c.drift_class == DriftClass::unknown) return DriftClass::unknown;
    if (heaviest == DriftClass::unknown || weight(c.drift_class) > weight(heaviest)) heaviest = c.drift_class;
  }
  return heaviest;
}

}  // namespace drift
