// Which reads go together: lanes, and the batches in them.
#include <algorithm>
#include <map>
#include <utility>

#include "provider/call_provider.hpp"
#include "provider/read_run.hpp"

namespace drift::provider_internal {
namespace {

constexpr std::size_t most_ahead = 16;

}  // namespace

void ReadRun::plan_lanes() {
  std::map<std::pair<Provider*, std::string>, std::size_t> by_name;
  std::map<Provider*, Result<ProviderCapabilities>> capabilities;
  for (std::size_t i = 0; i < reads_.size(); ++i) {
    Provider* provider = reads_[i].provider;
    if (provider == nullptr) {
      refuse(i, Error(Errc::read_unsupported, "no provider reads resources of this type")
                    .next("add a provider for the type, or exclude the resource"));
      continue;
    }
    Result<std::string> name = call_lane(*provider, *reads_[i].resource);
    auto caps = capabilities.find(provider);
    if (caps == capabilities.end()) caps = capabilities.emplace(provider, call_capabilities(*provider)).first;
    if (!name || !caps->second) {
      refuse(i, name ? caps->second.error() : name.error());
      continue;
    }
    const auto known = by_name.find({provider, *name});
    if (known != by_name.end()) {
      lanes_[known->second].members.push_back({i});
      continue;
    }
    const Result<std::size_t> own = call_lane_limit(*provider, *reads_[i].resource);
    if (!own) {
      refuse(i, own.error());
      continue;
    }
    std::size_t limit = std::max<std::size_t>(*own, 1);
    if (options_.per_lane > 0) limit = std::min(limit, options_.per_lane);
    by_name.emplace(std::make_pair(provider, *name), lanes_.size());
    const bool turns = caps->second->takes_turns && limit >= *own;  // of the provider's own limit, which it keeps by itself
    const std::size_t ahead = turns ? std::min({limit, parallel_, most_ahead}) : 0;
    lanes_.push_back({provider, *name, std::max<std::size_t>(caps->second->max_batch, 1), limit, ahead});
    lanes_.back().members.push_back({i});
  }
}

// Batches as large as the provider takes, but small enough that every worker that may read the lane has one.
std::size_t ReadRun::plan_batches() {
  for (Lane& lane : lanes_) {
    const std::size_t workers = std::min(lane.limit, parallel_);
    const std::size_t n = lane.members.size();
    const std::size_t size = std::clamp<std::size_t>((n + workers - 1) / workers, 1, lane.max_batch);
    for (std::size_t begin = 0; begin < n; begin += size) {
      const auto first = lane.members.begin() + static_cast<std::ptrdiff_t>(begin);
      lane.queue.push_back({{first, first + static_cast<std::ptrdiff_t>(std::min(size, n - begin))}});
    }
    queued_ += lane.queue.size();
    lane.members = {};
  }
  return queued_;
}

// Without a provider, or one that failed before it was asked to read.
void ReadRun::refuse(std::size_t index, Error why) {
  finished_.push_back({index, {ReadOutcome::failed(std::move(why).at(reads_[index].resource->address)), {}, 0}});
}

}  // namespace drift::provider_internal
