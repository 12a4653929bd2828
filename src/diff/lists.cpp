#include "diff/lists.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

#include "drift/model/hash.hpp"

namespace drift::diff_internal {
namespace {

using List = Value::List;

// How many pairs of elements may be asked for equality under rules. Beyond it only exact equality guides the pairing; no difference gets
// lost by that, because pairs are compared afterwards.
constexpr std::size_t kMaxAsked = 40'000;
constexpr std::size_t kMaxAskedInSet = 100'000;
// Gaps up to this many pairs are paired by likeness.
constexpr std::size_t kMaxLikeness = 1024;

// A span of one list that has to be aligned with a span of the other.
struct Range {
  std::size_t a_begin, a_end, b_begin, b_end;
  [[nodiscard]] std::size_t a_size() const { return a_end - a_begin; }
  [[nodiscard]] std::size_t b_size() const { return b_end - b_begin; }
};

std::vector<Fingerprint> fingerprints(const List& list, std::size_t begin, std::size_t end) {
  std::vector<Fingerprint> prints;
  prints.reserve(end - begin);
  for (std::size_t i = begin; i < end; ++i) prints.push_back(fingerprint(list[i]));
  return prints;
}

// Share of equal members of two objects, in thousandths; what else is of one kind is a little alike.
std::size_t likeness(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return 0;
  if (!a.is_object()) return 1;
  std::size_t same = 0;
  for (const auto& [key, value] : a.as_object()) {
    const Value* other = b.find(key);
    if (other != nullptr && *other == value) ++same;
  }
  const std::size_t all = a.as_object().size() + b.as_object().size();
  return all == 0 ? 1 : 1 + same * 2000 / all;
}

class Aligner {
 public:
  Aligner(const List& a, const List& b, const ElementEqual& equal, Pairing& out) : a_(a), b_(b), equal_(equal), out_(out) {}

  void run(const Range& r) {
    if (r.a_size() > kMaxAligned || r.b_size() > kMaxAligned) {
      for (std::size_t k = 0; k < std::min(r.a_size(), r.b_size()); ++k) pair(r.a_begin + k, r.b_begin + k);
    } else if (r.a_size() == 1 && r.b_size() == 1) {
      pair(r.a_begin, r.b_begin);
    } else if (r.a_size() > 0 && r.b_size() > 0) {
      align(r);
    }
  }

 private:
  void pair(std::size_t i, std::size_t j) { out_.partner[i] = j; }

  // Which elements of the range are equal, row by row.
  [[nodiscard]] std::vector<std::uint8_t> equality(const Range& r) const {
    const std::vector<Fingerprint> a_prints = fingerprints(a_, r.a_begin, r.a_end);
    const std::vector<Fingerprint> b_prints = fingerprints(b_, r.b_begin, r.b_end);
    std::vector<std::uint8_t> eq(r.a_size() * r.b_size());
    const bool ask = equal_ && eq.size() <= kMaxAsked;
    std::size_t at = 0;
    for (std::size_t i = 0; i < r.a_size(); ++i)
      for (std::size_t j = 0; j < r.b_size(); ++j)
        eq[at++] = a_prints[i] == b_prints[j] || (ask && equal_(r.a_begin + i, r.b_begin + j)) ? 1 : 0;
    return eq;
  }

  void align(const Range& r) {
    const std::size_t n = r.a_size();
    const std::size_t m = r.b_size();
    const std::vector<std::uint8_t> eq = equality(r);
    // lcs[i][j]: length of the longest common subsequence of the ends that begin at i and j.
    std::vector<std::uint16_t> lcs((n + 1) * (m + 1));
    const auto at = [&](std::size_t i, std::size_t j) -> std::uint16_t& { return lcs[i * (m + 1) + j]; };
    for (std::size_t i = n; i-- > 0;)
      for (std::size_t j = m; j-- > 0;)
        at(i, j) = eq[i * m + j] != 0 ? static_cast<std::uint16_t>(at(i + 1, j + 1) + 1) : std::max(at(i + 1, j), at(i, j + 1));
    std::size_t i = 0;
    std::size_t j = 0;
    Range gap{r.a_begin, r.a_begin, r.b_begin, r.b_begin};
    while (i < n && j < m) {
      if (eq[i * m + j] != 0) {
        fill(gap);
        pair(r.a_begin + i, r.b_begin + j);
        ++i;
        ++j;
        gap = {r.a_begin + i, r.a_begin + i, r.b_begin + j, r.b_begin + j};
      } else if (at(i + 1, j) >= at(i, j + 1)) {
        gap.a_end = r.a_begin + ++i;
      } else {
        gap.b_end = r.b_begin + ++j;
      }
    }
    gap.a_end = r.a_end;
    gap.b_end = r.b_end;
    fill(gap);
  }

  // Pairs what has no equal. As many pairs as the shorter side has elements, in order; which of the longer side stay alone is chosen so
  // that the pairs are as alike as can be.
  void fill(const Range& gap) {
    const std::size_t n = gap.a_size();
    const std::size_t m = gap.b_size();
    if (n == 0 || m == 0) return;
    if (n == m || n * m > kMaxLikeness) {
      for (std::size_t k = 0; k < std::min(n, m); ++k) pair(gap.a_begin + k, gap.b_begin + k);
      return;
    }
    const bool a_short = n < m;
    const std::size_t few = std::min(n, m);
    const std::size_t many = std::max(n, m);
    const auto like = [&](std::size_t s, std::size_t l) {
      return a_short ? likeness(a_[gap.a_begin + s], b_[gap.b_begin + l]) : likeness(a_[gap.a_begin + l], b_[gap.b_begin + s]);
    };
    // best[s][l]: the most likeness that elements s.. of the shorter side can have with l.. of the longer one; each must find a partner.
    std::vector<std::size_t> best((few + 1) * (many + 1), 0);
    const auto at = [&](std::size_t s, std::size_t l) -> std::size_t& { return best[s * (many + 1) + l]; };
    for (std::size_t s = few; s-- > 0;)
      for (std::size_t l = many - (few - s) + 1; l-- > s;) {
        const std::size_t taken = like(s, l) + at(s + 1, l + 1);
        at(s, l) = l + (few - s) < many ? std::max(taken, at(s, l + 1)) : taken;
      }
    for (std::size_t s = 0, l = 0; s < few; ++l) {
      const bool must = l + (few - s) == many;
      if (!must && at(s, l) != like(s, l) + at(s + 1, l + 1)) continue;
      pair(gap.a_begin + (a_short ? s : l), gap.b_begin + (a_short ? l : s));
      ++s;
    }
  }

  const List& a_;
  const List& b_;
  const ElementEqual& equal_;
  Pairing& out_;
};

void find_extra(Pairing& p, std::size_t b_size) {
  std::vector<bool> taken(b_size, false);
  for (const std::size_t j : p.partner)
    if (j != kNone) taken[j] = true;
  for (std::size_t j = 0; j < b_size; ++j)
    if (!taken[j]) p.extra.push_back(j);
}

int compare_ranges(const List& a, const List& b, const Range& r) {
  for (std::size_t k = 0; k < std::min(r.a_size(), r.b_size()); ++k)
    if (const int c = Value::compare(a[r.a_begin + k], b[r.b_begin + k]); c != 0) return c;
  return r.a_size() < r.b_size() ? -1 : r.a_size() > r.b_size() ? 1 : 0;
}

// Pairs the equal ends; what is left between them is the range that needs aligning.
Range pair_ends(const List& a, const List& b, const ElementEqual& equal, Pairing& p) {
  const auto same = [&](std::size_t i, std::size_t j) { return a[i] == b[j] || (equal && equal(i, j)); };
  Range r{0, a.size(), 0, b.size()};
  for (; r.a_begin < r.a_end && r.b_begin < r.b_end && same(r.a_begin, r.b_begin); ++r.a_begin, ++r.b_begin)
    p.partner[r.a_begin] = r.b_begin;
  for (; r.a_begin < r.a_end && r.b_begin < r.b_end && same(r.a_end - 1, r.b_end - 1);) p.partner[--r.a_end] = --r.b_end;
  return r;
}

// The keys of all elements, as canonical bytes, with their index; none when they do not name the elements.
std::optional<std::map<std::string, std::size_t>> keys_of(const List& list, std::string_view key) {
  std::map<std::string, std::size_t> keys;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Value* member = list[i].find(key);
    if (member == nullptr || member->is_null() || member->is_unknown() || member->is_secret()) return std::nullopt;
    std::string text;
    append_canonical(*member, text);
    if (!keys.emplace(std::move(text), i).second) return std::nullopt;
  }
  return keys;
}

}  // namespace

bool Pairing::reordered() const {
  std::size_t last = 0;
  for (const std::size_t j : partner) {
    if (j == kNone) continue;
    if (j < last) return true;
    last = j;
  }
  return false;
}

Pairing pair_by_index(const List& a, const List& b) {
  Pairing p;
  p.partner.assign(a.size(), kNone);
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) p.partner[i] = i;
  for (std::size_t j = a.size(); j < b.size(); ++j) p.extra.push_back(j);
  return p;
}

Pairing pair_in_order(const List& a, const List& b, const ElementEqual& equal) {
  Pairing p;
  p.partner.assign(a.size(), kNone);
  const Range r = pair_ends(a, b, equal, p);
  // Of several alignments that are equally good one must be chosen, and the same one when the sides are swapped: so the lists are always
  // aligned in one orientation.
  if (compare_ranges(a, b, r) <= 0) {
    Aligner(a, b, equal, p).run(r);
  } else {
    const ElementEqual swapped = equal ? ElementEqual([&](std::size_t i, std::size_t j) { return equal(j, i); }) : ElementEqual();
    Pairing q;
    q.partner.assign(b.size(), kNone);
    Aligner(b, a, swapped, q).run({r.b_begin, r.b_end, r.a_begin, r.a_end});
    for (std::size_t j = r.b_begin; j < r.b_end; ++j)
      if (q.partner[j] != kNone) p.partner[q.partner[j]] = j;
  }
  find_extra(p, b.size());
  return p;
}

Pairing pair_as_set(const List& a, const List& b, const ElementEqual& equal) {
  Pairing p;
  p.partner.assign(a.size(), kNone);
  std::map<Fingerprint, std::vector<std::size_t>> where;  // of b, last first
  for (std::size_t j = b.size(); j-- > 0;) where[fingerprint(b[j])].push_back(j);
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto found = where.find(fingerprint(a[i]));
    if (found == where.end() || found->second.empty()) {
      left.push_back(i);
      continue;
    }
    p.partner[i] = found->second.back();
    found->second.pop_back();
  }
  find_extra(p, b.size());
  if (equal && !left.empty() && left.size() * p.extra.size() <= kMaxAskedInSet) {
    for (const std::size_t i : left) {
      const auto j = std::find_if(p.extra.begin(), p.extra.end(), [&](std::size_t k) { return equal(i, k); });
      if (j == p.extra.end()) continue;
      p.partner[i] = *j;
      p.extra.erase(j);
    }
  }
  return p;
}

std::optional<Pairing> pair_by_key(const List& a, const List& b, std::string_view key) {
  const auto left = keys_of(a, key);
  if (!left) return std::nullopt;
  const auto right = keys_of(b, key);
  if (!right) return std::nullopt;
  Pairing p;
  p.partner.assign(a.size(), kNone);
  for (const auto& [text, i] : *left)
    if (const auto found = right->find(text); found != right->end()) p.partner[i] = found->second;
  find_extra(p, b.size());
  return p;
}

}  // namespace drift::diff_internal
