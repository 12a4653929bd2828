// Resources that were moved, in the join of snapshots: a side that knows nothing of the moves (a state from before a plan, a baseline) is
// seen as if it had made them.
//
// Thread rule: any. Ownership: borrows the snapshots' addresses.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "drift/diff/compare.hpp"

namespace drift::diff_internal {

class MovedAddresses {
 public:
  // Of all moves that any of the snapshots names.
  explicit MovedAddresses(const SnapshotSet& set);

  // The address under which entry `i` joins: the new one, unless this side has that itself.
  [[nodiscard]] std::string_view address(const Snapshot& side, std::size_t i) const {
    const std::string_view own = side.entry(i).address;
    return concerns(side) ? target(side, own) : own;
  }
  // The entry of `side` whose address() that is.
  [[nodiscard]] std::optional<std::size_t> find(const Snapshot& side, std::string_view address) const;

 private:
  [[nodiscard]] std::string_view target(const Snapshot& side, std::string_view own) const;
  // A snapshot that names moves itself has made them: there the previous address can only be another resource's.
  [[nodiscard]] bool concerns(const Snapshot& side) const { return !to_.empty() && side.moves().empty(); }

  std::unordered_map<std::string_view, std::string_view> to_;    // by previous address
  std::unordered_map<std::string_view, std::string_view> from_;  // by new address
};

}  // namespace drift::diff_internal
