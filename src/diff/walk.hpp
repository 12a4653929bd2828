// Walker: goes down all sides of one section together and says, per path, who moved away from the ancestor.
//
// The plain two-way diff is the same walk with two sides. The sides that can move are actual and desired, and recorded when the ancestor
// is the baseline (then a recorded value that moved where the actual one did not was accepted by a person: suppressed by "baseline").
//
// At each path a side that moved did so
//   by_rule  exactly different, but equal under a comparator: goes to `suppressed`
//   whole    the value here is another one (absent, other kind, other scalar, a secret): one change at this path
//   inside   both are objects or lists: the walk goes on below
//
// Indexes of a path count in the ancestor, except the last one of something added, which counts in the side that has it.
// Thread rule: one walk, one thread. Ownership: borrows the values; the result holds cheap copies.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diff/lists.hpp"
#include "diff/selection.hpp"
#include "drift/diff/compare.hpp"

namespace drift::diff_internal {

enum : unsigned { kDesired = 0, kRecorded, kActual, kBaseline, kSides };
[[nodiscard]] constexpr unsigned bit(unsigned side) noexcept { return 1U << side; }
using Sides = std::array<const Value*, kSides>;  // nullptr: absent there

struct Node {
  Sides v{};
  unsigned active = 0;  // the sides whose value differs exactly from the ancestor's
  // Facts that hold for everything below the path that they were stated for.
  bool sensitive = false;
  bool derived = false;
  bool forces_new = false;
  bool computed = false;
  std::string_view missing = "missing";  // the reason code when this is on one side only
};

enum class Moved { no, by_rule, whole, inside };
struct Verdict {
  Moved moved = Moved::no;
  std::string_view why{};
  std::string rule{};
};

class Walker {
 public:
  // `path` is where the roots are; it is used as a stack and is as before when run() returns.
  Walker(Selector& selector, Section section, unsigned ancestor, Path& path)
      : selector_(selector), section_(section), ancestor_(ancestor), path_(path) {}

  // `movers`: bits of the sides that take part and are not the ancestor.
  void run(const Sides& roots, unsigned movers);
  std::vector<Change> changes;
  std::vector<Change> suppressed;

 private:
  void node(Node n);
  void node_whole(const Node& n, unsigned whole, unsigned inside, std::string_view why, bool secret, const Selection& sel);
  void descend(const Node& n, unsigned active, const Selection& sel);
  void descend_object(const Node& n, unsigned active);
  void descend_list(const Node& n, unsigned active, const Selection& sel);
  void list_extras(const Node& n, const std::array<Pairing, kSides>& pairing, unsigned active, const Selection& sel);
  void child(const Node& parent, const Sides& v, unsigned active, std::uint64_t index, std::string_view missing);
  Pairing pair(const Node& n, unsigned side, const Selection& sel, std::string_view& missing);

  // diff_values.cpp: the comparators.
  Verdict judge(unsigned side, const Node& n, const Selection& sel, bool secret);
  Verdict judge_rules(const Value* a, const Value* b, const Selection& sel) const;
  Verdict judge_secret(unsigned side, const Value& a, const Value& b, const Selection& sel);
  [[nodiscard]] bool never_moves(unsigned side, const Value* a, const Value* b, bool computed) const;

  // True when the walk would find no change between `a`, on side `from`, and `b`, on side `to`, at this path. Strict: secrets of which it
  // cannot be told whether they are equal count as different.
  bool equal(unsigned from, const Value* a, unsigned to, const Value* b, bool strict = false);

  [[nodiscard]] unsigned differing(const Sides& v, unsigned among) const;
  void emit(const Node& n, unsigned moved, std::string_view why, bool secret);
  void suppress(const Node& n, unsigned from, unsigned to, const Verdict& verdict, bool secret);
  Change make(const Node& n, unsigned from, unsigned to, std::string_view why, bool secret) const;

  Selector& selector_;
  Section section_;
  unsigned ancestor_;
  Path& path_;
  // A probe only asks whether there is a change; it stops at the first.
  bool probe_ = false;
  bool strict_ = false;
  bool found_ = false;
  bool inside_secret_ = false;
  bool marks_ = true;       // false: no side holds a secret anywhere, so none needs to be looked for
  std::string probe_rule_;  // the last rule that made something equal
};

}  // namespace drift::diff_internal
