// match_snapshots: the join of up to four snapshots by address. What cannot differ is counted and left out here, so that nothing of it is
// ever loaded.
#include <algorithm>
#include <array>

#include "diff/moved.hpp"
#include "drift/diff/compare.hpp"

namespace drift {
namespace {

using diff_internal::MovedAddresses;

struct Slot {
  const Snapshot* snapshot;
  std::optional<std::size_t> Match::*index;
  std::size_t expected = 0;       // documents of one stack mostly keep their order: the next match is tried first
  std::vector<bool> joined = {};  // entries that an earlier snapshot's turn came upon
};

std::optional<std::size_t> find(Slot& slot, std::string_view address, const MovedAddresses& moved) {
  if (slot.expected < slot.snapshot->size() && moved.address(*slot.snapshot, slot.expected) == address) return slot.expected++;
  const std::optional<std::size_t> found = moved.find(*slot.snapshot, address);
  if (found) slot.expected = *found + 1;
  return found;
}

// What is being replaced or deleted on one side and stands on another is not the same, whatever its properties.
bool equal_entries(const Snapshot::Entry& a, const Snapshot::Entry& b) {
  return same_resource(a.canonical, b.canonical) && a.pending_delete == b.pending_delete && a.pending_replacement == b.pending_replacement;
}

}  // namespace

std::vector<Match> match_snapshots(const SnapshotSet& set, std::size_t& same) {
  same = 0;
  std::vector<Slot> slots;
  for (const auto& slot : {Slot{set.recorded, &Match::recorded}, Slot{set.actual, &Match::actual}, Slot{set.desired, &Match::desired},
                           Slot{set.baseline, &Match::baseline}})
    if (slot.snapshot != nullptr) slots.push_back(slot);
  for (Slot& slot : slots) slot.joined.assign(slot.snapshot->size(), false);
  // Without an actual side equality says nothing: the resource has still to be read.
  const bool skip_same = set.actual != nullptr && slots.size() > 1;
  const MovedAddresses moved(set);
  std::vector<Match> out;
  for (std::size_t s = 0; s < slots.size(); ++s) {
    for (Slot& slot : slots) slot.expected = 0;
    const Snapshot& own = *slots[s].snapshot;
    for (std::size_t i = 0; i < own.size(); ++i) {
      if (slots[s].joined[i]) continue;
      const Snapshot::Entry entry = own.entry(i);
      Match m;
      m.address = moved.address(own, i);
      m.*slots[s].index = i;
      bool equal = skip_same && s == 0;  // what the first lacks cannot be the same on all
      for (std::size_t o = s + 1; o < slots.size(); ++o) {
        const std::optional<std::size_t> at = find(slots[o], m.address, moved);
        m.*slots[o].index = at;
        if (at) slots[o].joined[*at] = true;
        equal = equal && at.has_value() && equal_entries(slots[o].snapshot->entry(*at), entry);
      }
      if (equal) {
        ++same;
      } else {
        out.push_back(m);
      }
    }
  }
  std::sort(out.begin(), out.end(), [](const Match& a, const Match& b) { return a.address < b.address; });
  return out;
}

}  // namespace drift
