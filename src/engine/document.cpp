#include "engine/document.hpp"

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "engine/notes.hpp"

namespace drift::engine_internal {
namespace {

// Between deletion and creation, or a copy that waits for deletion: such a resource is not there.
void drop_absent_actual(const SnapshotSet& set, Match& m) {
  if (m.actual && is_bookkeeping(set.actual->entry(*m.actual)) && (m.recorded || m.baseline || m.desired)) m.actual.reset();
}

// match_snapshots() counts as the same only what stands on every side. Most resources are in no baseline and in no plan: when the sides
// that do have one are equal, nothing differs either.
bool is_same(const SnapshotSet& set, const Match& m) {
  if (!m.actual || !m.recorded) return false;
  const Fingerprint actual = set.actual->entry(*m.actual).canonical;
  const auto same = [&](const Snapshot* side, const std::optional<std::size_t>& at) {
    return !at || same_resource(side->entry(*at).canonical, actual);
  };
  return same(set.recorded, m.recorded) && same(set.baseline, m.baseline) && same(set.desired, m.desired);
}

Basis basis_of(const Match& m) {
  return {.desired = m.desired.has_value(), .recorded = m.recorded.has_value(), .actual = true, .baseline = m.baseline.has_value()};
}

}  // namespace

Status judge_document(ScanRun& run) {
  const SnapshotSet set = run.inputs().set();
  std::size_t same = 0;
  std::vector<Match> different = match_snapshots(set, same);

  // match_snapshots() knows neither scope nor bookkeeping: what is left out has to leave the count of the same, too.
  std::size_t skipped = 0;
  std::unordered_set<std::string_view> left_out;
  each_match(set, [&](const Match& m) {
    if (run.wanted(set, m)) return;
    ++skipped;
    left_out.insert(m.address);
  });
  DRIFT_TRY(require_targets(run));
  const auto removed = std::remove_if(different.begin(), different.end(), [&](const Match& m) { return left_out.contains(m.address); });
  const std::size_t skipped_different = static_cast<std::size_t>(different.end() - removed);
  different.erase(removed, different.end());
  run.add_same(same - std::min(same, skipped - skipped_different), run.inputs().sides());

  for (Match& m : different) {
    if (!run.stopped())
      if (Status s = run.request().context.check(); !s.ok()) run.stop(std::move(s).error());
    if (run.stopped()) {
      run.fail(m, Error(run.stopped()->code(), run.stopped()->message()).at(std::string(m.address)).next(run.stopped()->next_step()));
      continue;
    }
    drop_absent_actual(set, m);
    if (is_same(set, m)) {
      run.add_same(1, basis_of(m));
      continue;
    }
    Loaded sides;
    if (!run.load(set, m, sides)) continue;
    if (sides.actual && sides.actual->absent) sides.actual.reset();
    DRIFT_TRY(run.judge(sides, {}));
  }
  if (run.stopped() && run.answered() == 0) return *run.stopped();
  return {};
}

}  // namespace drift::engine_internal
