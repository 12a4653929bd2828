// The elements of a set: one order, no duplicates.
//
// go-cty orders strings by bytes, numbers by size, false before true, null behind all others; it leaves the order of other elements open.
// Here Value::compare() orders those. Elements that hold an unknown are never duplicates of each other.
//
// Thread rule: any.
#pragma once

#include "drift/model/value.hpp"

namespace drift::terraform_internal {

[[nodiscard]] bool is_set_ordered(const Value::List& elements);
void order_set(Value::List& elements);

}  // namespace drift::terraform_internal
