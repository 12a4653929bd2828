#include "state/shapes.hpp"

#include <string>

namespace drift::state_internal {
namespace {

Error wrong_type(std::string_view name, const JsonView& value, JsonType wanted, const SpanParser& parser) {
  return parser.error_at(value, Errc::bad_structure,
                         "a resource's member " + std::string(name) + " was " + std::string(json_type_name(value.type())) + " where " +
                             std::string(json_type_name(wanted)) + " was expected");
}

}  // namespace

Status check_member_type(std::string_view name, const JsonView& value, std::span<const MemberType> members, const SpanParser& parser) {
  if (value.is_null()) return {};
  for (const MemberType& m : members)
    if (m.name == name && m.type != value.type()) return wrong_type(name, value, m.type, parser);
  return {};
}

Status check_member_types(const JsonView& object, std::span<const MemberType> members, const SpanParser& parser) {
  for (JsonView::Cursor c = object.begin(); c; c.next()) DRIFT_TRY(check_member_type(c.key(), c.value(), members, parser));
  return {};
}

Status check_texts(std::string_view name, const JsonView& list, const SpanParser& parser) {
  if (!list || list.is_null()) return {};
  if (!list.is_array()) return wrong_type(name, list, JsonType::array, parser);
  for (JsonView::Cursor c = list.begin(); c; c.next()) {
    if (c.value().is_string()) continue;
    return parser.error_at(c.value(), Errc::bad_structure,
                           "a resource's member " + std::string(name) + " held something else than strings");
  }
  return {};
}

}  // namespace drift::state_internal
