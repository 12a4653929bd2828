// What one scan carries through its steps: the documents, the scope, the classifier that the steps feed.
//
// Thread rule: one thread (reads run on others, their outcomes come back here). Ownership: borrows the request.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "drift/engine/scan.hpp"
#include "engine/inputs.hpp"
#include "engine/scope.hpp"

namespace drift::engine_internal {

// One resource as all sides see it. Loaded when it is its turn, dropped when it is judged.
struct Loaded {
  std::optional<Resource> desired, recorded, actual, baseline;
  std::string baseline_address;  // where the baseline has it: its previous address, when it moved since
  bool actual_known = true;
  std::optional<EngineAnswer> engine{};  // of the read that gave `actual`
  std::vector<Path> unmarked;            // in `recorded`: what the provider calls sensitive and the document does not
  // What the resource is read and told by: recorded, else baseline, else desired, else actual; nullptr when there is none.
  [[nodiscard]] const Resource* known() const;
};

// Gets every drifted resource with all its sides.
using DriftHook = std::function<void(const ResourceComparison&, const Loaded&)>;

class ScanRun {
 public:
  // `hook` may be empty. The request has to outlive the run.
  ScanRun(const ScanRequest& request, Inputs inputs, DriftHook hook);

  [[nodiscard]] const ScanRequest& request() const noexcept { return request_; }
  [[nodiscard]] const Inputs& inputs() const noexcept { return inputs_; }
  [[nodiscard]] const ProviderRegistry& providers() const noexcept { return providers_; }
  [[nodiscard]] Classifier& classifier() noexcept { return classifier_; }
  [[nodiscard]] const std::map<std::string, std::uint64_t, std::less<>>& rule_hits() const noexcept { return rule_hits_; }
  [[nodiscard]] const Scope& scope() const noexcept { return scope_; }
  [[nodiscard]] Clock::Duration now() const noexcept { return now_; }
  [[nodiscard]] std::uint64_t answered() const noexcept { return answered_; }
  [[nodiscard]] const std::optional<Error>& stopped() const noexcept { return stopped_; }

  // True when the scan is about this resource; otherwise it has been counted as skipped (and noted, when deposed).
  bool wanted(const SnapshotSet& set, const Match& match, bool with_deposed = false);
  // The same of a resource that no document has.
  bool wanted(std::string_view address);
  // Resources that could have been looked at, and those of them that the scope left.
  [[nodiscard]] std::uint64_t candidates() const noexcept { return candidates_; }
  [[nodiscard]] std::uint64_t in_scope() const noexcept { return in_scope_; }
  // Loads the sides of `set` that `match` names; an error has been put down as this resource's.
  bool load(const SnapshotSet& set, const Match& match, Loaded& out);
  // What the provider that reads such resources says of their type; nullptr when there is none, or it knows nothing.
  [[nodiscard]] Result<const Schema*> schema_of(const Resource& known) const;
  // Compares and classifies. E_AMBIGUOUS_RULE ends the scan; a resource whose comparison was stopped has no answer.
  Status judge(Loaded& sides, std::string lane);
  // The resource has no answer.
  void fail(const Match& match, Error error, std::string lane = {});
  // The same of something that no document has.
  void fail_found(const std::string& address, std::string type, Error error);
  void add_same(std::size_t n, const Basis& basis);
  // The scan was cancelled or ran out of time: what is left has no answer.
  void stop(Error why);
  // About the whole scan: it is not complete.
  void error(Error e) { classifier_.add_error(std::move(e)); }
  void note(Note n);
  [[nodiscard]] Report finish() &&;

 private:
  void add_unread(std::string address, std::string type, const Basis& basis, Error error, std::string lane);
  Status interrupted(const Loaded& sides, Error why, std::string lane);
  // Whoever cannot tell must not look clean: an error of the whole scan, once.
  void report_missing_key();

  const ScanRequest& request_;
  Inputs inputs_;
  DriftHook hook_;
  Scope scope_;
  ProviderRegistry providers_;
  Classifier classifier_;
  Clock::Duration now_;
  std::map<std::string, std::uint64_t, std::less<>> rule_hits_;
  std::set<std::string> noted_;
  std::uint64_t candidates_ = 0, in_scope_ = 0, answered_ = 0;
  std::optional<Error> stopped_;
  bool key_missed_ = false;
  std::size_t untold_secrets_ = 0;
};

// The scan itself, of documents that are open, with a hook: what scan() and accept() are made of.
Result<Report> run_scan(const ScanRequest& request, Inputs inputs, const DriftHook& hook);

}  // namespace drift::engine_internal
