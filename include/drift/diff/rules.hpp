// Rules of comparison, as named data: which differences mean nothing, and which a person chose to ignore.
//
// A comparator rule says how values at a path of a type are compared. An ignore rule says what to do with a difference that is real. Every
// difference that a rule takes out of the count is kept with the rule's name and can be shown.
//
// Example:
//   RuleSet rules = RuleSet::builtin();
//   rules.comparators.push_back({"acme.policy-json", "acme_role", *PathPattern::parse("policy"), Comparator::json, {}, {}});
//
// Thread rule: const access from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drift/base/clock.hpp"
#include "drift/model/path.hpp"

namespace drift {

enum class Comparator : std::uint8_t {
  exact,             // the default: kinds and content
  number,            // "1.0", "1", 1 and 1.0 are the same number
  json,              // strings that hold JSON: compared as JSON documents (no drift inside means equal); not JSON: exact
  set,               // lists without order; multiplicity counts
  keyed_list,        // list elements are matched by the member `key`; order carries no meaning
  empty_is_absent,   // null, absent, "", [] and {} are the same
  case_insensitive,  // ASCII case of strings
  default_value,     // absent or null means `value`
  float64,           // of two whole numbers above 2^53 one is what the other becomes as a double
  ignored,           // never compared (bookkeeping of the engine, not of the resource)
};
[[nodiscard]] std::string_view comparator_name(Comparator c) noexcept;
[[nodiscard]] std::optional<Comparator> comparator_from_name(std::string_view name) noexcept;
[[nodiscard]] std::vector<std::string_view> comparator_names();

struct ComparatorRule {
  std::string name;  // shown beside what it suppressed
  std::string type;  // glob over resource types; "*" for all
  PathPattern path;
  Comparator comparator = Comparator::exact;
  std::string key{};             // keyed_list: the member that names an element
  std::optional<Value> value{};  // default_value
};

enum class IgnoreMode : std::uint8_t {
  hide,        // not counted; listed among the suppressed only on request
  mute,        // shown as muted, not counted
  accept,      // not counted while the actual value is `value`; null or none: while it is null or absent
  watch_only,  // counted and shown; never acted upon
  never_push,  // counted; acting may adopt but not revert
};
[[nodiscard]] std::string_view ignore_mode_name(IgnoreMode m) noexcept;
[[nodiscard]] std::optional<IgnoreMode> ignore_mode_from_name(std::string_view name) noexcept;
[[nodiscard]] std::vector<std::string_view> ignore_mode_names();

struct IgnoreRule {
  std::string name;
  std::string address = "*";          // glob
  std::string type = "*";             // glob
  std::optional<PathPattern> path{};  // none: the whole resource, its deletion and its being unmanaged included
  IgnoreMode mode = IgnoreMode::mute;
  std::optional<Value> value{};  // mode accept
  std::string reason{};
  std::string owner{};
  std::optional<Clock::Duration> expires{};  // wall time; from then on the rule does not apply and is reported as expired
};

struct RuleSet {
  std::vector<ComparatorRule> comparators;
  std::vector<IgnoreRule> ignores;
  bool use_builtin_comparators = true;  // false: only schema facts and the rules above
  bool use_engine_ignores = true;       // ignoreChanges / ignore_changes of the state act as mode mute, rule name "engine.ignore_changes"

  // The comparator rules that libdrift ships (src/diff/builtin_rules.cpp, documented in docs/rules.md). A rule set that keeps
  // use_builtin_comparators need not hold them.
  static const std::vector<ComparatorRule>& builtin();
};

// Names that libdrift itself gives to what it takes out (docs/rules.md): a project's rule of such a name could not be told from them.
[[nodiscard]] bool is_fixed_rule_name(std::string_view name);

}  // namespace drift
