#include "drift/classify/report.hpp"

namespace drift {

std::string_view verdict_name(Verdict v) noexcept {
  switch (v) {
    case Verdict::in_sync:
      return "in_sync";
    case Verdict::changed:
      return "changed";
    case Verdict::deleted:
      return "deleted";
    case Verdict::unmanaged:
      return "unmanaged";
    case Verdict::unreadable:
      return "unreadable";
    case Verdict::unsupported:
      return "unsupported";
    case Verdict::stale:
      return "stale";
    case Verdict::suppressed:
      return "suppressed";
  }
  return "unknown";
}

std::string_view risk_level_name(RiskLevel l) noexcept {
  switch (l) {
    case RiskLevel::info:
      return "info";
    case RiskLevel::low:
      return "low";
    case RiskLevel::medium:
      return "medium";
    case RiskLevel::high:
      return "high";
    case RiskLevel::critical:
      return "critical";
  }
  return "unknown";
}

std::string_view risk_class_name(RiskClass c) noexcept {
  switch (c) {
    case RiskClass::cosmetic:
      return "cosmetic";
    case RiskClass::behavioural:
      return "behavioural";
    case RiskClass::security:
      return "security";
  }
  return "unknown";
}

std::string_view risk_direction_name(RiskDirection d) noexcept {
  switch (d) {
    case RiskDirection::neutral:
      return "neutral";
    case RiskDirection::narrow:
      return "narrow";
    case RiskDirection::widen:
      return "widen";
  }
  return "unknown";
}

}  // namespace drift
