#include "plugin/output_tail.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace drift::plugin {
namespace {

constexpr std::array<std::string_view, 2> panic_marks = {"panic: ", "fatal error: "};

// 1 it is a panic's first line, -1 it is not, 0 more of it has to be seen.
int judge(std::string_view head) {
  int verdict = -1;
  for (const std::string_view mark : panic_marks) {
    if (head.starts_with(mark)) return 1;
    if (mark.starts_with(head)) verdict = 0;
  }
  return verdict;
}

std::string printable(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return out;
}

}  // namespace

void OutputTail::feed_line_part(std::string_view part) {
  if (line_decided_) return;
  head_.append(part.substr(0, std::min<std::size_t>(part.size(), 16)));
  const int verdict = judge(head_);
  line_decided_ = verdict != 0;
  if (verdict < 1) return;
  panic_ = head_;
}

void OutputTail::feed(std::string_view bytes) {
  const std::size_t most = tail_bytes_ * 2;
  cut_ = cut_ || tail_.size() + bytes.size() > most;
  tail_.append(bytes.substr(bytes.size() - std::min(bytes.size(), most)));
  if (tail_.size() > most) tail_.erase(0, tail_.size() - tail_bytes_);
  while (!bytes.empty()) {
    if (!panic_.empty()) {
      panic_.append(bytes.substr(0, panic_bytes_ - std::min(panic_bytes_, panic_.size())));
      return;
    }
    const std::size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    const std::size_t had = head_.size();
    feed_line_part(part);
    if (!panic_.empty()) {
      bytes.remove_prefix(panic_.size() - had);
      continue;
    }
    if (end == std::string_view::npos) return;
    bytes.remove_prefix(end + 1);
    head_.clear();
    line_decided_ = false;
  }
}

std::string OutputTail::tail() const {
  if (!cut_ && tail_.size() <= tail_bytes_) return tail_;
  const std::string_view last = std::string_view(tail_).substr(tail_.size() - std::min(tail_.size(), tail_bytes_));
  const std::size_t line = last.find('\n');
  return std::string(line == std::string_view::npos || line + 1 == last.size() ? last : last.substr(line + 1));
}

void LineCutter::feed(std::string_view bytes, const std::function<void(std::string_view)>& on_line) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    line_.append(part.substr(0, most_ - std::min(most_, line_.size())));
    if (end == std::string_view::npos) return;
    if (!line_.empty() && line_.back() == '\r') line_.pop_back();
    on_line(line_);
    line_.clear();
    bytes.remove_prefix(end + 1);
  }
}

std::string short_output(std::string_view panic, std::string_view tail) {
  constexpr std::size_t lines_shown = 3;
  constexpr std::size_t bytes_shown = 400;
  std::vector<std::string> lines;
  LineCutter cutter(bytes_shown + 1);
  const auto take = [&](std::string_view line) {
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) lines.push_back(printable(line));
  };
  cutter.feed(panic.empty() ? tail : panic, take);
  take(cutter.rest());
  if (lines.size() > lines_shown) {
    if (panic.empty())
      lines.erase(lines.begin(), lines.end() - lines_shown);
    else
      lines.resize(lines_shown);
  }
  std::string out;
  for (const std::string& line : lines) out += (out.empty() ? "" : " | ") + line;
  if (out.size() > bytes_shown) out = out.substr(0, bytes_shown) + "...";
  return out;
}

}  // namespace drift::plugin
