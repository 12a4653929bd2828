// Walker: goes down all sides of one section together and says, per path, who moved away from the ancestor.
//
// The plain two-way diff is the same walk with two sides. The sides that can move are actual and desired, and recorded when the ancestor
// is the baseline (then a recorded value that moved where the actual one did not was accepted by a person: suppressed by "baseline").
// What moved means is said by Judge. What differs only by rule goes to `suppressed`; what moved as a whole is one change at its path.
//
// Indexes of a path count in the ancestor, except the last one of something added, which counts in the side that has it.
// Thread rule: one walk, one thread. Ownership: borrows the values; the result holds cheap copies.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "diff/judge.hpp"
#include "diff/path_tree.hpp"
#include "drift/diff/compare.hpp"

namespace drift::diff_internal {

struct Node {
  Sides v{};
  unsigned active = 0;  // the sides whose value differs exactly from the ancestor's
  Facts facts;
  std::string_view missing = "missing";  // the reason code when this is on one side only
  const PathTree* unmarked = nullptr;    // what became sensitive (ResourceSides::unmarked), here and below
};

class Walker {
 public:
  // `path` is where the roots are; it is used as a stack and is as before when run() returns.
  Walker(Selector& selector, Work& work, Section section, unsigned ancestor, Path& path)
      : selector_(selector), work_(work), judge_(selector, work, path), section_(section), ancestor_(ancestor), path_(path) {}

  // `movers`: bits of the sides that take part and are not the ancestor. `unmarked`: paths of the recorded root. When the work was stopped,
  // what was found is not all.
  void run(const Sides& roots, unsigned movers, const PathTree& unmarked);
  std::vector<Change> changes;
  std::vector<Change> suppressed;

 private:
  void node(Node n);
  void node_whole(const Node& n, unsigned whole, unsigned inside, std::string_view why, bool secret, const Selection& sel);
  void descend(const Node& n, unsigned active, const Selection& sel);
  void descend_object(const Node& n, unsigned active);
  void descend_list(const Node& n, unsigned active, const Selection& sel);
  void list_extras(const Node& n, const std::array<Pairing, kSides>& pairing, unsigned active, const Selection& sel,
                   std::string_view missing);
  std::vector<std::size_t> twins(const Node& n, const std::vector<std::size_t>& added, unsigned side, const std::vector<std::size_t>& extra,
                                 const Selection& sel);
  void visit(const Node& n);
  void tell_unmarked(const Node& n);
  void child(const Node& parent, const Sides& v, unsigned active, std::uint64_t index, std::string_view missing);

  [[nodiscard]] Pair between(const Node& n, unsigned from, unsigned to) const { return {from, n.v[from], to, n.v[to]}; }
  [[nodiscard]] unsigned differing(const Sides& v, unsigned among) const;
  void emit(const Node& n, unsigned moved, std::string_view why, bool secret);
  void suppress(const Node& n, unsigned from, unsigned to, const Verdict& verdict, bool secret);
  [[nodiscard]] DriftClass class_of(const Node& n, unsigned from, unsigned to, bool secret) const;
  Change make(const Node& n, unsigned from, unsigned to, std::string_view why, bool secret) const;

  Selector& selector_;
  Work& work_;
  Judge judge_;
  Section section_;
  unsigned ancestor_;
  Path& path_;
  // False: no side holds a secret anywhere (one that is unavailable), so none needs to be looked for.
  bool marks_ = true;
  bool unavailable_ = true;
  bool planned_ = false;  // the desired side takes part
};

}  // namespace drift::diff_internal
