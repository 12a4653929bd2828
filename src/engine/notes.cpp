#include "engine/notes.hpp"

#include <string>

namespace drift::engine_internal {

void add_request_notes(ScanRun& run) {
  const bool whole = run.scope().everything() && !run.stopped();
  for (const IgnoreRule& rule : run.request().rules.ignores) {
    if (rule.expires && *rule.expires <= run.now()) {
      run.note({"rule_expired", "", "the ignore rule " + rule.name + " expired on " + format_rfc3339(*rule.expires).substr(0, 10)});
    } else if (whole && !run.rule_hits().contains(rule.name)) {
      run.note({"rule_unused", "", "the ignore rule " + rule.name + " caught nothing"});
    }
  }
  if (run.stopped()) return;
  for (const std::string& target : run.scope().unused_targets())
    run.note({"target_unused", "", "no resource matched the target " + target});
}

}  // namespace drift::engine_internal
