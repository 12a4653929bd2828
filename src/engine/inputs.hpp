// The documents of a scan, opened: which sides there are.
//
// Thread rule: an ordinary value. Ownership: snapshots are shared bodies.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "drift/engine/scan.hpp"

namespace drift::engine_internal {

struct Inputs {
  std::optional<Snapshot> desired{};
  std::optional<Snapshot> recorded{};
  std::optional<Snapshot> actual{};  // a document instead of live reads
  std::optional<Snapshot> baseline{};
  Clock::Duration started{};  // monotonic, before the first document was opened

  [[nodiscard]] SnapshotSet set() const;
  [[nodiscard]] Basis sides() const { return {desired.has_value(), recorded.has_value(), actual.has_value(), baseline.has_value()}; }
};

// A plan given as state gives desired and recorded; one given as desired gives desired, and recorded where nothing else does.
// A baseline that was accepted for another state is E_CONFIG_INVALID, one that libdrift did not write E_BAD_STRUCTURE; nothing to expect
// anything from is E_INVALID_ARGUMENT.
Result<Inputs> open_inputs(const ScanRequest& request);
Result<Inputs> open_inputs(const DiffRequest& request);

// A document that has to be a libdrift snapshot.
Result<Snapshot> open_baseline(const DocumentSource& source, const JsonLimits& limits, const OpContext& context);

// The one address that `match` is about, on the side that speaks first: recorded, baseline, desired, actual.
[[nodiscard]] Snapshot::Entry leading_entry(const SnapshotSet& set, const Match& match);
// Components, providers, deposed objects and resources between deletion and creation: nothing that could be read or compared.
[[nodiscard]] bool is_bookkeeping(const Snapshot::Entry& e);
// Every address once: recorded's in the order of the document, then what only baseline, desired and actual have.
void each_match(const SnapshotSet& set, const std::function<void(const Match&)>& fn);

}  // namespace drift::engine_internal
