// Texts that go out in one block, each with a zero byte behind it, in the order in which they were added.
//
// Thread rule: const access from any thread once it is sealed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drift.h"

namespace drift::capi {

class TextBlock {
 public:
  // Until seal() the text's place is an offset; none (nullptr) stays none.
  [[nodiscard]] drift_text add(std::string_view text) {
    // One more than the offset, so that the first text is told from none.
    const drift_text out{reinterpret_cast<const char*>(bytes_.size() + 1), text.size()};  // NOLINT: an offset until it is sealed
    bytes_.append(text);
    bytes_ += '\0';
    return out;
  }
  // The same of what `append` appends to a string.
  template <class Append>
  [[nodiscard]] drift_text add_with(Append&& append) {
    const std::size_t at = bytes_.size();
    std::forward<Append>(append)(bytes_);
    const drift_text out{reinterpret_cast<const char*>(at + 1), bytes_.size() - at};  // NOLINT: as above
    bytes_ += '\0';
    return out;
  }
  void place(drift_text& text) const {
    if (text.p != nullptr) text.p = bytes_.data() + (reinterpret_cast<std::uintptr_t>(text.p) - 1);  // NOLINT: see add()
  }
  void reserve(std::size_t bytes) { bytes_.reserve(bytes); }

 private:
  std::string bytes_;
};

// Copies rows [first, first + cap) of `rows` to `views`, `stride` bytes apart, as much of each as fits; the number of rows.
template <class Row>
std::size_t copy_rows(const std::vector<Row>& rows, std::uint64_t first, Row* views, std::size_t stride, std::size_t cap) {
  if (first >= rows.size()) return 0;
  const std::size_t n = std::min<std::size_t>(cap, rows.size() - static_cast<std::size_t>(first));
  if (n == 0) return 0;  // `views` may be NULL then
  const Row* from = rows.data() + first;
  if (stride == sizeof(Row)) {
    std::memcpy(views, from, n * sizeof(Row));
    return n;
  }
  auto* to = reinterpret_cast<unsigned char*>(views);  // NOLINT: rows of a caller that knows more or fewer members
  for (std::size_t i = 0; i < n; ++i, to += stride) {
    std::memcpy(to, from + i, std::min(stride, sizeof(Row)));
    if (stride > sizeof(Row)) std::memset(to + sizeof(Row), 0, stride - sizeof(Row));
  }
  return n;
}

}  // namespace drift::capi
