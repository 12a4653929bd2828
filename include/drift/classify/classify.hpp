// Classify: from comparisons and read failures to a Report. Pure.
//
// Verdict lattice: a resource has one verdict. A failed read is `unreadable` (or `unsupported`) and makes the report incomplete; it is
// never a deletion. Many resources of one lane not found at once are a credential fault, not deletions (the mass-deletion breaker). Risk:
// rules as data (src/classify/risk_rules.json; docs/rules.md). What no rule knows is behavioural/medium, never silently cosmetic.
//
// Thread rule: any.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "drift/classify/report.hpp"

namespace drift {

struct BreakerOptions {
  std::size_t min_absent = 10;  // fewer deletions than this in one lane are believed
  double share = 0.5;           // ... and so are those that are less than this share of what was read in the lane
  std::size_t min_all = 3;      // where nothing of the lane is left, so many are enough to doubt it, however few min_absent asks for
};

// What is known of one resource after comparing it.
struct Judged {
  ResourceComparison comparison;
  std::optional<Error> error;  // set: it could not be read
  std::string lane;            // empty: not read through a provider (a document's word is believed)
};

class RiskRules {
 public:
  static const RiskRules& builtin();
  // The format of docs/rules.md, as JSON. E_INVALID_RULE with the rule's id.
  static Result<RiskRules> parse(std::string_view json);
  [[nodiscard]] Risk assess(const ResourceComparison& c) const;
  [[nodiscard]] std::size_t size() const noexcept;
  RiskRules(const RiskRules&);
  RiskRules(RiskRules&&) noexcept;
  ~RiskRules();

 private:
  struct Rules;
  RiskRules();
  std::shared_ptr<const Rules> rules_;
};

struct ClassifyOptions {
  BreakerOptions breaker{};
  const RiskRules* risk = nullptr;  // nullptr: built in
};

// Adds up judged resources, in any order; finish() sorts, so that the order of reads cannot be seen.
// Memory: keeps what was found, and one count per lane, not what is in sync; with a lane, deletions are held back until finish().
class Classifier {
 public:
  explicit Classifier(ClassifyOptions options = {});
  Classifier(Classifier&&) noexcept;
  ~Classifier();
  void add(Judged j);
  // Resources whose fingerprints are equal on all sides; those that were read through a lane count as its answers.
  void add_same(std::size_t n, const Basis& basis, std::string_view lane = {});
  void add_skipped(std::size_t n);
  void add_error(Error e);  // about the whole scan; makes it incomplete
  void add_note(Note n);
  void set_rule_hits(std::map<std::string, std::uint64_t, std::less<>> hits);
  [[nodiscard]] Report finish() &&;

 private:
  struct State;
  std::unique_ptr<State> s_;
};

// The stable identity of a finding: first 32 hex digits of SHA-256 over "libdrift-finding-v1", address and type, NUL between.
[[nodiscard]] std::string finding_fingerprint(std::string_view address, std::string_view type);

}  // namespace drift
