#include "drift/engine/scan.hpp"

#include <utility>

#include "drift/render/render.hpp"
#include "engine/document.hpp"
#include "engine/inputs.hpp"
#include "engine/live.hpp"
#include "engine/notes.hpp"
#include "engine/run.hpp"

namespace drift {
namespace engine_internal {

// The scan on one screen: with the documents open, get the actual side (from a document, or live through the providers), compare and judge
// each resource, say which rules and targets were of no use, add it all up.
Result<Report> run_scan(const ScanRequest& request, Inputs inputs, const DriftHook& hook) {
  ScanRun run(request, std::move(inputs), hook);  // run.cpp: ScanRun::judge() compares and classifies one resource
  if (run.inputs().actual)
    DRIFT_TRY(judge_document(run));  // document.cpp
  else
    DRIFT_TRY(judge_live(run));  // live.cpp

  add_request_notes(run);  // notes.cpp
  Report report = std::move(run).finish();
  request.context.tell(report.complete ? LogLevel::info : LogLevel::warning, "scan_done", {}, render_headline(report));
  return report;
}

}  // namespace engine_internal

Result<Report> scan(const ScanRequest& request) {
  Result<engine_internal::Inputs> inputs = engine_internal::open_inputs(request);  // inputs.cpp
  if (!inputs) return std::move(inputs).error();
  return engine_internal::run_scan(request, *std::move(inputs), {});
}

}  // namespace drift
