#include "model/secret_places.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace drift::model_internal {
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

// That a value is not there is no secret; a mark on null would only hide it, and ask for a key to seal it with.
void unmark_nulls(Value& v) {
  if (v.is_null()) {
    if (v.secret() == Secret::plain) v.mark(Secret::none);
    return;
  }
  if (v.secret() != Secret::none || !v.holds_secret()) return;
  if (v.is_list()) {
    for (Value& element : v.edit_list()) unmark_nulls(element);
    return;
  }
  const Value before = v;  // keeps the members in place
  for (const auto& [key, member] : before.as_object()) {
    if (!member.holds_secret()) continue;
    Value with = member;
    unmark_nulls(with);
    v.edit_object().set(key, std::move(with));
  }
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

void find_new(const Value& v, const Value& marked, Path& path, std::vector<Path>& out) {
  if (v.is_secret() || v.is_null() || v.is_unknown()) return;
  if (marked.is_secret()) {
    out.push_back(path);
    return;
  }
  if (v.is_list() && marked.is_list()) {
    const Value::List& a = v.as_list();
    const Value::List& b = marked.as_list();
    for (std::size_t i = 0; &a != &b && i < a.size() && i < b.size(); ++i) {  // one list for both: no mark was added
      path.push(std::uint64_t{i});
      find_new(a[i], b[i], path, out);
      path.pop();
    }
  } else if (v.is_object() && marked.is_object() && &v.as_object() != &marked.as_object()) {
    for (const auto& [key, member] : v.as_object()) {
      const Value* with = marked.find(key);
      if (with == nullptr) continue;
      path.push(key);
      find_new(member, *with, path, out);
      path.pop();
    }
  }
}

}  // namespace

std::vector<Path> newly_secret(const Value& v, const Value& marked) {
  std::vector<Path> out;
  Path path;
  find_new(v, marked, path, out);
  return out;
}

void share_secret_places(std::span<Value* const> roots) {
  Places places;
  bool found = false;
  for (const Value* v : roots) found |= collect(*v, places);
  if (!found) return;
  for (Value* v : roots) {
    if (std::optional<Value> with = marked(*v, places)) *v = *std::move(with);
    unmark_nulls(*v);
  }
}

}  // namespace drift::model_internal
