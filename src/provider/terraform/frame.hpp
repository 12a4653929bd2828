// Where a walk over a value is: a chain of steps on the stack, turned into text only when there is an error to tell.
//
// Thread rule: belongs to one walk. Ownership: borrows the frames above it and the keys.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace drift::terraform_internal {

struct Frame {
  const Frame* up = nullptr;
  std::string_view key{};
  std::uint64_t index = 0;
  bool is_index = false;

  [[nodiscard]] Frame child(std::string_view k) const { return {this, k, 0, false}; }
  [[nodiscard]] Frame child(std::uint64_t i) const { return {this, {}, i, true}; }
  // The canonical text of the Path (drift/model/path.hpp); "" for the frame without `up`.
  [[nodiscard]] std::string text() const;
};

}  // namespace drift::terraform_internal
