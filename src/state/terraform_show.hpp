// `terraform show -json`: the value representation of a state ("values"), which stands alone or inside plan JSON.
//
// Thread rule: a ShownValues belongs to one thread; its loader is shared.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "state/reader_internal.hpp"

namespace drift::state_internal {

// What stands elsewhere in the document about one planned resource: masks of the shape of its values, `true` where a value is not known
// yet or is sensitive. Null: nothing.
struct PlannedMasks {
  Value unknown;
  Value sensitive;
  [[nodiscard]] Fingerprint fingerprint() const;
};
using PlannedMasksByAddress = std::map<std::string, PlannedMasks, std::less<>>;

// True when a mask says something anywhere.
[[nodiscard]] bool mask_says_something(const JsonView& mask);
// Unknown values are put where `mask` has true, also where nothing stands yet. A list that has no place for an unknown element is unknown.
void apply_unknown_mask(const Value& mask, Value& v);
// Values are marked plain where `mask` has true.
void apply_sensitive_mask(const Value& mask, Value& v);

// E_UNSUPPORTED_VERSION unless `format_version` (the scanner stands before it) has a major version of 0 or 1.
Status read_format_version(Reading& in);

// Streams one "values" object ({"outputs", "root_module"}) into a builder.
class ShownValues {
 public:
  // `masks` may be null.
  ShownValues(Reading& in, Side side, std::shared_ptr<const PlannedMasksByAddress> masks);

  // Consumes the next value; null is an empty state.
  Status read();
  [[nodiscard]] SnapshotBuilder& builder() noexcept { return builder_; }
  [[nodiscard]] Snapshot build(std::string_view format, const JsonLimits& limits) &&;

 private:
  Status read_module();
  Status read_modules();
  Status read_resources();
  Status add_resource(const Span& span);
  Result<Fingerprint> canonical_of(const JsonView& resource, const PlannedMasks* masks);
  [[nodiscard]] const PlannedMasks* masks_of(std::string_view address) const;
  [[nodiscard]] bool may_take(const Fingerprint& raw) const;

  Reading& in_;
  std::shared_ptr<const PlannedMasksByAddress> masks_;
  SnapshotBuilder builder_;
  std::uint64_t data_ = 0;
  std::string scratch_;
};

}  // namespace drift::state_internal
