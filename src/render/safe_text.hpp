// Text from documents made safe for a terminal, and measured in its columns.
//
// Whatever could move the cursor, change the order of letters or hide is shown escaped: C0 and C1 controls, DEL, bidi and other invisible
// format characters, and bytes that are no UTF-8 ("\n", "\x1b", "\u202e", "\xff"). Without unicode everything beyond ASCII is.
//
// Thread rule: any. Ownership: keeps nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace drift::render_internal {

// How values are put on lines.
struct TextStyle {
  bool unicode = true;
  bool quoted = false;  // inside quotes: '"' and '\' are escaped too
};

// Appends the safe form of the code point (or stray byte) at text[at]; returns the bytes it took. `columns` grows by its width.
std::size_t append_cell(std::string& out, std::string_view text, std::size_t at, TextStyle style, std::size_t& columns);
void append_safe(std::string& out, std::string_view text, TextStyle style);
[[nodiscard]] std::string safe(std::string_view text, bool unicode);
[[nodiscard]] std::string quoted(std::string_view text, bool unicode);

// Columns of text that is safe already.
[[nodiscard]] std::size_t columns_of(std::string_view safe_text);

// The longest beginning (end) of raw `text` whose safe form has at most `columns` columns; `whole` says whether that is all of it.
struct Piece {
  std::string text;  // safe
  std::size_t columns = 0;
  bool whole = true;
};
[[nodiscard]] Piece head(std::string_view text, std::size_t columns, TextStyle style);
[[nodiscard]] Piece tail(std::string_view text, std::size_t columns, TextStyle style);

// `text` (raw) in at most `columns` columns, with an ellipsis at the end when it was cut. 0: no limit.
[[nodiscard]] std::string fit(std::string_view text, std::size_t columns, TextStyle style);

[[nodiscard]] inline std::string_view ellipsis(bool unicode) { return unicode ? "\u2026" : "..."; }
[[nodiscard]] inline std::string_view arrow(bool unicode) { return unicode ? " \u2192 " : " -> "; }

// "1,204".
[[nodiscard]] std::string with_separators(std::uint64_t n);

}  // namespace drift::render_internal
