// What a run does in its thread: a scan, an accept or a diff, from an engine's configuration and the options of the call.
//
// Thread rule: the functions are called by the run's own thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config.hpp"
#include "run_state.hpp"

namespace drift::capi {

struct ScanJob {
  std::shared_ptr<const EngineBody> engine;
  std::optional<SourceBody> state, desired, baseline, actual;
  std::int64_t timeout_ms = 0;
  bool find_unmanaged = false;
  bool no_baseline = false;
};

struct AcceptJob {
  ScanJob scan;
  std::vector<std::string> globs;
  std::string path;  // of the baseline; empty: the configuration's
};

struct DiffJob {
  std::shared_ptr<const EngineBody> engine;
  SourceBody a, b;
  std::int64_t timeout_ms = 0;
};

[[nodiscard]] Finish run_scan_job(const ScanJob& job, RunState& run);
[[nodiscard]] Finish run_accept_job(const AcceptJob& job, RunState& run);
[[nodiscard]] Finish run_diff_job(const DiffJob& job, RunState& run);
// Without a run; documents of the host are E_INVALID_ARGUMENT.
[[nodiscard]] Result<Report> diff_now(const DiffJob& job, const CancelToken& cancel);

}  // namespace drift::capi
