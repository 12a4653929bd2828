#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "drift/render/render.hpp"
#include "render/change_text.hpp"
#include "render/error_text.hpp"
#include "render/headline.hpp"
#include "render/style.hpp"

namespace drift {
namespace {

using namespace render_internal;

constexpr std::size_t max_changes = 20;    // of one finding; explain has all
constexpr std::size_t max_addresses = 10;  // of one error that many resources share
constexpr std::size_t max_muted = 10;      // resources, of the short list; --show-suppressed has all

bool is_muted(const std::optional<IgnoreMode>& mode) { return mode == IgnoreMode::mute; }

class TextReport {
 public:
  TextReport(const Report& report, const TextOptions& options) : r_(report), o_(options) {}

  std::string write() {
    const Tone tone = r_.clean() ? Tone::green : Tone::bold;
    out_ = paint(o_.color, tone, headline(r_, o_.show_elapsed, o_.unicode)) + '\n';
    write_findings();
    write_errors();
    write_notes();
    write_suppressed();
    return std::move(out_);
  }

  std::string write_only_errors() {
    write_errors();
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string clear(std::string_view text) const { return safe(text, o_.unicode); }

  void more(std::size_t indent, std::size_t n, std::string_view what) {
    out_.append(indent, ' ');
    out_ += std::string(ellipsis(o_.unicode)) + " and " + with_separators(n) + " more" + std::string(what) + '\n';
  }

  // "~ changed ADDRESS (TYPE)".
  void title(Verdict v, std::string_view address, std::string_view type) { title(v, verdict_name(v), address, type); }
  void title(Verdict v, std::string_view word, std::string_view address, std::string_view type) {
    const char symbol = symbol_of(v);
    out_ += paint(o_.color, tone_of(symbol), std::string(1, symbol) + ' ' + std::string(word)) + ' ';
    out_ += paint(o_.color, Tone::bold, clear(address));
    if (!type.empty()) out_ += " (" + clear(type) + ')';
    out_ += '\n';
  }

  void write_findings() {
    std::vector<const Finding*> order;
    for (const Finding& f : r_.findings) order.push_back(&f);
    std::stable_sort(order.begin(), order.end(), [](const Finding* a, const Finding* b) { return a->risk.level > b->risk.level; });
    const std::size_t shown = o_.max_findings == 0 ? order.size() : std::min(o_.max_findings, order.size());
    for (std::size_t i = 0; i < shown; ++i) {
      out_ += '\n';
      write_finding(*order[i]);
    }
    if (shown < order.size()) {
      out_ += '\n';
      more(0, order.size() - shown, order.size() - shown == 1 ? " finding" : " findings");
    }
  }

  void write_finding(const Finding& f) {
    title(f.verdict, f.address, f.type);
    out_ += "  " + paint(o_.color, tone_of(f.risk.level), risk_level_name(f.risk.level)) + ": " + clear(f.risk.why) + '\n';
    if (f.drift_class == DriftClass::computed_only) out_ += "  only what the provider computes changed\n";
    write_changes(f.changes, &f.basis, false);
  }

  void write_changes(const std::vector<Change>& changes, const Basis* basis, bool show_rule) {
    ChangeLayout layout;
    layout.options = &o_;
    layout.show_rule = show_rule;
    const std::size_t shown = changes.size() > max_changes + 1 ? max_changes : changes.size();
    for (std::size_t i = 0; i < shown; ++i) append_change(out_, changes[i], basis, layout);
    if (shown < changes.size()) more(2, changes.size() - shown, " changes (drift explain shows all)");
  }

  // Errors with the same words stand together, because one broken credential can make a thousand of them.
  void write_errors() {
    std::vector<std::vector<const ReportError*>> groups;
    std::map<std::tuple<Verdict, std::string, std::string, std::string, bool>, std::size_t> known;
    for (const ReportError& e : r_.errors) {
      const auto [at, fresh] = known.try_emplace(
          {e.verdict, std::string(e.error.name()), error_message(e), e.error.next_step(), e.address.empty()}, groups.size());
      if (fresh) groups.emplace_back();
      groups[at->second].push_back(&e);
    }
    for (const auto& group : groups) {
      out_ += '\n';
      write_error(group);
    }
  }

  void write_error(const std::vector<const ReportError*>& group) {
    const ReportError& e = *group.front();
    if (e.address.empty())
      out_ += paint(o_.color, Tone::bold_red, "! error") + '\n';
    else if (group.size() == 1)
      title(e.verdict, e.address, e.type);
    else
      out_ += paint(o_.color, Tone::bold_red, "! " + std::string(verdict_name(e.verdict))) + ' ' + with_separators(group.size()) +
              " resources\n";
    out_ += "  " + clear(error_message(e)) + " [" + std::string(e.error.name()) + "]\n";
    if (!e.error.next_step().empty()) out_ += "  next: " + clear(e.error.next_step()) + '\n';
    if (group.size() == 1 || e.address.empty()) return;
    const std::size_t shown = group.size() > max_addresses + 1 ? max_addresses : group.size();
    for (std::size_t i = 0; i < shown; ++i) out_ += "    " + clear(group[i]->address) + '\n';
    if (shown < group.size()) more(4, group.size() - shown, "");
  }

  void write_notes() {
    const std::vector<std::string_view> basis = r_.basis.names();
    const bool usual = basis.empty() || (r_.basis == Basis{false, true, true, false});
    if (r_.notes.empty() && r_.summary.skipped == 0 && usual) return;
    out_ += '\n';
    for (const Note& n : r_.notes) {
      out_ += "note: " + clear(n.message);
      if (!n.address.empty()) out_ += " (" + clear(n.address) + ')';
      out_ += '\n';
    }
    if (r_.summary.skipped > 0)
      out_ += "note: " + with_separators(r_.summary.skipped) + " skipped, having nothing to read or being left out\n";
    if (usual) return;
    out_ += "note: compared";
    for (std::size_t i = 0; i < basis.size(); ++i) out_ += (i == 0 ? " " : ", ") + std::string(basis[i]);
    out_ += '\n';
  }

  void write_suppressed() {
    if (r_.summary.suppressed == 0 && r_.suppressed.empty()) return;
    if (!o_.show_suppressed) {
      write_muted();
      out_ += '\n' + with_separators(r_.summary.suppressed) + " suppressed (show with --show-suppressed)\n";
      return;
    }
    out_ += "\nSuppressed, each by a rule:\n";
    for (const Suppressed& s : r_.suppressed) {
      out_ += '\n';
      title(Verdict::suppressed, s.address, s.type);
      write_existence(s);
      write_changes(s.changes, nullptr, true);
    }
  }

  // Muted is shown and not counted; what is hidden, accepted or equal to a comparator waits for --show-suppressed.
  void write_muted() {
    std::size_t resources = 0;
    for (const Suppressed& s : r_.suppressed) {
      std::vector<Change> muted;
      std::copy_if(s.changes.begin(), s.changes.end(), std::back_inserter(muted), [](const Change& c) { return is_muted(c.mode); });
      if (muted.empty() && !is_muted(s.mode)) continue;
      if (++resources > max_muted) continue;
      out_ += '\n';
      title(Verdict::suppressed, "muted", s.address, s.type);
      write_existence(s);
      write_changes(muted, nullptr, true);
    }
    if (resources > max_muted) {
      out_ += '\n';
      more(0, resources - max_muted, " muted");
    }
  }

  void write_existence(const Suppressed& s) {
    if (s.verdict != Verdict::deleted && s.verdict != Verdict::unmanaged) return;
    out_ += std::string("  ") + symbol_of(s.verdict) + ' ' + std::string(verdict_name(s.verdict)) + '\n';
    out_ += "      rule " + clear(s.rule);
    if (s.mode) out_ += " (" + std::string(ignore_mode_name(*s.mode)) + ')';
    if (!s.reason.empty()) out_ += ": " + clear(s.reason);
    out_ += '\n';
  }

  const Report& r_;
  const TextOptions& o_;
  std::string out_;
};

}  // namespace

std::string render_text(const Report& report, const TextOptions& options) { return TextReport(report, options).write(); }

std::string render_errors(const std::vector<ReportError>& errors, const TextOptions& options) {
  Report report;
  report.errors = errors;
  return TextReport(report, options).write_only_errors();
}

std::string render_error(const Error& error, const TextOptions& options) {
  std::string text = render_safe(error.to_string(), options) + '\n';
  if (!error.next_step().empty()) text += "  next: " + render_safe(error.next_step(), options) + '\n';
  return text;
}

std::string render_safe(std::string_view text, const TextOptions& options) { return render_internal::safe(text, options.unicode); }

}  // namespace drift
