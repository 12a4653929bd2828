#include "diff/lists.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

namespace drift::diff_internal {
namespace {

using List = Value::List;

// How many pairs of elements of two lists may be asked for equality under rules. Beyond it only forms guide the pairing; no difference
// gets lost by that, because pairs are compared afterwards.
constexpr std::size_t kMaxAsked = 100'000;
// Gaps up to this many pairs are paired by likeness.
constexpr std::size_t kMaxLikeness = 1024;

// A span of one list that has to be aligned with a span of the other.
struct Range {
  std::size_t a_begin, a_end, b_begin, b_end;
  [[nodiscard]] std::size_t a_size() const { return a_end - a_begin; }
  [[nodiscard]] std::size_t b_size() const { return b_end - b_begin; }
};

bool fits(const Range& r) { return r.a_size() <= kMaxAligned && r.b_size() <= kMaxAligned; }

// Which elements are equal: by form, else by asking.
class Matcher {
 public:
  Matcher(const List& a, const List& b, ElementRules* rules, Pairing& out) : a_(a), b_(b), rules_(rules), out_(out) {}

  // One of these has to be called for the elements that the rest is asked about.
  void prepare(const Range& r) {
    a_forms_.resize(a_.size());
    b_forms_.resize(b_.size());
    for (std::size_t i = r.a_begin; i < r.a_end; ++i) a_forms_[i] = rules_ == nullptr ? Form{fingerprint(a_[i])} : rules_->form_of_a(i);
    for (std::size_t j = r.b_begin; j < r.b_end; ++j) b_forms_[j] = rules_ == nullptr ? Form{fingerprint(b_[j])} : rules_->form_of_b(j);
  }
  // What has no partner yet; with rules.
  void prepare_rest() {
    a_forms_.resize(a_.size());
    b_forms_.resize(b_.size());
    for (std::size_t i = 0; i < a_.size(); ++i)
      if (out_.partner[i] == kNone) a_forms_[i] = rules_->form_of_a(i);
    for (const std::size_t j : out_.extra) b_forms_[j] = rules_->form_of_b(j);
  }

  [[nodiscard]] bool same(std::size_t i, std::size_t j) {
    if (a_forms_[i].print == b_forms_[j].print) return true;
    return (!whole_a(i) || !whole_b(j)) && ask(i, j);
  }
  [[nodiscard]] const Fingerprint& a_print(std::size_t i) const { return a_forms_[i].print; }
  [[nodiscard]] const Fingerprint& b_print(std::size_t j) const { return b_forms_[j].print; }
  [[nodiscard]] bool whole_a(std::size_t i) const { return a_forms_[i].whole; }
  [[nodiscard]] bool whole_b(std::size_t j) const { return b_forms_[j].whole; }

  [[nodiscard]] bool ask(std::size_t i, std::size_t j) {
    if (out_.unasked) return false;
    const std::optional<bool> answer = rules_ != nullptr && asked_++ < kMaxAsked ? rules_->equal(i, j) : std::nullopt;
    out_.unasked = !answer;
    return answer.value_or(false);
  }

 private:
  const List& a_;
  const List& b_;
  ElementRules* rules_;
  Pairing& out_;
  std::vector<Form> a_forms_;
  std::vector<Form> b_forms_;
  std::size_t asked_ = 0;
};

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
  // `swapped`: the lists stand the other way round in the matcher.
  Aligner(const List& a, const List& b, Matcher& matcher, bool swapped, Pairing& out)
      : a_(a), b_(b), matcher_(matcher), swapped_(swapped), out_(out) {}

  void run(const Range& r) {
    if (!fits(r)) {
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
  [[nodiscard]] std::vector<std::uint8_t> equality(const Range& r) {
    std::vector<std::uint8_t> eq(r.a_size() * r.b_size());
    std::size_t at = 0;
    for (std::size_t i = r.a_begin; i < r.a_end; ++i)
      for (std::size_t j = r.b_begin; j < r.b_end; ++j) eq[at++] = (swapped_ ? matcher_.same(j, i) : matcher_.same(i, j)) ? 1 : 0;
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
  Matcher& matcher_;
  bool swapped_;
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

// Pairs the ends that `same` calls equal; what is left between them still needs aligning.
template <class Same>
void pair_ends(Range& r, Pairing& p, Same same) {
  for (; r.a_begin < r.a_end && r.b_begin < r.b_end && same(r.a_begin, r.b_begin); ++r.a_begin, ++r.b_begin)
    p.partner[r.a_begin] = r.b_begin;
  for (; r.a_begin < r.a_end && r.b_begin < r.b_end && same(r.a_end - 1, r.b_end - 1);) p.partner[--r.a_end] = --r.b_end;
}

// Where one of a kind is left on each side, or none on one, there is nothing to choose.
bool has_choice(const Range& r) { return r.a_size() > 0 && r.b_size() > 0 && r.a_size() + r.b_size() > 2; }

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

Pairing pair_in_order(const List& a, const List& b, ElementRules* rules) {
  Pairing p;
  p.partner.assign(a.size(), kNone);
  Range r{0, a.size(), 0, b.size()};
  pair_ends(r, p, [&](std::size_t i, std::size_t j) { return a[i] == b[j]; });
  Matcher matcher(a, b, rules, p);
  if (has_choice(r) && (rules != nullptr || fits(r))) {
    matcher.prepare(r);
    if (rules != nullptr) pair_ends(r, p, [&](std::size_t i, std::size_t j) { return matcher.same(i, j); });
  }
  // Of several alignments that are equally good one must be chosen, and the same one when the sides are swapped: so the lists are always
  // aligned in one orientation.
  if (compare_ranges(a, b, r) <= 0) {
    Aligner(a, b, matcher, false, p).run(r);
  } else {
    Pairing q;
    q.partner.assign(b.size(), kNone);
    Aligner(b, a, matcher, true, q).run({r.b_begin, r.b_end, r.a_begin, r.a_end});
    for (std::size_t j = r.b_begin; j < r.b_end; ++j)
      if (q.partner[j] != kNone) p.partner[q.partner[j]] = j;
  }
  find_extra(p, b.size());
  return p;
}

namespace {

// Pairs elements that have no partner yet and whose prints are equal, each once, in order.
template <class PrintA, class PrintB>
void pair_by_print(Pairing& p, std::size_t b_size, PrintA a_print, PrintB b_print) {
  p.extra.clear();
  find_extra(p, b_size);
  std::map<Fingerprint, std::vector<std::size_t>> where;  // of b, last first
  for (auto j = p.extra.rbegin(); j != p.extra.rend(); ++j) where[b_print(*j)].push_back(*j);
  for (std::size_t i = 0; i < p.partner.size() && !where.empty(); ++i) {
    if (p.partner[i] != kNone) continue;
    const auto found = where.find(a_print(i));
    if (found == where.end()) continue;
    p.partner[i] = found->second.back();
    found->second.pop_back();
    if (found->second.empty()) where.erase(found);
  }
  p.extra.clear();
  find_extra(p, b_size);
}

// The rest of a set. Two elements whose forms are whole have been told apart, so that only pairs with another one are asked about.
void pair_by_asking(Pairing& p, Matcher& matcher) {
  std::vector<std::size_t> some;
  for (const std::size_t j : p.extra)
    if (!matcher.whole_b(j)) some.push_back(j);
  std::vector<bool> taken(p.extra.empty() ? 0 : p.extra.back() + 1, false);
  for (std::size_t i = 0; i < p.partner.size() && !p.unasked; ++i) {
    if (p.partner[i] != kNone) continue;
    for (const std::size_t j : matcher.whole_a(i) ? some : p.extra) {
      if (taken[j] || !matcher.ask(i, j)) continue;
      p.partner[i] = j;
      taken[j] = true;
      break;
    }
  }
}

}  // namespace

Pairing pair_as_set(const List& a, const List& b, ElementRules* rules) {
  Pairing p;
  p.partner.assign(a.size(), kNone);
  pair_by_print(
      p, b.size(), [&](std::size_t i) { return fingerprint(a[i]); }, [&](std::size_t j) { return fingerprint(b[j]); });
  const bool all = std::find(p.partner.begin(), p.partner.end(), kNone) == p.partner.end();
  if (rules == nullptr || all || p.extra.empty()) return p;
  Matcher matcher(a, b, rules, p);
  matcher.prepare_rest();
  pair_by_print(
      p, b.size(), [&](std::size_t i) { return matcher.a_print(i); }, [&](std::size_t j) { return matcher.b_print(j); });
  pair_by_asking(p, matcher);
  p.extra.clear();
  find_extra(p, b.size());
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
