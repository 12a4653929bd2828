// Secret marks, shared between values of one shape: what is a secret in one of them is one in all.
//
// Thread rule: any.
#pragma once

#include <span>

#include "drift/model/value.hpp"

namespace drift::model_internal {

// Marks plain (nulls excepted, which lose that mark) what any of `roots` has marked at the same place. Elements of a list are one place:
// they may have moved. Where a value has another shape than the one with the mark, it is marked as a whole.
void share_secret_places(std::span<Value* const> roots);

}  // namespace drift::model_internal
