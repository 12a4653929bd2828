#include "report_body.hpp"

#include <string>

#include "drift/model/json.hpp"
#include "fence.hpp"
#include "render/binary_text.hpp"
#include "render/error_text.hpp"
#include "render/masking.hpp"

namespace drift::capi {
namespace {

// The C side counts from 1, so that 0 is "none". The orders are the same.
template <class Enum>
std::int32_t number(Enum e) {
  return static_cast<std::int32_t>(e) + 1;
}
static_assert(static_cast<int>(Verdict::suppressed) + 1 == DRIFT_VERDICT_SUPPRESSED);
static_assert(static_cast<int>(RiskLevel::critical) + 1 == DRIFT_RISK_CRITICAL);
static_assert(static_cast<int>(RiskClass::security) + 1 == DRIFT_RISK_CLASS_SECURITY);
static_assert(static_cast<int>(RiskDirection::widen) + 1 == DRIFT_RISK_WIDEN);
static_assert(static_cast<int>(ChangeKind::modified) + 1 == DRIFT_CHANGE_MODIFIED);
static_assert(static_cast<int>(Relation::conflict) + 1 == DRIFT_RELATION_CONFLICT);
static_assert(static_cast<int>(Section::resource) + 1 == DRIFT_SECTION_RESOURCE);
static_assert(static_cast<int>(DriftClass::config_owned) == DRIFT_CLASS_CONFIG_OWNED);  // 0 is not known on both sides
static_assert(static_cast<int>(DriftClass::ignored) == DRIFT_CLASS_IGNORED);
static_assert(static_cast<int>(DriftClass::sensitivity_only) == DRIFT_CLASS_SENSITIVITY_ONLY);
static_assert(static_cast<int>(IgnoreMode::never_push) + 1 == DRIFT_MODE_NEVER_PUSH);

std::int32_t mode_number(const std::optional<IgnoreMode>& mode) { return mode ? number(*mode) : DRIFT_MODE_NONE; }

drift_text value_text(TextBlock& texts, const std::optional<Value>& v) {
  if (!v) return {nullptr, 0};
  return texts.add_with([&](std::string& out) {
    if (render_internal::holds_binary(*v))
      append_json(out, render_internal::without_binary(*v));
    else
      append_json(out, *v);
  });
}

// Members are added in their order: drift.h promises it.
drift_change_view change_row(TextBlock& texts, const Change& c, std::uint64_t owner) {
  drift_change_view row{};
  row.path = texts.add(c.path.text());
  row.pointer = texts.add(c.path.to_pointer());
  row.recorded = value_text(texts, c.recorded);
  row.actual = value_text(texts, c.actual);
  row.desired = value_text(texts, c.desired);
  row.baseline = value_text(texts, c.baseline);
  row.why = texts.add(c.why);
  row.rule = texts.add(c.rule);
  row.reason = texts.add(c.reason);
  row.owner = owner;
  row.section = number(c.section);
  row.kind = number(c.kind);
  row.relation = number(c.relation);
  row.mode = mode_number(c.mode);
  row.flags = (c.sensitive ? DRIFT_FLAG_SENSITIVE : 0U) | (c.forces_replacement ? DRIFT_FLAG_FORCES_REPLACEMENT : 0U);
  row.drift_class = static_cast<std::int32_t>(c.drift_class);
  return row;
}

// Guesses, so that blocks seldom grow.
constexpr std::size_t usual_change_bytes = 128, usual_finding_bytes = 160;

template <class Entry>
void make_changes(ReportBody::List<drift_change_view>& list, const std::vector<Entry>& entries) {
  std::size_t rows = 0;
  for (const Entry& e : entries) rows += e.changes.size();
  list.rows.reserve(rows);
  list.texts.reserve(rows * usual_change_bytes);
  for (std::size_t i = 0; i < entries.size(); ++i)
    for (const Change& c : entries[i].changes)
      list.rows.push_back(render_internal::needs_mask(c) ? change_row(list.texts, render_internal::masked(c), i)
                                                         : change_row(list.texts, c, i));
  for (drift_change_view& row : list.rows)
    for (drift_text* t :
         {&row.path, &row.pointer, &row.recorded, &row.actual, &row.desired, &row.baseline, &row.why, &row.rule, &row.reason})
      list.texts.place(*t);
}

}  // namespace

const std::vector<drift_finding_view>& ReportBody::findings() const {
  std::call_once(findings_.once, [this] {
    TextBlock& texts = findings_.texts;
    std::uint64_t first = 0;
    findings_.rows.reserve(report_.findings.size());
    texts.reserve(report_.findings.size() * usual_finding_bytes);
    for (const Finding& f : report_.findings) {
      drift_finding_view row{};
      row.address = texts.add(f.address);
      row.type = texts.add(f.type);
      row.fingerprint = texts.add(f.fingerprint);
      row.risk_why = texts.add(f.risk.why);
      row.risk_rule = texts.add(f.risk.rule);
      row.first_change = first;
      row.changes = static_cast<std::uint32_t>(f.changes.size());
      row.verdict = number(f.verdict);
      row.risk_level = number(f.risk.level);
      row.risk_class = number(f.risk.risk_class);
      row.risk_direction = number(f.risk.direction);
      row.basis = basis_bits(f.basis);
      row.drift_class = static_cast<std::int32_t>(f.drift_class);
      first += f.changes.size();
      findings_.rows.push_back(row);
    }
    for (drift_finding_view& row : findings_.rows)
      for (drift_text* t : {&row.address, &row.type, &row.fingerprint, &row.risk_why, &row.risk_rule}) texts.place(*t);
  });
  return findings_.rows;
}

const std::vector<drift_suppressed_view>& ReportBody::suppressed() const {
  std::call_once(suppressed_.once, [this] {
    TextBlock& texts = suppressed_.texts;
    std::uint64_t first = 0;
    for (const Suppressed& s : report_.suppressed) {
      drift_suppressed_view row{};
      row.address = texts.add(s.address);
      row.type = texts.add(s.type);
      row.rule = texts.add(s.rule);
      row.reason = texts.add(s.reason);
      row.first_change = first;
      row.changes = static_cast<std::uint32_t>(s.changes.size());
      row.verdict = number(s.verdict);
      row.mode = mode_number(s.mode);
      first += s.changes.size();
      suppressed_.rows.push_back(row);
    }
    for (drift_suppressed_view& row : suppressed_.rows)
      for (drift_text* t : {&row.address, &row.type, &row.rule, &row.reason}) texts.place(*t);
  });
  return suppressed_.rows;
}

const std::vector<drift_change_view>& ReportBody::changes_of_findings() const {
  std::call_once(changes_of_findings_.once, [this] { make_changes(changes_of_findings_, report_.findings); });
  return changes_of_findings_.rows;
}

const std::vector<drift_change_view>& ReportBody::changes_of_suppressed() const {
  std::call_once(changes_of_suppressed_.once, [this] { make_changes(changes_of_suppressed_, report_.suppressed); });
  return changes_of_suppressed_.rows;
}

const std::vector<drift_problem_view>& ReportBody::problems() const {
  std::call_once(problems_.once, [this] {
    TextBlock& texts = problems_.texts;
    for (const ReportError& e : report_.errors) {
      drift_problem_view row{};
      row.address = texts.add(e.address);
      row.type = texts.add(e.type);
      row.name = texts.add(e.error.name());
      row.message = texts.add(render_internal::error_message(e));
      row.next = texts.add(e.error.next_step());
      row.code = code_of(e.error.code());
      row.verdict = e.address.empty() ? 0 : number(e.verdict);
      row.flags = e.error.is_retryable() ? DRIFT_FLAG_RETRYABLE : 0U;
      problems_.rows.push_back(row);
    }
    for (drift_problem_view& row : problems_.rows)
      for (drift_text* t : {&row.address, &row.type, &row.name, &row.message, &row.next}) texts.place(*t);
  });
  return problems_.rows;
}

const std::vector<drift_note_view>& ReportBody::notes() const {
  std::call_once(notes_.once, [this] {
    TextBlock& texts = notes_.texts;
    for (const Note& n : report_.notes) {
      drift_note_view row{};
      row.code = texts.add(n.code);
      row.address = texts.add(n.address);
      row.message = texts.add(n.message);
      notes_.rows.push_back(row);
    }
    for (drift_note_view& row : notes_.rows)
      for (drift_text* t : {&row.code, &row.address, &row.message}) texts.place(*t);
  });
  return notes_.rows;
}

std::uint32_t basis_bits(const Basis& b) {
  return (b.baseline ? DRIFT_BASIS_BASELINE : 0U) | (b.desired ? DRIFT_BASIS_DESIRED : 0U) | (b.recorded ? DRIFT_BASIS_RECORDED : 0U) |
         (b.actual ? DRIFT_BASIS_ACTUAL : 0U);
}

}  // namespace drift::capi
