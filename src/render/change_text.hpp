// One change as lines of text: on one line where it fits, else with the differing part marked or as a line diff.
//
// Thread rule: any.
#pragma once

#include <string>
#include <utility>

#include "classify/ends.hpp"
#include "drift/render/render.hpp"
#include "render/safe_text.hpp"

namespace drift::render_internal {

struct ChangeLayout {
  const TextOptions* options = nullptr;
  std::size_t indent = 2;
  std::size_t max_lines = 20;  // of one value's difference
  bool show_rule = false;      // of what was suppressed
};

// `basis`: of the finding; nullptr for a suppressed difference, which has none. Masks secrets itself.
void append_change(std::string& out, const Change& change, const Basis* basis, const ChangeLayout& layout);

// One value on one line, not cut: "(absent)", "(sensitive)", "(known after apply)", a quoted string, JSON. `v` is masked already.
[[nodiscard]] std::string one_line(const Value* v, bool unicode);

// Where a change is: its canonical path, "(resource)" for the empty one, and the section when it is not the attributes.
[[nodiscard]] std::string place_text(const Change& c, bool unicode);

// Two long lines with what they have in common cut short and the differing part in marks, each at most `columns` wide (0: no limit).
[[nodiscard]] std::pair<std::string, std::string> inline_diff(std::string_view a, std::string_view b, std::size_t columns, TextStyle style);

}  // namespace drift::render_internal
