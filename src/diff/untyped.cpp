#include "diff/untyped.hpp"

#include <string>
#include <utility>

namespace drift::diff_internal {
namespace {

Value text_as(const Value& text, const Value& typed) {
  Value out = text;
  if (typed.is_bool() && (text.as_string() == "true" || text.as_string() == "false")) {
    out = Value(text.as_string() == "true");
  } else if (typed.is_number()) {
    if (Result<Number> n = Number::parse(text.as_string())) out = Value(*std::move(n));
  }
  return out.mark(text.secret());
}

Value object_as(const Value& untyped, const Object& typed) {
  Value out = untyped;
  for (const auto& [key, value] : typed) {
    const Value* own = untyped.find(key);
    if (own != nullptr)
      out.edit_object().set(key, as_typed(*own, value));
    else if (value.is_null())
      out.edit_object().set(key, Value());
  }
  return out;
}

// Elements have one type, and those of a set other places: any will do where there is none at the same place.
Value list_as(const Value& untyped, const Value::List& typed) {
  Value out = untyped;
  Value::List& list = out.edit_list();
  for (std::size_t i = 0; i < list.size() && !typed.empty(); ++i) list[i] = as_typed(list[i], i < typed.size() ? typed[i] : typed.back());
  return out;
}

}  // namespace

Value as_typed(const Value& untyped, const Value& typed) {
  if (untyped.is_string()) return text_as(untyped, typed);
  if (untyped.is_object() && typed.is_object()) return object_as(untyped, typed.as_object());
  if (untyped.is_list() && typed.is_list()) return list_as(untyped, typed.as_list());
  return untyped;
}

TypedSides::TypedSides(const ResourceSides& given) : sides_(given) {
  const Resource* typed = nullptr;
  for (const Resource* r : {given.actual, given.desired, given.recorded, given.baseline})
    if (typed == nullptr && r != nullptr && !r->untyped && !r->absent) typed = r;
  if (typed == nullptr) return;
  std::size_t n = 0;
  for (const Resource** side : {&sides_.desired, &sides_.recorded, &sides_.actual, &sides_.baseline}) {
    if (*side == nullptr || !(*side)->untyped) continue;
    std::optional<Resource>& copy = copies_[n++];
    copy = **side;
    copy->attributes = as_typed(copy->attributes, typed->attributes);
    *side = &*copy;
  }
}

}  // namespace drift::diff_internal
