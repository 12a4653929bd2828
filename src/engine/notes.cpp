#include "engine/notes.hpp"

#include <string>

namespace drift::engine_internal {
namespace {

Error unmatched(const std::string& target) {
  return Error(Errc::invalid_argument, "no resource matched the target")
      .at(target)
      .next("check its spelling: a target matches the whole address, and `*` stands for any text");
}

Error nothing_left(std::uint64_t candidates) {
  return Error(Errc::invalid_argument, "nothing was looked at: targets and excludes left 0 of " + std::to_string(candidates) + " resources")
      .next("widen the targets, or exclude less");
}

void add_rules(ScanRun& run) {
  const bool whole = run.scope().everything() && !run.stopped();
  for (const IgnoreRule& rule : run.request().rules.ignores) {
    if (rule.expires && *rule.expires <= run.now()) {
      run.note({"rule_expired", "", "the ignore rule " + rule.name + " expired on " + format_rfc3339(*rule.expires).substr(0, 10)});
    } else if (whole && !run.rule_hits().contains(rule.name)) {
      run.note({"rule_unused", "", "the ignore rule " + rule.name + " caught nothing"});
    }
  }
}

}  // namespace

Status require_targets(const ScanRun& run) {
  const std::vector<std::string> unused = run.scope().unused_targets();
  if (unused.empty()) return {};
  return unmatched(unused.front());
}

void add_request_notes(ScanRun& run) {
  add_rules(run);
  if (run.stopped()) return;
  for (const std::string& target : run.scope().unused_targets()) run.error(unmatched(target));
  for (const std::string& exclude : run.scope().unused_excludes())
    run.note({"exclude_unused", "", "no resource matched the exclude " + exclude});
  if (run.candidates() > 0 && run.in_scope() == 0) run.error(nothing_left(run.candidates()));
}

}  // namespace drift::engine_internal
