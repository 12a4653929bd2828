#include "render/line_diff.hpp"

#include <algorithm>
#include <cstdint>

namespace drift::render_internal {
namespace {

struct Line {
  std::string_view text;
  bool unterminated;
  friend bool operator==(const Line& x, const Line& y) { return x.unterminated == y.unterminated && x.text == y.text; }
};

std::vector<Line> split(std::string_view text, bool mark_end) {
  std::vector<Line> out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
      out.push_back({text, mark_end});
      break;
    }
    out.push_back({text.substr(0, end), false});
    text.remove_prefix(end + 1);
  }
  return out;
}

constexpr std::size_t max_cells = 1'000'000;

class Differ {
 public:
  Differ(const std::vector<Line>& a, const std::vector<Line>& b) : a_(a), b_(b) {}

  std::vector<DiffLine> run() {
    std::size_t begin = 0, end_a = a_.size(), end_b = b_.size();
    while (begin < end_a && begin < end_b && a_[begin] == b_[begin]) put(LineSign::same, a_[begin++]);
    while (end_a > begin && end_b > begin && a_[end_a - 1] == b_[end_b - 1]) --end_a, --end_b;
    middle(begin, end_a, end_b);
    for (; end_a < a_.size(); ++end_a) put(LineSign::same, a_[end_a]);
    return std::move(out_);
  }

 private:
  void put(LineSign sign, const Line& line) { out_.push_back({sign, line.text, line.unterminated}); }

  void middle(std::size_t begin, std::size_t end_a, std::size_t end_b) {
    const std::size_t n = end_a - begin, m = end_b - begin;
    std::size_t i = 0, j = 0;
    if (n > 0 && m > 0 && m <= max_cells / n) {
      // lcs[i][j]: the length for the lines from i and j on.
      std::vector<std::uint32_t> lcs((n + 1) * (m + 1), 0);
      const auto at = [&](std::size_t x, std::size_t y) -> std::uint32_t& { return lcs[x * (m + 1) + y]; };
      for (std::size_t x = n; x-- > 0;)
        for (std::size_t y = m; y-- > 0;)
          at(x, y) = a_[begin + x] == b_[begin + y] ? at(x + 1, y + 1) + 1 : std::max(at(x + 1, y), at(x, y + 1));
      while (i < n && j < m) {
        if (a_[begin + i] == b_[begin + j]) {
          put(LineSign::same, a_[begin + i]);
          ++i, ++j;
        } else if (at(i + 1, j) >= at(i, j + 1)) {
          put(LineSign::removed, a_[begin + i++]);
        } else {
          put(LineSign::added, b_[begin + j++]);
        }
      }
    }
    for (; i < n; ++i) put(LineSign::removed, a_[begin + i]);
    for (; j < m; ++j) put(LineSign::added, b_[begin + j]);
  }

  const std::vector<Line>& a_;
  const std::vector<Line>& b_;
  std::vector<DiffLine> out_;
};

}  // namespace

std::vector<DiffLine> line_diff(std::string_view a, std::string_view b, std::size_t context) {
  const auto ends = [](std::string_view t) { return t.empty() || t.back() == '\n'; };
  const bool mark = ends(a) != ends(b);
  const std::vector<Line> left = split(a, mark && !ends(a)), right = split(b, mark && !ends(b));
  const std::vector<DiffLine> all = Differ(left, right).run();
  std::vector<bool> keep(all.size(), false);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].sign == LineSign::same) continue;
    const std::size_t last = std::min(all.size() - 1, i + context);
    for (std::size_t k = i - std::min(i, context); k <= last; ++k) keep[k] = true;
  }
  std::vector<DiffLine> out;
  bool left_out = false;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (keep[i]) {
      if (left_out && !out.empty()) out.push_back({LineSign::gap, {}, false});
      out.push_back(all[i]);
    }
    left_out = !keep[i];
  }
  return out;
}

}  // namespace drift::render_internal
