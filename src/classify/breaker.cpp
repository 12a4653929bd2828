#include "classify/breaker.hpp"

namespace drift::classify_internal {

bool breaks(const LaneTally& lane, const BreakerOptions& options) {
  if (lane.absent == 0) return false;
  if (lane.absent == lane.answered && lane.absent >= options.min_all) return true;
  if (lane.absent < options.min_absent) return false;
  return static_cast<double>(lane.absent) >= options.share * static_cast<double>(lane.answered);
}

Error mass_deletion_error(const std::string& lane, const LaneTally& tally) {
  return Error(Errc::mass_deletion, std::to_string(tally.absent) + " of " + std::to_string(tally.answered) + " resources of lane \"" +
                                        lane + "\" were not found at once; that was taken for a fault of access, not for deletions")
      .next(
          "check that the credentials, the account, the region, the mount and the current folder are the right ones; if all of it was "
          "really "
          "deleted, raise `breaker` in drift.yaml");
}

}  // namespace drift::classify_internal
