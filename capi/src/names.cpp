// The words of numbers.
#include <string_view>

#include "drift.h"
#include "drift/classify/report.hpp"
#include "drift/diff/compare.hpp"
#include "drift/diff/rules.hpp"

namespace drift::capi {
namespace {

// Numbers count from 1 in the order of the enum (report_body.cpp asserts it). The names are literals, which end with a zero byte.
template <class Enum>
const char* name_in(std::int32_t number, Enum last, std::string_view (*name)(Enum) noexcept) noexcept {
  if (number < 1 || number > static_cast<std::int32_t>(last) + 1) return "unknown";
  return name(static_cast<Enum>(number - 1)).data();  // NOLINT(bugprone-suspicious-stringview-data-usage)
}

// Counts from 0, which is "not known".
const char* class_name(std::int32_t number) noexcept {
  if (number < DRIFT_CLASS_CONFIG_OWNED || number > DRIFT_CLASS_SENSITIVITY_ONLY) return "unknown";
  return drift_class_name(static_cast<DriftClass>(number)).data();  // NOLINT(bugprone-suspicious-stringview-data-usage)
}

const char* code_name(std::int32_t code) noexcept {
  return code <= 0 && code >= -999 ? errc_name(static_cast<Errc>(-code)).data() : "E_UNKNOWN";  // NOLINT: as above
}

}  // namespace
}  // namespace drift::capi

using namespace drift;        // NOLINT(google-build-using-namespace)
using namespace drift::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

const char* drift_name(int32_t what, int32_t number) {
  switch (what) {
    case DRIFT_NAME_CODE:
      return code_name(number);
    case DRIFT_NAME_VERDICT:
      return name_in(number, Verdict::suppressed, verdict_name);
    case DRIFT_NAME_RISK:
      return name_in(number, RiskLevel::critical, risk_level_name);
    case DRIFT_NAME_RISK_CLASS:
      return name_in(number, RiskClass::security, risk_class_name);
    case DRIFT_NAME_RISK_DIRECTION:
      return name_in(number, RiskDirection::widen, risk_direction_name);
    case DRIFT_NAME_CHANGE:
      return name_in(number, ChangeKind::modified, change_kind_name);
    case DRIFT_NAME_RELATION:
      return name_in(number, Relation::conflict, relation_name);
    case DRIFT_NAME_SECTION:
      return name_in(number, Section::resource, section_name);
    case DRIFT_NAME_MODE:
      return name_in(number, IgnoreMode::never_push, ignore_mode_name);
    case DRIFT_NAME_CLASS:
      return class_name(number);
    default:
      return "unknown";
  }
}

}  // extern "C"
