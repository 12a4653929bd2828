// A snapshot with its texts as C programs want them, and one in the making.
//
// Thread rule: SnapshotBody any; BuilderBody one thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "drift/model/snapshot.hpp"
#include "text_block.hpp"

namespace drift::capi {

class SnapshotBody {
 public:
  explicit SnapshotBody(Snapshot s) : snapshot_(std::move(s)) {}
  [[nodiscard]] const Snapshot& snapshot() const noexcept { return snapshot_; }
  [[nodiscard]] const std::string& hash() const;
  [[nodiscard]] const std::vector<drift_resource_view>& rows() const;

 private:
  const Snapshot snapshot_;
  // Made when somebody asks.
  mutable std::once_flag hash_once_, rows_once_;
  mutable std::string hash_;
  mutable TextBlock texts_;
  mutable std::vector<drift_resource_view> rows_;
};

class BuilderBody {
 public:
  Status add(Resource r) { return builder_.add(std::move(r)); }
  // What was added so far; empty afterwards.
  [[nodiscard]] Snapshot build();

 private:
  SnapshotBuilder builder_{Side::actual};
};

}  // namespace drift::capi
