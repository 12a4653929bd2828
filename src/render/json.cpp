#include <string>
#include <string_view>

#include "drift/model/json.hpp"
#include "drift/render/render.hpp"
#include "render/binary_text.hpp"
#include "render/error_text.hpp"
#include "render/masking.hpp"

namespace drift {
namespace {

using render_internal::masked;

// Writes JSON with members in the order in which they are given; one level of indentation is two blanks.
class Json {
 public:
  explicit Json(bool pretty) : pretty_(pretty) {}

  void open(char bracket) {
    out_ += bracket;
    ++depth_;
    first_ = true;
  }
  void close(char bracket) {
    --depth_;
    if (!first_) newline();
    out_ += bracket;
    first_ = false;
  }
  // Before each member or element.
  void item() {
    if (!first_) out_ += ',';
    newline();
    first_ = false;
  }
  void key(std::string_view name) {
    item();
    append_json_string(out_, name);
    out_ += pretty_ ? ": " : ":";
  }
  void text(std::string_view name, std::string_view value) {
    key(name);
    append_json_string(out_, value);
  }
  void text_if(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }
  void number(std::string_view name, std::uint64_t value) {
    key(name);
    out_ += std::to_string(value);
  }
  void boolean(std::string_view name, bool value) {
    key(name);
    out_ += value ? "true" : "false";
  }
  void element(std::string_view value) {
    item();
    append_json_string(out_, value);
  }
  // Strings in JSON hold no raw newline, so that every newline is the writer's own.
  void value(std::string_view name, const std::optional<Value>& v) {
    if (!v) return;
    key(name);
    const Value shown = render_internal::without_binary(*v);
    if (!pretty_) {
      out_ += to_json(shown);
      return;
    }
    for (const char c : to_json_pretty(shown)) {
      if (c == '\n')
        newline();
      else
        out_ += c;
    }
  }
  std::string take() { return std::move(out_) + '\n'; }

 private:
  void newline() {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(depth_ * 2, ' ');
  }

  std::string out_;
  std::size_t depth_ = 0;
  bool pretty_;
  bool first_ = true;
};

void write_basis(Json& j, const Basis& basis) {
  j.key("basis");
  j.open('[');
  for (const std::string_view name : basis.names()) j.element(name);
  j.close(']');
}

void write_summary(Json& j, const Summary& s) {
  j.key("summary");
  j.open('{');
  j.number("checked", s.checked);
  j.number("drifted", s.drifted);
  j.number("changed", s.changed);
  j.number("deleted", s.deleted);
  j.number("unmanaged", s.unmanaged);
  j.number("unreadable", s.unreadable);
  j.number("unsupported", s.unsupported);
  j.number("suppressed", s.suppressed);
  j.number("pending", s.pending);
  j.number("skipped", s.skipped);
  j.close('}');
}

void write_changes(Json& j, const std::vector<Change>& changes) {
  j.key("changes");
  j.open('[');
  for (const Change& raw : changes) {
    const Change c = masked(raw);
    j.item();
    j.open('{');
    j.text("path", c.path.text());
    j.text("pointer", c.path.to_pointer());
    if (c.section != Section::attributes) j.text("section", section_name(c.section));
    j.text("kind", change_kind_name(c.kind));
    j.text("relation", relation_name(c.relation));
    if (c.drift_class != DriftClass::unknown) j.text("class", drift_class_name(c.drift_class));
    j.text("why", c.why);
    j.text_if("rule", c.rule);
    if (c.mode) j.text("mode", ignore_mode_name(*c.mode));
    j.text_if("reason", c.reason);
    if (c.sensitive) j.boolean("sensitive", true);
    if (c.forces_replacement) j.boolean("forces_replacement", true);
    j.value("recorded", c.recorded);
    j.value("actual", c.actual);
    j.value("desired", c.desired);
    j.value("baseline", c.baseline);
    j.close('}');
  }
  j.close(']');
}

void write_finding(Json& j, const Finding& f) {
  j.item();
  j.open('{');
  j.text("address", f.address);
  j.text("type", f.type);
  j.text("verdict", verdict_name(f.verdict));
  j.text("fingerprint", f.fingerprint);
  if (f.drift_class != DriftClass::unknown) j.text("class", drift_class_name(f.drift_class));
  j.key("risk");
  j.open('{');
  j.text("level", risk_level_name(f.risk.level));
  j.text("class", risk_class_name(f.risk.risk_class));
  j.text("direction", risk_direction_name(f.risk.direction));
  j.text("why", f.risk.why);
  j.text("rule", f.risk.rule);
  j.close('}');
  write_basis(j, f.basis);
  write_changes(j, f.changes);
  j.close('}');
}

void write_suppressed(Json& j, const Suppressed& s) {
  j.item();
  j.open('{');
  j.text("address", s.address);
  j.text("type", s.type);
  j.text("verdict", verdict_name(s.verdict));
  j.text_if("rule", s.rule);
  if (s.mode) j.text("mode", ignore_mode_name(*s.mode));
  j.text_if("reason", s.reason);
  write_changes(j, s.changes);
  j.close('}');
}

void write_error(Json& j, const ReportError& e) {
  j.item();
  j.open('{');
  j.text_if("address", e.address);
  j.text_if("type", e.type);
  if (!e.address.empty()) j.text("verdict", verdict_name(e.verdict));
  j.text("code", e.error.name());
  j.text("message", render_internal::error_message(e));
  j.text_if("next", e.error.next_step());
  j.close('}');
}

void write_note(Json& j, const Note& n) {
  j.item();
  j.open('{');
  j.text("code", n.code);
  j.text_if("address", n.address);
  j.text("message", n.message);
  j.close('}');
}

template <class T>
void write_list(Json& j, std::string_view name, const std::vector<T>& list, void (*write)(Json&, const T&)) {
  j.key(name);
  j.open('[');
  for (const T& x : list) write(j, x);
  j.close(']');
}

}  // namespace

std::string render_json(const Report& report, bool pretty) {
  Json j(pretty);
  j.open('{');
  j.number("schema_version", 1);
  j.boolean("complete", report.complete);
  write_basis(j, report.basis);
  write_summary(j, report.summary);
  write_list(j, "findings", report.findings, write_finding);
  write_list(j, "suppressed", report.suppressed, write_suppressed);
  write_list(j, "errors", report.errors, write_error);
  write_list(j, "notes", report.notes, write_note);
  j.close('}');
  return j.take();
}

}  // namespace drift
