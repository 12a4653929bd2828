// Checks of the types of members, shared by the readers: E_BAD_STRUCTURE at the member.
//
// Thread rule: one thread.
#pragma once

#include <span>
#include <string_view>

#include "state/span_parser.hpp"

namespace drift::state_internal {

struct MemberType {
  std::string_view name;
  JsonType type;
};

// Null is absent, as Go's readers have it; members that are not listed may be anything.
Status check_member_type(std::string_view name, const JsonView& value, std::span<const MemberType> members, const SpanParser& parser);
Status check_member_types(const JsonView& object, std::span<const MemberType> members, const SpanParser& parser);
// `list` is absent, null or a list of strings.
Status check_texts(std::string_view name, const JsonView& list, const SpanParser& parser);

}  // namespace drift::state_internal
