#include "provider/hosted/version.hpp"

#include <algorithm>

namespace drift::hosted_internal {
namespace {

bool all_digits(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The part of `rest` before `end`; `rest` begins behind it then.
std::string_view cut(std::string_view& rest, char end) {
  const std::size_t at = rest.find(end);
  const std::string_view part = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return part;
}

struct Parts {
  std::string_view numbers, prerelease;
};

Parts parts_of(std::string_view version) {
  const std::string_view core = version.substr(0, version.find('+'));
  const std::size_t dash = core.find('-');
  return {core.substr(0, dash), dash == std::string_view::npos ? std::string_view() : core.substr(dash + 1)};
}

// Numbers of any length, without leading zeros.
int compare_numbers(std::string_view a, std::string_view b) {
  a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
  b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

int compare_identifiers(std::string_view a, std::string_view b) {
  const bool na = all_digits(a), nb = all_digits(b);
  if (na != nb) return na ? -1 : 1;
  return na ? compare_numbers(a, b) : a.compare(b);
}

bool identifiers(std::string_view text) {
  for (std::string_view rest = text;;) {
    const bool last = rest.find('.') == std::string_view::npos;
    const std::string_view part = cut(rest, '.');
    const bool plain = std::all_of(part.begin(), part.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    });
    if (part.empty() || !plain) return false;
    if (last) return true;
  }
}

}  // namespace

bool is_version(std::string_view text) {
  const std::size_t plus = text.find('+');
  if (plus != std::string_view::npos && !identifiers(text.substr(plus + 1))) return false;
  Parts p = parts_of(text);
  if (text.substr(0, plus).find('-') != std::string_view::npos && !identifiers(p.prerelease)) return false;
  if (std::count(p.numbers.begin(), p.numbers.end(), '.') != 2) return false;
  for (int i = 0; i < 3; ++i)
    if (!all_digits(cut(p.numbers, '.'))) return false;
  return true;
}

int compare_versions(std::string_view a, std::string_view b) {
  if (!is_version(a) || !is_version(b)) return static_cast<int>(is_version(a)) - static_cast<int>(is_version(b));
  Parts x = parts_of(a), y = parts_of(b);
  for (int i = 0; i < 3; ++i)
    if (const int c = compare_numbers(cut(x.numbers, '.'), cut(y.numbers, '.')); c != 0) return c;
  if (x.prerelease.empty() || y.prerelease.empty()) return static_cast<int>(x.prerelease.empty()) - static_cast<int>(y.prerelease.empty());
  while (!x.prerelease.empty() && !y.prerelease.empty())
    if (const int c = compare_identifiers(cut(x.prerelease, '.'), cut(y.prerelease, '.')); c != 0) return c;
  return static_cast<int>(!x.prerelease.empty()) - static_cast<int>(!y.prerelease.empty());
}

bool is_prerelease(std::string_view version) { return !parts_of(version).prerelease.empty(); }

}  // namespace drift::hosted_internal
