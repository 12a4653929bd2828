// "Did you mean ...?", for names that a person typed: keys, commands, options.
//
// Thread rule: any.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace drift {

// Edits (insert, remove, replace a byte, swap two neighbours) that make `a` to `b`.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);
// The name with the fewest edits, the first of equals; empty when `names` is.
[[nodiscard]] std::string_view nearest(std::string_view wanted, const std::vector<std::string_view>& names);

}  // namespace drift
