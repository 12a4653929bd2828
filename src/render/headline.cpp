#include "render/headline.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <vector>

#include "drift/render/render.hpp"
#include "render/safe_text.hpp"

namespace drift {
namespace render_internal {
namespace {

// "1 critical: security group opened to the world"; of several reasons the first by address, and how many more.
std::string worst_text(const Report& report, bool unicode) {
  const auto level = std::max_element(report.findings.begin(), report.findings.end(), [](const Finding& a, const Finding& b) {
                       return a.risk.level < b.risk.level;
                     })->risk.level;
  std::size_t count = 0;
  std::string first;
  std::set<std::string, std::less<>> reasons;
  for (const Finding& f : report.findings) {
    if (f.risk.level != level) continue;
    if (count++ == 0) first = f.risk.why;
    reasons.insert(f.risk.why);
  }
  std::string out = with_separators(count) + ' ' + std::string(risk_level_name(level)) + ": " + safe(first, unicode);
  if (reasons.size() > 1) out += " and " + with_separators(reasons.size() - 1) + " more";
  return out;
}

void add(std::vector<std::string>& parts, std::uint64_t n, std::string_view word) {
  if (n > 0) parts.push_back(with_separators(n) + ' ' + std::string(word));
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& p : parts) out += (out.empty() ? "" : ", ") + p;
  return out;
}

}  // namespace

std::string elapsed_text(Clock::Duration elapsed) {
  const auto ms = std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count(), 0);
  if (ms < 1000) return std::to_string(ms) + " ms";
  const std::int64_t tenths = (ms + 50) / 100;
  if (tenths < 1000) return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " s";
  const std::int64_t s = (ms + 500) / 1000;
  if (s < 3600) return std::to_string(s / 60) + " min " + std::to_string(s % 60) + " s";
  return std::to_string(s / 3600) + " h " + std::to_string(s % 3600 / 60) + " min";
}

std::string headline(const Report& report, bool show_elapsed, bool unicode) {
  const Summary& s = report.summary;
  std::string checked = with_separators(s.checked) + " checked";
  if (show_elapsed) checked += " in " + elapsed_text(report.elapsed);
  std::vector<std::string> missing;
  add(missing, s.unreadable, "unreadable");
  add(missing, s.unsupported, "unsupported");
  const auto whole = static_cast<std::uint64_t>(
      std::count_if(report.errors.begin(), report.errors.end(), [](const ReportError& e) { return e.address.empty(); }));
  add(missing, whole, whole == 1 ? "error" : "errors");
  std::vector<std::string> beside;
  add(beside, s.pending, "pending");
  add(beside, s.suppressed, "suppressed");
  if (report.findings.empty()) {
    beside.insert(beside.begin(), checked);
    if (report.complete) return "No drift: " + joined(beside);
    return "No drift found, but " + (missing.empty() ? "the scan is incomplete" : joined(missing)) + ": " + joined(beside);
  }
  std::vector<std::string> parts{with_separators(report.findings.size()) + " drifted (" + worst_text(report, unicode) + ')'};
  parts.insert(parts.end(), missing.begin(), missing.end());
  if (!report.complete && missing.empty()) parts.emplace_back("incomplete");
  parts.insert(parts.end(), beside.begin(), beside.end());
  parts.push_back(checked);
  return joined(parts);
}

}  // namespace render_internal

std::string render_headline(const Report& report, bool show_elapsed) { return render_internal::headline(report, show_elapsed, true); }

}  // namespace drift
