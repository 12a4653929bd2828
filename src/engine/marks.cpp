#include "engine/marks.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace drift::engine_internal {
namespace {

// Where secrets are in values of one shape.
struct Places {
  bool here = false;
  std::map<std::string, Places, std::less<>> members;
  std::unique_ptr<Places> elements;
};

bool collect(const Value& v, Places& out) {
  if (v.is_secret()) return out.here = true;
  bool found = false;
  if (v.is_object()) {
    for (const auto& [key, member] : v.as_object()) {
      if (!member.holds_secret()) continue;
      found |= collect(member, out.members[key]);
    }
  } else if (v.is_list()) {
    for (const Value& element : v.as_list()) {
      if (!element.holds_secret()) continue;
      if (out.elements == nullptr) out.elements = std::make_unique<Places>();
      found |= collect(element, *out.elements);
    }
  }
  return found;
}

// `v` with the marks that it lacks; nothing when it lacks none.
std::optional<Value> marked(const Value& v, const Places& places) {
  if (v.is_null() || v.is_unknown() || v.is_secret()) return std::nullopt;
  std::optional<Value> out;
  const bool fits = !places.here && ((v.is_object() && places.elements == nullptr) || (v.is_list() && places.members.empty()));
  if (!fits) {  // the secret is the value itself, or somewhere in what now has another shape
    out = v;
    out->mark(Secret::plain);
    return out;
  }
  if (v.is_list()) {
    if (places.elements == nullptr) return out;
    for (std::size_t i = 0; i < v.as_list().size(); ++i) {
      std::optional<Value> element = marked(v.as_list()[i], *places.elements);
      if (!element) continue;
      if (!out) out = v;
      out->edit_list()[i] = *std::move(element);
    }
    return out;
  }
  for (const auto& [key, below] : places.members) {
    const Value* member = v.find(key);
    std::optional<Value> with = member != nullptr ? marked(*member, below) : std::nullopt;
    if (!with) continue;
    if (!out) out = v;
    out->edit_object().set(key, *std::move(with));
  }
  return out;
}

template <class Section>
void share(std::span<Resource* const> sides, Section&& section) {
  Places places;
  bool found = false;
  for (Resource* r : sides) {
    if (r == nullptr) continue;
    if (const Value* v = section(*r)) found |= collect(*v, places);
  }
  if (!found) return;
  for (Resource* r : sides) {
    if (r == nullptr) continue;
    Value* v = section(*r);
    if (v == nullptr) continue;
    if (std::optional<Value> with = marked(*v, places)) *v = *std::move(with);
  }
}

// That a member is not set is no secret; a mark on it would only hide that.
Value without_marked_nulls(Value root, const Value& before) {
  if (!root.is_object() || !before.is_object()) return root;
  for (const auto& [key, value] : before.as_object()) {
    const Value* now = root.find(key);
    if (value.is_null() && !value.is_secret() && now != nullptr && now->is_secret()) root.edit_object().set(key, Value());
  }
  return root;
}

}  // namespace

void share_marks(std::span<Resource* const> sides, const Schema* schema) {
  if (schema != nullptr)
    for (Resource* r : sides)
      if (r != nullptr) r->attributes = without_marked_nulls(schema->mark_sensitive(r->attributes), r->attributes);
  share(sides, [](Resource& r) { return &r.attributes; });
  share(sides, [](Resource& r) { return r.inputs ? &*r.inputs : nullptr; });
}

}  // namespace drift::engine_internal
