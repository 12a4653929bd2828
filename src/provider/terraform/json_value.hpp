// Values from Terraform's JSON (state files, DynamicValue.json) in the one form that values of a type have here.
//
// The form: what go-cty has after writing the value as JSON and reading it back, which is what OpenTofu compares (numbers: cty_number.hpp;
// sets: ordered, without duplicates; strings and map keys: NFC; objects: every attribute, null where there was none). decode_msgpack()
// gives the same form, so that a state's value and a provider's can be compared with ==.
//
// Example:
//   Result<Value> recorded = conform(attributes, type);
//   Result<Value> actual = decode_msgpack(reply.new_state.msgpack, type);
//
// Secret marks stay where they are; a ciphertext or digest is passed through as it is, and so is an unknown.
// Thread rule: any. Ownership: what does not change is shared with the argument where that is possible.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "drift/base/result.hpp"
#include "drift/model/value.hpp"
#include "provider/terraform/cty_type.hpp"
#include "provider/terraform/frame.hpp"

namespace drift::terraform_internal {

// What to do with a member that an object type does not have: go-cty refuses it; OpenTofu first strips them from a state of the current
// version.
enum class Extras : std::uint8_t { refuse, strip };

// A JSON value as a value of type `t`, as go-cty's cty/json reads it: "1" for a number, 1 or true for a string and "true" for a bool are
// taken. E_BAD_STRUCTURE with the path (Error::subject) when it does not fit; E_DEPTH_LIMIT above 128 levels.
Result<Value> conform(const Value& json, const CtyType& t, Extras extras = Extras::refuse);

// `v`, a value of type `t`, in the form above. What is not of the type stays as it is.
[[nodiscard]] Value json_round_trip(const Value& v, const CtyType& t);

// A state's JSON without the members that object types do not have, at every depth; none when there are no such members. Nothing else
// changes. OpenTofu does this to a state of the current schema version before the provider sees it (stripRemovedStateAttributes).
[[nodiscard]] std::optional<Value> strip_removed(const Value& json, const CtyType& t);

// A dynamic value {"type":T,"value":V} taken apart: its type, and the value without inner wrappers (go-cty knows the real type of every
// value, so a dynamic type inside T becomes what the value has there).
struct Dynamic {
  CtyType type;
  Value value;
};
Result<Dynamic> read_dynamic(const Value& wrapped, const Frame& at);
// `v`, a value of type `t`, with each dynamic value as it is instead of {"type":T,"value":V}: as plans and people have it.
[[nodiscard]] Value unwrap_dynamic(const Value& v, const CtyType& t);
// The other way. A `type` that is dynamic is that of a null or unknown value, which has no wrapper.
[[nodiscard]] Value wrap_dynamic(const CtyType& type, Value value);

}  // namespace drift::terraform_internal
