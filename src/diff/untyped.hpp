// Resources whose values are texts, because their document knew no types (Resource::untyped), beside ones that have types.
//
// Pure. Thread rule: any. Ownership: TypedSides keeps the copies it made; the rest is borrowed.
#pragma once

#include <array>
#include <optional>

#include "drift/diff/compare.hpp"

namespace drift::diff_internal {

// `untyped` read as what `typed` is, place by place: a text as a bool or a number where it is one, null where nothing stands. What does not
// fit stays as it is, and differs.
[[nodiscard]] Value as_typed(const Value& untyped, const Value& typed);

// The sides with those that are untyped read as the first of the others (actual, desired, recorded, baseline).
class TypedSides {
 public:
  explicit TypedSides(const ResourceSides& given);
  TypedSides(const TypedSides&) = delete;
  TypedSides& operator=(const TypedSides&) = delete;
  ~TypedSides() = default;
  [[nodiscard]] const ResourceSides& sides() const noexcept { return sides_; }

 private:
  ResourceSides sides_;
  std::array<std::optional<Resource>, 4> copies_;
};

}  // namespace drift::diff_internal
