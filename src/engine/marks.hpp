// Secret marks, shared between the sides of one resource: what is a secret on one side is one on all of them. A provider that returns bare
// values, or a state that lost its list of sensitive attributes, must not make a secret readable.
//
// Thread rule: any.
#pragma once

#include <span>
#include <vector>

#include "drift/model/resource.hpp"
#include "drift/model/schema.hpp"

namespace drift::engine_internal {

// Marks plain (nulls excepted) what the schema says is sensitive and what any of the sides has marked at the same place, in its attributes
// or in its inputs: a provider that knows no secrets gives a secret input back bare. Elements of a list are one place: they may have moved.
// Then what gives a secret away by the schema (a hash of it) is marked too, and where an id is made of a secret no side keeps its id. Null
// pointers are skipped.
void share_marks(std::span<Resource* const> sides, const Schema* schema);

// Paths in the recorded attributes that the schema, or the provider's answer (`actual`), calls sensitive and what was recorded does not.
// Asked before share_marks(). What another side (`others`) marks is that side's to say, and what only gives a secret away (a hash of
// it) is secret by libdrift's own care: no engine marks it.
[[nodiscard]] std::vector<Path> unmarked_places(const Resource& recorded, const Resource& actual, std::span<const Resource* const> others,
                                                const Schema* schema);

}  // namespace drift::engine_internal
