// How specific a rule is: the tie-breaks that comparator rules and ignore rules share.
//
// Thread rule: any.
#pragma once

#include <string_view>

namespace drift::diff_internal {

// Rank of a glob among globs that match the same text: a text without wildcards first, then the more literal bytes the better.
[[nodiscard]] inline int glob_rank(std::string_view glob) noexcept {
  int literal = 0;
  bool wild = false;
  for (const char c : glob) {
    if (c == '*' || c == '?') {
      wild = true;
    } else {
      ++literal;
    }
  }
  constexpr int kExact = 1 << 30;
  return wild ? literal : kExact;
}

}  // namespace drift::diff_internal
