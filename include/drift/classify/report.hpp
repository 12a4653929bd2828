// Report: what a scan found, judged. The value that every renderer and binding reads.
//
// Thread rule: an ordinary value; const access from any thread. Values in it may hold secrets marked as such; renderers never show them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drift/base/error.hpp"
#include "drift/diff/compare.hpp"

namespace drift {

enum class Verdict : std::uint8_t { in_sync, changed, deleted, unmanaged, unreadable, unsupported, stale, suppressed };
enum class RiskLevel : std::uint8_t { info, low, medium, high, critical };
enum class RiskClass : std::uint8_t { cosmetic, behavioural, security };
enum class RiskDirection : std::uint8_t { neutral, narrow, widen };
[[nodiscard]] std::string_view verdict_name(Verdict v) noexcept;
[[nodiscard]] std::string_view risk_level_name(RiskLevel l) noexcept;
[[nodiscard]] std::string_view risk_class_name(RiskClass c) noexcept;
[[nodiscard]] std::string_view risk_direction_name(RiskDirection d) noexcept;

struct Risk {
  RiskLevel level = RiskLevel::medium;
  RiskClass risk_class = RiskClass::behavioural;
  RiskDirection direction = RiskDirection::neutral;
  std::string why;   // one phrase: "firewall allow-list opened to the world"
  std::string rule;  // id of the risk rule
};

struct Finding {
  std::string address;
  std::string type;
  Verdict verdict = Verdict::changed;
  std::string fingerprint;  // 32 hex digits, from address and type: the same finding from scan to scan
  Risk risk;
  DriftClass drift_class = DriftClass::unknown;  // of its changes (ResourceComparison::drift_class)
  std::vector<Change> changes;
  Basis basis;
};

// A difference that a rule took out of the count; changes as in a finding (empty when the existence itself was taken out).
struct Suppressed {
  std::string address;
  std::string type;
  Verdict verdict = Verdict::changed;  // what it would have been
  std::vector<Change> changes;         // each with its rule
  std::string rule;                    // of the existence, when that was taken out
  std::optional<IgnoreMode> mode;
  std::string reason;
};

struct ReportError {
  std::string address;  // empty: about the whole scan
  std::string type;
  Verdict verdict = Verdict::unreadable;  // unreadable, unsupported or stale when about a resource
  Error error;
};

struct Summary {
  std::uint64_t checked = 0;  // resources with an answer (in sync, drifted or suppressed)
  std::uint64_t drifted = 0;  // findings
  std::uint64_t changed = 0, deleted = 0, unmanaged = 0;
  std::uint64_t unreadable = 0, unsupported = 0;
  std::uint64_t suppressed = 0;  // single differences taken out by a rule
  std::uint64_t pending = 0;     // resources that only differ from what is desired
  std::uint64_t skipped = 0;     // components, providers, targets left out
};

struct Report {
  bool complete = true;  // false when anything that should have an answer has none
  Basis basis;
  Summary summary;
  std::vector<Finding> findings;       // by address
  std::vector<Suppressed> suppressed;  // by address
  std::vector<ReportError> errors;     // by address
  std::vector<Note> notes;             // of the documents, and about rules (expired, matched nothing)
  std::map<std::string, std::uint64_t, std::less<>> rule_hits;
  Clock::Duration elapsed{};  // never part of the JSON: same inputs give the same bytes

  [[nodiscard]] bool clean() const { return complete && findings.empty(); }
};

}  // namespace drift
