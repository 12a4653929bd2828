#include "render/masking.hpp"

#include <map>
#include <memory>
#include <string>

namespace drift::render_internal {
namespace {

// Where secrets are. `elements` stands for every element of a list.
struct Mask {
  bool all = false;
  std::map<std::string, Mask, std::less<>> members;
  std::unique_ptr<Mask> elements;

  [[nodiscard]] bool empty() const { return !all && members.empty() && !elements; }
};

void collect(const Value& v, Mask& mask) {
  if (v.is_secret()) {
    mask.all = true;
  } else if (v.is_object()) {
    for (const auto& [key, member] : v.as_object())
      if (member.holds_secret()) collect(member, mask.members[key]);
  } else if (v.is_list()) {
    for (const Value& e : v.as_list()) {
      if (!e.holds_secret()) continue;
      if (!mask.elements) mask.elements = std::make_unique<Mask>();
      collect(e, *mask.elements);
    }
  }
}

Value placeholder() {
  Value v{sensitive_text};
  v.mark(Secret::plain);
  return v;
}

Value apply(Value v, const Mask& mask) {
  if (mask.all) return placeholder();
  if (mask.empty() || v.is_null() || v.is_unknown()) return v;
  // Of another shape than where the secrets were seen: they could be anywhere in it.
  if (v.is_object() ? mask.members.empty() : !(v.is_list() && mask.elements)) return placeholder();
  if (v.is_object()) {
    Object& object = v.edit_object();
    for (const auto& [key, inner] : mask.members)
      if (Value* member = object.find(key)) *member = apply(*member, inner);
  } else {
    for (Value& e : v.edit_list()) e = apply(e, *mask.elements);
  }
  return v;
}

}  // namespace

bool needs_mask(const Change& c) {
  if (c.sensitive) return true;
  for (const std::optional<Value>* side : {&c.baseline, &c.desired, &c.recorded, &c.actual})
    if (*side && (*side)->holds_secret()) return true;
  return false;
}

Change masked(const Change& c) {
  Change out = c;
  Mask mask;
  mask.all = c.sensitive;
  std::optional<Value>* const sides[] = {&out.baseline, &out.desired, &out.recorded, &out.actual};
  for (const std::optional<Value>* side : sides)
    if (*side) collect(**side, mask);
  if (mask.empty()) return out;
  out.sensitive = true;
  for (std::optional<Value>* side : sides)
    if (*side) *side = apply(std::move(**side), mask);
  return out;
}

}  // namespace drift::render_internal
