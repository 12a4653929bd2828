#include <algorithm>
#include <tuple>
#include <utility>

#include "classify/breaker.hpp"
#include "drift/classify/classify.hpp"

namespace drift {

using classify_internal::LaneTally;

struct Classifier::State {
  ClassifyOptions options;
  Report report;
  std::map<std::string, LaneTally, std::less<>> lanes;
  std::vector<Judged> held;  // deletions seen through a lane

  [[nodiscard]] const RiskRules& risk() const { return options.risk != nullptr ? *options.risk : RiskRules::builtin(); }
  void error(const ResourceComparison& c, Error e);
  void settle(ResourceComparison c);
  void keep_suppressed(ResourceComparison& c, bool existence_taken_out);
  void count(Verdict v);
  void sort();
};

namespace {

// Does an ignore rule take the resource's being deleted or unmanaged out of the count? Modes that only forbid acting do not.
bool existence_taken_out(const ResourceComparison& c) {
  if (c.existence != Existence::deleted && c.existence != Existence::unmanaged) return false;
  return c.existence_mode && *c.existence_mode != IgnoreMode::watch_only && *c.existence_mode != IgnoreMode::never_push;
}

bool counts(const Change& c) { return c.relation == Relation::drift || c.relation == Relation::conflict; }

// The lattice: what is gone or undeclared says so; else any change that counts is a change; else it is in sync.
Verdict judge(const ResourceComparison& c) {
  if (!existence_taken_out(c)) {
    if (c.existence == Existence::deleted) return Verdict::deleted;
    if (c.existence == Existence::unmanaged) return Verdict::unmanaged;
  }
  if (c.existence == Existence::present && std::any_of(c.changes.begin(), c.changes.end(), counts)) return Verdict::changed;
  return existence_taken_out(c) || !c.suppressed.empty() ? Verdict::suppressed : Verdict::in_sync;
}

bool is_pending(const ResourceComparison& c) {
  if (c.existence == Existence::absent && c.basis.desired && !c.basis.baseline && !c.basis.recorded) return true;  // to be created
  return std::any_of(c.changes.begin(), c.changes.end(), [](const Change& x) { return x.relation == Relation::pending; });
}

}  // namespace

Classifier::Classifier(ClassifyOptions options) : s_(std::make_unique<State>()) { s_->options = options; }
Classifier::Classifier(Classifier&&) noexcept = default;
Classifier::~Classifier() = default;

void Classifier::State::count(Verdict v) {
  Summary& s = report.summary;
  switch (v) {
    case Verdict::changed:
      ++s.changed;
      break;
    case Verdict::deleted:
      ++s.deleted;
      break;
    case Verdict::unmanaged:
      ++s.unmanaged;
      break;
    case Verdict::unsupported:
      ++s.unsupported;
      break;
    case Verdict::unreadable:
    case Verdict::stale:
      ++s.unreadable;
      break;
    case Verdict::in_sync:
    case Verdict::suppressed:
      break;
  }
}

void Classifier::State::error(const ResourceComparison& c, Error e) {
  const Verdict v = e.code() == Errc::read_unsupported ? Verdict::unsupported : Verdict::unreadable;
  count(v);
  report.errors.push_back({c.address, c.type, v, std::move(e)});
}

void Classifier::State::keep_suppressed(ResourceComparison& c, bool taken_out) {
  if (taken_out) {
    Suppressed s;
    s.address = c.address;
    s.type = c.type;
    s.verdict = c.existence == Existence::deleted ? Verdict::deleted : Verdict::unmanaged;
    s.rule = c.existence_rule;
    s.mode = c.existence_mode;
    s.reason = c.existence_reason;
    ++report.summary.suppressed;
    report.suppressed.push_back(std::move(s));
  }
  if (c.suppressed.empty()) return;
  Suppressed s;
  s.address = c.address;
  s.type = c.type;
  s.verdict = Verdict::changed;
  s.changes = std::move(c.suppressed);
  report.summary.suppressed += s.changes.size();
  report.suppressed.push_back(std::move(s));
}

// Of a resource with an answer.
void Classifier::State::settle(ResourceComparison c) {
  const Verdict v = judge(c);
  ++report.summary.checked;
  keep_suppressed(c, existence_taken_out(c));
  if (v == Verdict::in_sync || v == Verdict::suppressed) {
    if (is_pending(c)) ++report.summary.pending;
    return;
  }
  count(v);
  Finding f;
  f.risk = risk().assess(c);
  f.drift_class = c.drift_class();
  f.fingerprint = finding_fingerprint(c.address, c.type);
  f.address = std::move(c.address);
  f.type = std::move(c.type);
  f.verdict = v;
  f.changes = std::move(c.changes);
  f.basis = c.basis;
  report.findings.push_back(std::move(f));
}

void Classifier::add(Judged j) {
  State& s = *s_;
  s.report.basis.merge(j.comparison.basis);
  if (j.error) {
    s.error(j.comparison, std::move(*j.error));
    return;
  }
  if (j.comparison.existence == Existence::unread) {
    // Nobody looked and nobody says why. Where something is expected to be, that is not the same as in sync.
    if (j.comparison.basis.recorded || j.comparison.basis.baseline) {
      s.error(j.comparison, Error(Errc::read_failed, "the resource was not read")
                                .next("scan again without `targets` and `exclude`, or report this as a bug"));
    } else if (is_pending(j.comparison) || j.comparison.basis.desired) {
      ++s.report.summary.pending;
    }
    return;
  }
  if (!j.lane.empty()) {
    const Verdict v = judge(j.comparison);
    if (v == Verdict::deleted) {
      LaneTally& lane = s.lanes[j.lane];
      ++lane.answered;
      ++lane.absent;
      s.held.push_back(std::move(j));
      return;
    }
    if (j.comparison.existence == Existence::present) ++s.lanes[j.lane].answered;
  }
  s.settle(std::move(j.comparison));
}

void Classifier::add_same(std::size_t n, const Basis& basis, std::string_view lane) {
  if (n == 0) return;
  s_->report.basis.merge(basis);
  s_->report.summary.checked += n;
  if (!lane.empty()) s_->lanes[std::string(lane)].answered += n;
}

void Classifier::add_skipped(std::size_t n) { s_->report.summary.skipped += n; }

void Classifier::add_error(Error e) { s_->report.errors.push_back({"", "", Verdict::unreadable, std::move(e)}); }

void Classifier::add_note(Note n) { s_->report.notes.push_back(std::move(n)); }

void Classifier::set_rule_hits(std::map<std::string, std::uint64_t, std::less<>> hits) { s_->report.rule_hits = std::move(hits); }

void Classifier::State::sort() {
  std::sort(report.findings.begin(), report.findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.address, a.type, a.verdict) < std::tie(b.address, b.type, b.verdict);
  });
  std::sort(report.suppressed.begin(), report.suppressed.end(), [](const Suppressed& a, const Suppressed& b) {
    return std::tie(a.address, a.type, a.verdict, a.rule) < std::tie(b.address, b.type, b.verdict, b.rule);
  });
  std::sort(report.errors.begin(), report.errors.end(), [](const ReportError& a, const ReportError& b) {
    const auto key = [](const ReportError& e) { return std::make_tuple(e.error.code(), e.error.to_string()); };
    if (a.address != b.address) return a.address < b.address;
    if (a.type != b.type) return a.type < b.type;
    return key(a) < key(b);
  });
  std::sort(report.notes.begin(), report.notes.end(),
            [](const Note& a, const Note& b) { return std::tie(a.address, a.code, a.message) < std::tie(b.address, b.code, b.message); });
}

Report Classifier::finish() && {
  State& s = *s_;
  for (Judged& j : s.held) {
    const LaneTally& lane = s.lanes[j.lane];
    if (classify_internal::breaks(lane, s.options.breaker))
      s.error(j.comparison, classify_internal::mass_deletion_error(j.lane, lane));
    else
      s.settle(std::move(j.comparison));
  }
  s.held.clear();
  s.sort();
  s.report.summary.drifted = s.report.findings.size();
  s.report.complete = s.report.errors.empty();
  return std::move(s.report);
}

std::string finding_fingerprint(std::string_view address, std::string_view type) {
  std::string bytes = "libdrift-finding-v1";
  bytes += '\0';
  bytes += address;
  bytes += '\0';
  bytes += type;
  return sha256_hex(bytes).substr(0, 32);
}

}  // namespace drift
