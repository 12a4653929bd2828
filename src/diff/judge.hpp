// Judge: how two values at one path compare, under the comparators that apply there.
//
// A value that differs from the ancestor's does so
//   by_rule  exactly different, but equal under a comparator
//   whole    the value here is another one (absent, other kind, other scalar, a secret)
//   inside   both are objects or lists: what differs is below
//
// Thread rule: one comparison, one thread. Ownership: borrows everything; `path` is where the values are and is used as a stack.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "diff/lists.hpp"
#include "diff/selection.hpp"
#include "diff/work.hpp"

namespace drift::diff_internal {

enum : unsigned { kDesired = 0, kRecorded, kActual, kBaseline, kSides };
[[nodiscard]] constexpr unsigned bit(unsigned side) noexcept { return 1U << side; }
using Sides = std::array<const Value*, kSides>;  // nullptr: absent there

// Facts of the schema that hold for everything below the path that they were stated for.
struct Facts {
  bool sensitive = false;
  bool derived = false;
  bool forces_new = false;
  bool computed = false;
  bool read_only = false;
  void add(const SchemaFacts& at);
};

// Two values at one path, and the sides that they are on.
struct Pair {
  unsigned from;
  const Value* a;
  unsigned to;
  const Value* b;
  // A plan takes part: what it does not know yet, and what it leaves out, says nothing.
  [[nodiscard]] bool planned() const noexcept { return from == kDesired || to == kDesired; }
};

struct ListPair {
  unsigned from;
  const Value::List& a;
  unsigned to;
  const Value::List& b;
  [[nodiscard]] bool planned() const noexcept { return from == kDesired || to == kDesired; }
};

enum class Moved { no, by_rule, whole, inside };
struct Verdict {
  Moved moved = Moved::no;
  std::string_view why{};
  std::string rule{};
};

class Judge {
 public:
  Judge(Selector& selector, Work& work, Path& path) : selector_(selector), work_(work), path_(path) {}

  // False: no side holds a secret anywhere, or none that is unavailable, so that none needs to be looked for.
  void look_for_marks(bool marks, bool unavailable) {
    marks_ = marks;
    unavailable_ = unavailable;
  }

  // `missing`: the reason code when the value is on one side only.
  Verdict judge(const Pair& p, const Facts& facts, bool secret, std::string_view missing, const Selection& sel);

  // True when there is no change between the two values, neither here nor below. Strict: secrets of which it cannot be told whether they
  // are equal count as different. `above`: the facts of the paths above.
  bool equal(const Pair& p, const Facts& above, bool strict = false);
  // The same as a question that may be left open, because it is one of many: nothing when the budget for them is spent.
  std::optional<bool> ask(const Pair& p, const Facts& above);

  // Equal in all but whether a plain secret is known as one. A secret that is unavailable equals nothing.
  [[nodiscard]] bool same_content(const Pair& p) const;

  // Which elements of two lists at this path stand for each other; `missing` is set to why the others have no partner when it is not just
  // that they are missing.
  Pairing pair(const ListPair& lists, const Facts& facts, const Selection& sel, std::string_view& missing);
  // The same, but only equal elements are paired, whatever the order.
  Pairing pair_equal(const ListPair& lists, const Facts& facts);

 private:
  bool exact_below(const ListPair& lists);
  Verdict judge_rules(const Pair& p, const Selection& sel) const;
  Verdict judge_secret(const Pair& p, const Facts& facts);
  bool equal_at(const Pair& p, Facts facts);
  bool equal_members(const Pair& p, const Facts& facts);
  bool equal_elements(const Pair& p, const Facts& facts, const Selection& sel);
  bool equal_in_order(const Pair& p, const Facts& facts);
  bool equal_element(const Pair& lists, const Facts& facts, std::size_t i, std::size_t j);

  Selector& selector_;
  Work& work_;
  Path& path_;
  bool marks_ = true;
  bool unavailable_ = true;
  bool inside_secret_ = false;
  bool strict_ = false;
  bool asking_ = false;    // within ask()
  std::string last_rule_;  // the last rule that made something equal
};

}  // namespace drift::diff_internal
