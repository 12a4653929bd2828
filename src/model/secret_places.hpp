// Secret marks, shared between values of one shape: what is a secret in one of them is one in all.
//
// Thread rule: any.
#pragma once

#include <span>
#include <vector>

#include "drift/model/path.hpp"
#include "drift/model/value.hpp"

namespace drift::model_internal {

// Marks plain (nulls excepted, which lose that mark) what any of `roots` has marked at the same place. Elements of a list are one place:
// they may have moved. Where a value has another shape than the one with the mark, it is marked as a whole.
void share_secret_places(std::span<Value* const> roots);

// Where `marked`, which is `v` with more marks, is secret and `v` is not, in order; nothing below such a place. What is null or unknown is
// no secret.
[[nodiscard]] std::vector<Path> newly_secret(const Value& v, const Value& marked);

}  // namespace drift::model_internal
