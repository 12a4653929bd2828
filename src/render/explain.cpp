#include <array>
#include <string>

#include "drift/model/json.hpp"
#include "drift/render/render.hpp"
#include "render/change_text.hpp"
#include "render/error_text.hpp"
#include "render/masking.hpp"
#include "render/safe_text.hpp"
#include "render/style.hpp"

namespace drift {
namespace {

using namespace render_internal;

class Explainer {
 public:
  Explainer(const Report& report, std::string_view address, const TextOptions& options) : r_(report), address_(address), o_(options) {}

  std::string write() {
    for (const Finding& f : r_.findings)
      if (f.address == address_) finding(f);
    for (const ReportError& e : r_.errors)
      if (!e.address.empty() && e.address == address_) error(e);
    for (const Suppressed& s : r_.suppressed)
      if (s.address == address_) suppressed(s);
    for (const Note& n : r_.notes)
      if (!n.address.empty() && n.address == address_) field("note", clear(n.message));
    if (out_.empty()) nothing();
    for (const ReportError& e : r_.errors)
      if (e.address.empty()) error_of_the_scan(e);
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string clear(std::string_view text) const { return safe(text, o_.unicode); }

  void title(Verdict v, std::string_view type) {
    if (!out_.empty()) out_ += '\n';
    const char symbol = symbol_of(v);
    out_ += paint(o_.color, tone_of(symbol), std::string(1, symbol) + ' ' + std::string(verdict_name(v))) + ' ';
    out_ += paint(o_.color, Tone::bold, clear(address_));
    if (!type.empty()) out_ += " (" + clear(type) + ')';
    out_ += '\n';
  }

  void field(std::string_view name, std::string_view safe_text, std::size_t indent = 2) {
    constexpr std::size_t names = 12;
    out_.append(indent, ' ');
    out_ += paint(o_.color, Tone::dim, std::string(name) + std::string(name.size() < names ? names - name.size() : 1, ' '));
    out_ += safe_text;
    out_ += '\n';
  }

  void finding(const Finding& f) {
    title(f.verdict, f.type);
    field("fingerprint", clear(f.fingerprint));
    std::string basis;
    for (const std::string_view name : f.basis.names()) basis += (basis.empty() ? "" : ", ") + std::string(name);
    field("basis", basis);
    if (f.drift_class != DriftClass::unknown) field("class", drift_class_name(f.drift_class));
    field("risk", paint(o_.color, tone_of(f.risk.level), risk_level_name(f.risk.level)) + ", " +
                      std::string(risk_class_name(f.risk.risk_class)) + ", " + std::string(risk_direction_name(f.risk.direction)));
    field("why", clear(f.risk.why));
    field("rule", clear(f.risk.rule));
    for (const Change& c : f.changes) change(c, &f.basis);
  }

  void suppressed(const Suppressed& s) {
    title(Verdict::suppressed, s.type);
    field("would be", verdict_name(s.verdict));
    rule(s.rule, s.mode, s.reason, 2);
    for (const Change& c : s.changes) change(c, nullptr);
  }

  void error(const ReportError& e) {
    title(e.verdict, e.type);
    error_fields(e);
  }

  void error_fields(const ReportError& e) {
    field("error", std::string(e.error.name()) + ": " + clear(error_message(e)));
    if (!e.error.next_step().empty()) field("next", clear(e.error.next_step()));
    if (e.error.is_retryable()) field("again", "a later scan may succeed");
  }

  // What keeps the scan as a whole from an answer concerns each resource in it.
  void error_of_the_scan(const ReportError& e) {
    out_ += '\n' + paint(o_.color, Tone::bold_red, "! error") + '\n';
    error_fields(e);
  }

  void rule(const std::string& name, const std::optional<IgnoreMode>& mode, const std::string& reason, std::size_t indent) {
    if (name.empty()) return;
    std::string text = clear(name);
    if (mode) text += " (" + std::string(ignore_mode_name(*mode)) + ')';
    if (!reason.empty()) text += ": " + clear(reason);
    field("rule", text, indent);
  }

  void change(const Change& raw, const Basis* basis) {
    out_ += '\n';
    ChangeLayout layout;
    layout.options = &o_;
    layout.max_lines = 200;
    append_change(out_, raw, basis, layout);
    const Change c = masked(raw);
    field("pointer", quoted(c.path.to_pointer(), o_.unicode), 6);
    field("relation", relation_name(c.relation), 6);
    if (c.drift_class != DriftClass::unknown) field("class", drift_class_name(c.drift_class), 6);
    if (!c.why.empty()) field("why", clear(c.why), 6);
    const auto side = [&](const char* name, const std::optional<Value>& v, bool took_part) {
      if (v || (basis != nullptr && took_part)) field(name, one_line(v ? &*v : nullptr, o_.unicode), 6);
    };
    side("baseline", c.baseline, basis != nullptr && basis->baseline);
    side("desired", c.desired, basis != nullptr && basis->desired);
    side("recorded", c.recorded, basis != nullptr && basis->recorded);
    side("actual", c.actual, basis != nullptr && basis->actual);
    // What restricts acting was shown with the change already.
    if (c.mode != IgnoreMode::watch_only && c.mode != IgnoreMode::never_push) rule(c.rule, c.mode, c.reason, 6);
  }

  void nothing() {
    out_ = clear(address_) + " has no finding, error or suppressed difference in this report: it is in sync, or it was not scanned";
    out_ += " (" + with_separators(r_.summary.checked) + " checked).\n";
    if (!r_.complete) out_ += "The scan is incomplete, so that not being listed does not mean being in sync.\n";
  }

  const Report& r_;
  std::string_view address_;
  const TextOptions& o_;
  std::string out_;
};

}  // namespace

std::string render_explain(const Report& report, std::string_view address, const TextOptions& options) {
  return Explainer(report, address, options).write();
}

}  // namespace drift
