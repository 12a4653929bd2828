#include "provider/hosted/secret_index.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace drift::hosted_internal {

std::size_t SecretIndex::place_of(std::string_view three) {
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(three[i])); };
  return (byte(0) << 5U ^ byte(1) << 3U ^ byte(2)) % places;
}

SecretIndex::Entry SecretIndex::at(const std::string& form) {
  const auto [entry, is_new] = all_.try_emplace(form);
  if (is_new) {
    ++begins_[own_place(form)];
    if (form.size() < least_anywhere) ++short_;
  }
  return entry;
}

void SecretIndex::erase(Entry entry) {
  --begins_[own_place(entry->first)];
  if (entry->first.size() < least_anywhere) --short_;
  all_.erase(entry);
}

bool SecretIndex::may_begin(std::string_view text) const {
  return begins_[place_of_short(text)] > 0 || (text.size() >= 3 && begins_[place_of(text)] > 0);
}

// The longest that stands at `at` and is to be hidden there. In the map's order those that `rest` begins with are before it, and what is
// nearest before it has them all in common with it.
void SecretIndex::hide_at(std::size_t at, std::size_t least, std::size_t most, HiddenText& text) const {
  std::string_view rest = text.text().substr(at);
  while (rest.size() >= least) {
    auto next = all_.upper_bound(rest);
    if (next == all_.begin()) return;
    const std::string& form = std::prev(next)->first;
    const auto common = static_cast<std::size_t>(std::mismatch(form.begin(), form.end(), rest.begin(), rest.end()).first - form.begin());
    const bool whole = common == form.size();
    if (whole && common >= least && common <= most && text.hide_secret(at, common)) return;
    if (common == 0) return;
    rest = rest.substr(0, whole ? common - 1 : common);
  }
}

// From the first place on from which on to the end there may be a part of one.
void SecretIndex::hide_begun(HiddenText& text) const {
  const std::string_view all = text.text();
  for (std::size_t at = 0; at < all.size(); ++at) {
    const std::string_view rest = all.substr(at);
    if (rest.size() >= 3 && begins_[place_of(rest)] == 0) continue;
    const auto next = all_.lower_bound(rest);
    if (next == all_.end() || !next->first.starts_with(rest)) continue;
    text.hide(at, rest.size());
    return;
  }
}

void SecretIndex::hide_in(HiddenText& text) const {
  if (all_.empty()) return;
  const std::string_view all = text.text();
  const auto pass = [&](std::size_t least, std::size_t most) {
    for (std::size_t at = 0; at < all.size(); ++at)
      if (may_begin(all.substr(at))) hide_at(at, least, most, text);
  };
  pass(least_anywhere, std::numeric_limits<std::size_t>::max());
  if (short_ > 0) pass(1, least_anywhere - 1);  // after the others: what stands beside a hidden one is a word of its own
  if (text.is_cut()) hide_begun(text);
}

}  // namespace drift::hosted_internal
