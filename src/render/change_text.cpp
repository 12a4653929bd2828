#include "render/change_text.hpp"

#include <algorithm>

#include "drift/model/json.hpp"
#include "render/binary_text.hpp"
#include "render/line_diff.hpp"
#include "render/masking.hpp"
#include "render/style.hpp"

namespace drift::render_internal {
namespace {

using classify_internal::Ends;

bool is_open_string(const Value* v) { return v != nullptr && v->is_string() && !v->is_secret(); }
bool is_container(const Value* v) { return v != nullptr && (v->is_list() || v->is_object()) && !v->is_secret(); }
bool has_newline(const Value* v) { return is_open_string(v) && v->as_string().find('\n') != std::string::npos; }

// The text whose lines are shown: a string itself, a container as indented JSON.
std::string block_text(const Value* v) {
  if (is_open_string(v)) return v->as_string();
  return is_container(v) ? to_json_pretty(without_binary(*v)) + '\n' : std::string();
}

bool continues(std::string_view s, std::size_t at) { return at < s.size() && (static_cast<unsigned char>(s[at]) & 0xc0U) == 0x80U; }

std::string relation_note(const Change& c, bool unicode) {
  switch (c.relation) {
    case Relation::drift:
      return "";
    case Relation::pending:
      return " (pending: desired, not there yet)";
    case Relation::converged:
      return " (converged: desired too)";
    case Relation::conflict:
      return " (conflict: desired is " + one_line(c.desired ? &*c.desired : nullptr, unicode) + ")";
  }
  return "";
}

class Writer {
 public:
  Writer(std::string& out, const Change& c, const Ends& ends, const ChangeLayout& layout)
      : out_(out), c_(c), ends_(ends), layout_(layout), o_(*layout.options), style_{o_.unicode, false} {}

  void write() {
    const std::string value = line_value();
    const std::string place = place_text(c_, o_.unicode);
    const std::string notes = relation_note(c_, o_.unicode) + (c_.drift_class == DriftClass::computed_only ? " (computed)" : "") +
                              (c_.forces_replacement ? " (forces replacement)" : "");
    const std::size_t columns = layout_.indent + 2 + columns_of(place) + 2 + columns_of(value) + columns_of(notes);
    const bool block =
        !is_masked() && !is_only_said() && (has_newline(ends_.from) || has_newline(ends_.to) || (o_.width != 0 && columns > o_.width));
    const char symbol = symbol_of(c_.kind);
    out_.append(layout_.indent, ' ');
    out_ += paint(o_.color, tone_of(symbol), std::string(1, symbol) + ' ' + place);
    out_ += block ? ":" + notes : ": " + value + notes;
    out_ += '\n';
    if (block) write_block();
    write_rule();
  }

 private:
  // The ends say nothing but that a secret is there.
  [[nodiscard]] bool is_masked() const {
    const auto hidden = [](const Value* v) { return v == nullptr || v->is_secret(); };
    return c_.sensitive && ((hidden(ends_.from) && hidden(ends_.to)) || (ends_.from && ends_.to && *ends_.from == *ends_.to));
  }

  // The provider told that it differs, and both ends are the same.
  [[nodiscard]] bool is_only_said() const {
    const bool same = ends_.from == nullptr || ends_.to == nullptr ? ends_.from == ends_.to : *ends_.from == *ends_.to;
    return c_.why == "engine" && same;
  }

  [[nodiscard]] std::string line_value() const {
    if (is_masked()) {
      if (c_.kind != ChangeKind::modified) return std::string(sensitive_text);
      if (c_.why == "secret_unmarked") return "(sensitive, unchanged, and not marked so where it was recorded)";
      return c_.why == "secret_cannot_tell" ? "(sensitive, cannot be compared)" : "(sensitive, changed)";
    }
    if (is_only_said()) return "differs, as its provider says, and nothing that is to be seen shows how";
    if (c_.kind == ChangeKind::added) return one_line(ends_.to, o_.unicode);
    if (c_.kind == ChangeKind::removed) return one_line(ends_.from, o_.unicode);
    return one_line(ends_.from, o_.unicode) + std::string(arrow(o_.unicode)) + one_line(ends_.to, o_.unicode);
  }

  [[nodiscard]] std::size_t room() const {
    const std::size_t used = layout_.indent + 6;
    return o_.width == 0 ? 0 : std::max<std::size_t>(o_.width > used ? o_.width - used : 0, 24);
  }

  void line(char sign, std::string_view safe_text) {
    std::string text(layout_.indent + 4, ' ');
    text += sign;
    text += ' ';
    text += safe_text;
    text.erase(text.find_last_not_of(' ') + 1);
    out_ += paint(o_.color, tone_of(sign), text);
    out_ += '\n';
  }

  void write_block() {
    const bool text_like = (is_open_string(ends_.from) || ends_.from == nullptr) && (is_open_string(ends_.to) || ends_.to == nullptr);
    const bool tree_like = (is_container(ends_.from) || ends_.from == nullptr) && (is_container(ends_.to) || ends_.to == nullptr);
    if (has_newline(ends_.from) || has_newline(ends_.to) || tree_like) {
      if (text_like || tree_like) return write_lines();
    } else if (text_like && ends_.from != nullptr && ends_.to != nullptr) {
      const auto [a, b] = inline_diff(ends_.from->as_string(), ends_.to->as_string(), room() < 2 ? 0 : room() - 2, {o_.unicode, true});
      line('-', '"' + a + '"');
      line('+', '"' + b + '"');
      return;
    }
    if (ends_.from != nullptr || c_.kind != ChangeKind::added) line('-', fit(one_line(ends_.from, o_.unicode), room(), style_));
    if (ends_.to != nullptr || c_.kind != ChangeKind::removed) line('+', fit(one_line(ends_.to, o_.unicode), room(), style_));
  }

  void write_lines() {
    const std::string from = block_text(ends_.from), to = block_text(ends_.to);
    const std::vector<DiffLine> lines = line_diff(from, to, 1);
    const std::size_t shown = lines.size() > layout_.max_lines + 1 ? layout_.max_lines : lines.size();
    for (std::size_t i = 0; i < shown; ++i) {
      const DiffLine& l = lines[i];
      if (l.sign == LineSign::gap) {
        line(' ', ellipsis(o_.unicode));
        continue;
      }
      // A pair of long lines would lose its difference when cut at the end.
      if (l.sign == LineSign::removed && i + 1 < shown && lines[i + 1].sign == LineSign::added && (is_long(l) || is_long(lines[i + 1]))) {
        const auto [a, b] = inline_diff(l.text, lines[i + 1].text, room(), style_);
        line('-', a);
        line('+', b);
        ++i;
        continue;
      }
      const std::string_view end = l.unterminated ? " (no newline at the end)" : "";
      line(static_cast<char>(l.sign), fit(l.text, room() == 0 ? 0 : room() - end.size(), style_) + std::string(end));
    }
    if (shown < lines.size()) line(' ', std::string(ellipsis(o_.unicode)) + ' ' + with_separators(lines.size() - shown) + " more lines");
  }

  [[nodiscard]] bool is_long(const DiffLine& l) const { return room() != 0 && !head(l.text, room(), style_).whole; }

  void write_rule() {
    const bool restricted = c_.mode == IgnoreMode::watch_only || c_.mode == IgnoreMode::never_push;
    if (c_.rule.empty() || !(layout_.show_rule || restricted)) return;
    std::string text(layout_.indent + 4, ' ');
    text += "rule " + safe(c_.rule, o_.unicode);
    if (c_.mode) text += " (" + std::string(ignore_mode_name(*c_.mode)) + ')';
    if (!c_.reason.empty()) text += ": " + safe(c_.reason, o_.unicode);
    out_ += paint(o_.color, Tone::dim, text);
    out_ += '\n';
  }

  std::string& out_;
  const Change& c_;
  const Ends& ends_;
  const ChangeLayout& layout_;
  const TextOptions& o_;
  TextStyle style_;
};

}  // namespace

std::string one_line(const Value* v, bool unicode) {
  if (v == nullptr) return "(absent)";
  if (v->is_secret()) return std::string(sensitive_text);
  if (v->is_unknown()) return std::string(unknown_text);
  if (v->is_string()) return quoted(v->as_string(), unicode);
  return safe(to_json(without_binary(*v)), unicode);
}

std::string place_text(const Change& c, bool unicode) {
  std::string out = c.path.empty() ? "(resource)" : safe(c.path.text(), unicode);
  if (c.section != Section::attributes && !c.path.empty()) out += " [" + std::string(section_name(c.section)) + ']';
  return out;
}

std::pair<std::string, std::string> inline_diff(std::string_view a, std::string_view b, std::size_t columns, TextStyle style) {
  const std::size_t least = std::min(a.size(), b.size());
  std::size_t prefix = 0, suffix = 0;
  while (prefix < least && a[prefix] == b[prefix]) ++prefix;
  while (prefix > 0 && (continues(a, prefix) || continues(b, prefix))) --prefix;
  while (suffix < least - prefix && a[a.size() - 1 - suffix] == b[b.size() - 1 - suffix]) ++suffix;
  while (suffix > 0 && continues(a, a.size() - suffix)) --suffix;

  const std::string_view open = style.unicode ? "\u27e6" : "[[", close = style.unicode ? "\u27e7" : "]]", dots = ellipsis(style.unicode);
  const std::size_t dots_width = style.unicode ? 1 : 3, marks = style.unicode ? 2 : 4;
  const std::string_view before = a.substr(0, prefix), after = a.substr(a.size() - suffix);
  const std::string_view mid_a = a.substr(prefix, a.size() - suffix - prefix), mid_b = b.substr(prefix, b.size() - suffix - prefix);
  const std::size_t budget =
      columns == 0 ? static_cast<std::size_t>(-1) / 2 : std::max<std::size_t>(columns, marks + 4 * dots_width + 8) - marks;
  // What the longer middle leaves goes to the sides, at least a third of all.
  const std::size_t middle = std::max(head(mid_a, budget, style).columns, head(mid_b, budget, style).columns);
  const std::size_t sides = std::max(budget - middle, budget / 3);
  const auto side = [&](std::string_view text, std::size_t share, bool at_end) {
    Piece p = at_end ? tail(text, share, style) : head(text, share, style);
    if (p.whole) return p;
    p = at_end ? tail(text, share > dots_width ? share - dots_width : 0, style)
               : head(text, share > dots_width ? share - dots_width : 0, style);
    p.text = at_end ? std::string(dots) + p.text : p.text + std::string(dots);
    p.columns += dots_width;
    return p;
  };
  const Piece right_need = head(after, sides / 2, style);
  const Piece left = side(before, sides - right_need.columns, true);
  const Piece right = side(after, sides - left.columns, false);
  const std::size_t rest = budget > left.columns + right.columns ? budget - left.columns - right.columns : 0;
  const auto whole = [&](std::string_view mid) {
    Piece m = head(mid, rest, style);
    if (!m.whole) {
      const std::size_t half = rest > dots_width ? (rest - dots_width) / 2 : 0;
      m.text = head(mid, half, style).text + std::string(dots) + tail(mid, half, style).text;
    }
    return left.text + std::string(open) + m.text + std::string(close) + right.text;
  };
  return {whole(mid_a), whole(mid_b)};
}

void append_change(std::string& out, const Change& change, const Basis* basis, const ChangeLayout& layout) {
  const Change c = masked(change);
  const Ends ends = basis != nullptr ? classify_internal::ends_of(c, *basis) : classify_internal::ends_of_suppressed(c);
  Writer(out, c, ends, layout).write();
}

}  // namespace drift::render_internal
