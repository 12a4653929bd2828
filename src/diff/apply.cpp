// apply_changes: the inverse of diff_values. Indexes of a path count in the old value, but the last one of an addition counts in the new.
#include <algorithm>
#include <cstddef>
#include <utility>

#include "drift/diff/compare.hpp"

namespace drift {
namespace {

using ChangePtr = const Change*;

const Path::Segment& segment(const Change& c, std::size_t depth) { return c.path.segments()[depth]; }
std::string key_of(const Path::Segment& s) {
  const auto* key = std::get_if<std::string>(&s);
  return key != nullptr ? *key : std::to_string(std::get<std::uint64_t>(s));
}
std::size_t index_of(const Path::Segment& s) {
  const auto* index = std::get_if<std::uint64_t>(&s);
  return index != nullptr ? static_cast<std::size_t>(*index) : static_cast<std::size_t>(-1);
}

// Applies changes whose paths agree in the first `depth` segments to the value that these lead to.
void apply_below(Value& at, const std::vector<ChangePtr>& changes, std::size_t depth);

Value* child(Value& at, const Path::Segment& s) {
  if (at.is_object()) return at.edit_object().find(key_of(s));
  if (at.is_list() && index_of(s) < at.as_list().size()) return &at.edit_list()[index_of(s)];
  return nullptr;
}

void insert(Value& at, const Change& c, const Path::Segment& s) {
  if (!c.actual) return;
  if (at.is_object()) {
    at.edit_object().set(key_of(s), *c.actual);
  } else if (at.is_list()) {
    Value::List& list = at.edit_list();
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(std::min(index_of(s), list.size())), *c.actual);
  }
}

void erase(Value& at, const Path::Segment& s) {
  if (at.is_object()) {
    at.edit_object().erase(key_of(s));
  } else if (at.is_list() && index_of(s) < at.as_list().size()) {
    Value::List& list = at.edit_list();
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(index_of(s)));
  }
}

// In this order no index is touched before it was used: what changes in place, what goes (from the end), what comes (from the start).
void apply_here(Value& at, const std::vector<ChangePtr>& here, std::size_t depth) {
  std::vector<ChangePtr> gone;
  std::vector<ChangePtr> come;
  for (ChangePtr c : here) {
    if (c->kind == ChangeKind::removed) {
      gone.push_back(c);
    } else if (c->kind == ChangeKind::added) {
      come.push_back(c);
    } else if (Value* v = child(at, segment(*c, depth)); v != nullptr && c->actual) {
      *v = *c->actual;
    }
  }
  const auto by_index = [depth](ChangePtr a, ChangePtr b) { return index_of(segment(*a, depth)) < index_of(segment(*b, depth)); };
  std::stable_sort(gone.begin(), gone.end(), [&](ChangePtr a, ChangePtr b) { return by_index(b, a); });
  std::stable_sort(come.begin(), come.end(), by_index);
  for (ChangePtr c : gone) erase(at, segment(*c, depth));
  for (ChangePtr c : come) insert(at, *c, segment(*c, depth));
}

void apply_below(Value& at, const std::vector<ChangePtr>& changes, std::size_t depth) {
  std::vector<ChangePtr> here;
  std::vector<ChangePtr> deeper;
  for (ChangePtr c : changes) (c->path.size() == depth + 1 ? here : deeper).push_back(c);
  // Sorted by path, so what goes to one child stands together.
  for (std::size_t i = 0; i < deeper.size();) {
    std::vector<ChangePtr> group;
    const Path::Segment& s = segment(*deeper[i], depth);
    for (; i < deeper.size() && segment(*deeper[i], depth) == s; ++i) group.push_back(deeper[i]);
    if (Value* v = child(at, s)) apply_below(*v, group, depth + 1);
  }
  apply_here(at, here, depth);
}

}  // namespace

std::optional<Value> apply_changes(const std::optional<Value>& root, const std::vector<Change>& changes) {
  std::vector<ChangePtr> sorted;
  for (const Change& c : changes) {
    if (c.path.empty()) return c.actual;
    sorted.push_back(&c);
  }
  std::optional<Value> out = root;
  if (!out || sorted.empty()) return out;
  std::stable_sort(sorted.begin(), sorted.end(), [](ChangePtr a, ChangePtr b) { return a->path < b->path; });
  apply_below(*out, sorted, 0);
  return out;
}

}  // namespace drift
