#include "diff/moved.hpp"

namespace drift::diff_internal {

MovedAddresses::MovedAddresses(const SnapshotSet& set) {
  for (const Snapshot* side : {set.desired, set.recorded, set.actual, set.baseline}) {
    if (side == nullptr) continue;
    for (const Move& m : side->moves())
      if (to_.try_emplace(m.previous, m.address).second) from_.try_emplace(m.address, m.previous);
  }
}

std::string_view MovedAddresses::target(const Snapshot& side, std::string_view own) const {
  const auto to = to_.find(own);
  return to == to_.end() || side.find(to->second) ? own : to->second;
}

std::optional<std::size_t> MovedAddresses::find(const Snapshot& side, std::string_view address) const {
  std::optional<std::size_t> at = side.find(address);
  if (!concerns(side)) return at;
  if (!at)
    if (const auto from = from_.find(address); from != from_.end()) at = side.find(from->second);
  return at && this->address(side, *at) == address ? at : std::nullopt;
}

}  // namespace drift::diff_internal
