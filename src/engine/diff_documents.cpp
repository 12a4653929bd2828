#include <utility>

#include "drift/engine/scan.hpp"
#include "engine/document.hpp"
#include "engine/notes.hpp"
#include "engine/run.hpp"

namespace drift {

// A scan whose actual side is the second document.
Result<Report> diff_documents(const DiffRequest& request) {
  using namespace engine_internal;
  Result<Inputs> inputs = open_inputs(request);
  if (!inputs) return std::move(inputs).error();
  ScanRequest as_scan;
  as_scan.rules = request.rules;
  as_scan.key = request.key;
  as_scan.targets = request.targets;
  as_scan.excludes = request.excludes;
  as_scan.context = request.context;
  ScanRun run(as_scan, *std::move(inputs), {});
  DRIFT_TRY(judge_document(run));
  add_request_notes(run);
  return std::move(run).finish();
}

}  // namespace drift
