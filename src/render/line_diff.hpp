// The difference of two texts, line by line: the longest common subsequence, as a unified diff.
//
// Bounded: what is left after the common beginning and end is compared only up to a million pairs of lines; beyond, it is shown as
// replaced as a whole.
// Thread rule: any. Ownership: the result borrows from both texts.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace drift::render_internal {

enum class LineSign : char { same = ' ', removed = '-', added = '+', gap = '.' };

struct DiffLine {
  LineSign sign = LineSign::same;
  std::string_view text;      // without its newline; empty for a gap
  bool unterminated = false;  // the text ends here without a newline, and the other text does not
};

// Lines that differ, with `context` lines around; a gap stands for lines left out between (not before the first or after the last).
[[nodiscard]] std::vector<DiffLine> line_diff(std::string_view a, std::string_view b, std::size_t context);

}  // namespace drift::render_internal
