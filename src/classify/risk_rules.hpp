// One risk rule as read from JSON, and the text of the built-in ones. docs/rules.md describes the format.
//
// Thread rule: const access from any thread.
#pragma once

#include <string>
#include <vector>

#include "classify/predicates.hpp"
#include "drift/classify/report.hpp"

namespace drift::classify_internal {

struct RiskRule {
  Risk risk;                       // what a hit means; risk.rule is the id
  std::vector<std::string> types;  // globs
  std::vector<PathPattern> paths;  // none: about the resource as a whole
  Verdict verdict = Verdict::changed;
  bool resource_section = false;  // looks at id, type and tainted instead of attributes and inputs
  bool swapped = false;           // a rule's reverse: the ends change places
  Predicate when;

  [[nodiscard]] bool covers_type(std::string_view type) const;
  [[nodiscard]] bool holds(const Value* from, const Value* to) const { return swapped ? when.eval(to, from) : when.eval(from, to); }
};

// One entry of the rule file: the rule and, where it has one, its reverse.
Result<std::vector<RiskRule>> parse_risk_rule(const Value& entry);

// src/classify/risk_rules.json, embedded by CMake.
const std::string& builtin_risk_rules();

}  // namespace drift::classify_internal
