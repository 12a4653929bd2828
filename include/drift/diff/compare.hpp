// The four-way compare: desired, recorded, actual and baseline, per property path.
//
// For each path the *ancestor* is the baseline's value where the baseline has this resource, else the recorded one, else the desired one.
// "Moved" means: differs from the ancestor under the comparator of that path.
//   drift      actual moved (desired did not, or there is none)
//   pending    desired moved, actual did not
//   converged  both moved, to the same value
//   conflict   both moved, apart
// Drift and conflict count; pending and converged are shown beside them and never count alone. What was recorded differently but equals
// the baseline was accepted: it is suppressed by the rule "baseline".
// Which sides took part is the *basis*; a side that is missing is never replaced silently by another.
//
// Pure: values in, values out. Determinism: changes are sorted by section, then path.
// Thread rule: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drift/base/result.hpp"
#include "drift/diff/rules.hpp"
#include "drift/model/engine.hpp"
#include "drift/model/resource.hpp"
#include "drift/model/schema.hpp"
#include "drift/model/secret.hpp"
#include "drift/model/snapshot.hpp"

namespace drift {

enum class ChangeKind : std::uint8_t { added, removed, modified };
enum class Relation : std::uint8_t { drift, pending, converged, conflict };
enum class Section : std::uint8_t { attributes, inputs, resource };  // resource: id, type, tainted
// What kind of difference it is, for who decides what to do about it.
enum class DriftClass : std::uint8_t {
  unknown,           // no schema says whose the property is
  config_owned,      // the program sets it, or could
  computed_only,     // only the provider does: a counter, a time stamp, an address
  null_or_empty,     // null, absent, "", [] or {} on both sides
  ignored,           // an ignore rule took it out: the project's, or the engine's own list
  sensitivity_only,  // the value is the same; the provider calls it sensitive and what was recorded does not. Never counts
};
[[nodiscard]] std::string_view drift_class_name(DriftClass c) noexcept;
[[nodiscard]] std::string_view change_kind_name(ChangeKind k) noexcept;
[[nodiscard]] std::string_view relation_name(Relation r) noexcept;
[[nodiscard]] std::string_view section_name(Section s) noexcept;

struct Change {
  // Indexes count in the ancestor; the last index of something added counts in the side that has it.
  Path path;
  Section section = Section::attributes;
  ChangeKind kind = ChangeKind::modified;  // ancestor to actual; for pending: ancestor to desired
  Relation relation = Relation::drift;
  DriftClass drift_class = DriftClass::unknown;
  // The value on each side; none where that side is not there or does not have the path.
  std::optional<Value> desired;
  std::optional<Value> recorded;
  std::optional<Value> actual;
  std::optional<Value> baseline;
  // Reason code: "value", "type", "secret", "secret_cannot_tell", "secret_unmarked" (DriftClass::sensitivity_only), "unknown", "missing" (a
  // member on one side only), "element" (of a list on one side only), "keys_not_unique" (the same, and a keyed_list rule could not match by
  // its key), "too_many_to_match" (the same, and there were too many to ask each about each whether a rule calls them equal), "engine" (the
  // engine of the resource says so; the values alone do not).
  std::string why;
  std::string rule;                // the comparator or ignore rule that applied; empty when none
  std::optional<IgnoreMode> mode;  // of the ignore rule
  std::string reason;              // the ignore rule's own words
  bool derived = false;
  bool forces_replacement = false;
  bool sensitive = false;
};

struct ResourceSides {
  const Resource* desired = nullptr;
  const Resource* recorded = nullptr;
  const Resource* actual = nullptr;  // nullptr with actual_known: it does not exist
  const Resource* baseline = nullptr;
  const EngineAnswer* engine = nullptr;  // what the engine of the resource says of recorded and actual; optional
  bool actual_known = true;              // false: it was not looked for or could not be read; then no actual side takes part
  // Paths in the recorded attributes that the provider calls sensitive and their document does not (`recorded` has the marks of both).
  // Where the actual value is the recorded one and nothing else is told of the path, that is told, as DriftClass::sensitivity_only.
  const std::vector<Path>* unmarked = nullptr;
};

enum class Existence : std::uint8_t {
  present,    // expected and there
  deleted,    // expected, not there
  unmanaged,  // there, expected by nobody
  absent,     // not there and not expected (an accepted deletion, a resource still to be created)
  unread,     // actual_known was false
};

struct Basis {
  bool desired = false, recorded = false, actual = false, baseline = false;
  friend bool operator==(const Basis&, const Basis&) = default;
  // "baseline", "desired", "recorded", "actual", those that are there, in this order.
  [[nodiscard]] std::vector<std::string_view> names() const;
  void merge(const Basis& o) {
    desired |= o.desired;
    recorded |= o.recorded;
    actual |= o.actual;
    baseline |= o.baseline;
  }
};

struct ResourceComparison {
  std::string address;
  std::string type;
  Existence existence = Existence::present;
  Basis basis;
  std::vector<Change> changes;     // what counts, and pending and converged beside it
  std::vector<Change> suppressed;  // real or apparent differences that a rule took out
  // Set when an ignore rule without a path applied to the existence itself (deleted, unmanaged).
  std::string existence_rule;
  std::optional<IgnoreMode> existence_mode;
  std::string existence_reason;
  // Entries of the engine's own ignore lists that are no path patterns: they ignored nothing. Each once, in order.
  std::vector<std::string> unreadable_ignores;

  [[nodiscard]] bool drifted() const;  // deleted or unmanaged and not taken out, or a change with relation drift or conflict
  // Of what counts (drift and conflict): config_owned where one of them is, else null_or_empty where one is, else computed_only. unknown
  // where it is not known of one of them, or nothing counts.
  [[nodiscard]] DriftClass drift_class() const;
};

constexpr std::size_t kStepsPerStopCheck = 1024;

struct CompareContext {
  const RuleSet* rules = nullptr;  // nullptr: built-in comparators only
  const Schema* schema = nullptr;  // of the resource's type; nullptr: none known
  const SecretKey* key = nullptr;  // for sealed secrets
  Clock::Duration now{};           // wall time, for rule expiry
  // Asked once in every kStepsPerStopCheck steps of a comparison; its error ends the comparison. None: nothing stops it. The library never
  // looks at a clock here itself.
  std::function<Status()> stop{};
  // How often each rule caught something, by name. Optional; one thread at a time.
  std::map<std::string, std::uint64_t, std::less<>>* rule_hits = nullptr;
};

// E_AMBIGUOUS_RULE when two ignore rules of equal rank and different mode match one change; it names both. The error of `ctx.stop` when
// that stopped it: nothing is known of the resource then.
Result<ResourceComparison> compare_resource(const ResourceSides& sides, const CompareContext& ctx);

// Differences between two values under the comparators of `ctx`, without relations: the plain two-way diff that the four-way one is made
// of. kind and values are set as recorded = a, actual = b. `type` selects rules. Nothing stops it.
std::vector<Change> diff_values(const Value* a, const Value* b, std::string_view type, const CompareContext& ctx);

// Makes `root` what it has to be for the changes (from diff_values with exact comparison) to have been applied: apply(a, diff(a, b)) == b,
// exactly when there are no secret marks, and up to the marks when plain ones are there. What is modified or removed is found by its index
// in the old value, what is added comes to its index in the new one: in each list first what changes in place, then what goes, then what
// comes.
[[nodiscard]] std::optional<Value> apply_changes(const std::optional<Value>& root, const std::vector<Change>& changes);

// Addresses of all given snapshots, joined: for each address where it stands on each side. What a side says was moved (Snapshot::moves())
// is found on a side that says nothing of it under its previous address too, unless the new one is there itself; `address` is the new one.
struct Match {
  std::string_view address;  // borrowed from the snapshots
  std::optional<std::size_t> desired, recorded, actual, baseline;
};
struct SnapshotSet {
  const Snapshot* desired = nullptr;
  const Snapshot* recorded = nullptr;
  const Snapshot* actual = nullptr;
  const Snapshot* baseline = nullptr;
};
// Sorted by address. Where an actual snapshot is given, matches that all given sides (two at least) have with the same fingerprint are left
// out (they cannot differ) and counted in `same`; without one the resources have still to be read, and all are returned.
std::vector<Match> match_snapshots(const SnapshotSet& set, std::size_t& same);

}  // namespace drift
