#include "state/flatmap.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace drift::state_internal {
namespace {

// What Terraform's old SDK writes for a value that is not known yet.
constexpr std::string_view kUnknown = "74D93920-ED26-11E3-AC10-0800200C9A66";
// Deeper keys are kept whole: no provider nests like that, and the recursion stays bounded.
constexpr int kMaxDepth = 100;

// A key below the container that is being built, and its value.
struct Item {
  std::string_view key;
  const Value* value;
};
using Items = std::vector<Item>;

Value leaf(const Value& v) {
  if (v.is_string() && v.as_string() == kUnknown) return Value::unknown();
  return v;
}

Value build_object(const Items& items, int depth);

const Value* count_of(const Items& items, std::string_view key) {
  for (const Item& i : items)
    if (i.key == key) return i.value;
  return nullptr;
}

bool all_digits(std::string_view s) { return !s.empty() && s.find_first_not_of("0123456789") == std::string_view::npos; }

// Numbers first and by value (without converting: they can be longer than any integer), then the rest by bytes.
bool element_before(std::string_view a, std::string_view b) {
  const bool na = all_digits(a);
  const bool nb = all_digits(b);
  if (na != nb) return na;
  if (!na) return a < b;
  const auto strip = [](std::string_view s) { return s.substr(std::min(s.find_first_not_of('0'), s.size() - 1)); };
  const std::string_view sa = strip(a);
  const std::string_view sb = strip(b);
  if (sa.size() != sb.size()) return sa.size() < sb.size();
  return sa != sb ? sa < sb : a < b;
}

// The groups of items that share the first component, with what is behind the dot; an item without a dot stands alone under "".
struct Group {
  const Value* alone = nullptr;
  Items below;
};

std::map<std::string_view, Group> group_by_first(const Items& items) {
  std::map<std::string_view, Group> groups;
  for (const Item& i : items) {
    const std::size_t dot = i.key.find('.');
    if (dot == std::string_view::npos)
      groups[i.key].alone = i.value;
    else
      groups[i.key.substr(0, dot)].below.push_back({i.key.substr(dot + 1), i.value});
  }
  return groups;
}

Value build_list(const Items& items, int depth) {
  const std::map<std::string_view, Group> groups = group_by_first(items);
  std::vector<std::string_view> order;
  for (const auto& [key, group] : groups)
    if (key != "#") order.push_back(key);
  std::sort(order.begin(), order.end(), element_before);
  Value::List list;
  for (const std::string_view key : order) {
    const Group& g = groups.at(key);
    if (g.alone != nullptr) list.push_back(leaf(*g.alone));
    if (!g.below.empty()) list.push_back(build_object(g.below, depth + 1));
  }
  return Value(std::move(list));
}

// The order of names by components: a name comes directly before all that begin with it and a dot.
struct ComponentsLess {
  bool operator()(std::string_view a, std::string_view b) const {
    const auto rank = [](char c) { return c == '.' ? -1 : static_cast<int>(static_cast<unsigned char>(c)); };
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return rank(x) < rank(y); });
  }
};

bool is_below(std::string_view key, std::string_view container) {
  return key.size() > container.size() && key[container.size()] == '.' && key.starts_with(container);
}

// The names that have a `name.#` or `name.%`, without those below another one; in their order.
std::vector<std::string_view> outer_containers(const Items& items) {
  std::vector<std::string_view> all;
  for (const Item& i : items) {
    const std::size_t n = i.key.size();
    if (n > 2 && i.key[n - 2] == '.' && (i.key[n - 1] == '#' || i.key[n - 1] == '%')) all.push_back(i.key.substr(0, n - 2));
  }
  std::sort(all.begin(), all.end(), ComponentsLess());
  std::vector<std::string_view> outer;
  for (const std::string_view name : all)
    if (outer.empty() || (name != outer.back() && !is_below(name, outer.back()))) outer.push_back(name);
  return outer;
}

// Map keys may hold dots. Only where a nested `key.#` or `key.%` says so is there a container below.
Value build_map(const Items& items, int depth) {
  const std::vector<std::string_view> containers = outer_containers(items);
  std::map<std::string_view, Items> nested;
  std::vector<Object::Member> members;
  for (const Item& i : items) {
    if (i.key == "%") continue;
    const auto behind = std::upper_bound(containers.begin(), containers.end(), i.key, ComponentsLess());
    if (behind != containers.begin() && is_below(i.key, *(behind - 1)))
      nested[*(behind - 1)].push_back({i.key.substr((behind - 1)->size() + 1), i.value});
    else
      members.emplace_back(std::string(i.key), leaf(*i.value));
  }
  for (const auto& [key, below] : nested) members.emplace_back(std::string(key), build_object(below, depth + 1));
  return Value(Object(std::move(members)));
}

// `items` are the keys below one name: a list, a map or an object.
Value build_object(const Items& items, int depth) {
  if (depth < kMaxDepth) {
    if (const Value* n = count_of(items, "#")) return leaf(*n).is_unknown() ? Value::unknown() : build_list(items, depth);
    if (const Value* n = count_of(items, "%")) return leaf(*n).is_unknown() ? Value::unknown() : build_map(items, depth);
  }
  std::vector<Object::Member> members;
  if (depth >= kMaxDepth) {
    for (const Item& i : items) members.emplace_back(std::string(i.key), leaf(*i.value));
    return Value(Object(std::move(members)));
  }
  for (const auto& [key, group] : group_by_first(items)) {
    if (group.alone != nullptr) {
      members.emplace_back(std::string(key), leaf(*group.alone));
      for (const Item& i : group.below) members.emplace_back(std::string(key) + "." + std::string(i.key), leaf(*i.value));
    } else {
      members.emplace_back(std::string(key), build_object(group.below, depth + 1));
    }
  }
  return Value(Object(std::move(members)));
}

}  // namespace

Value expand_flatmap(const Object& flat) {
  Items items;
  items.reserve(flat.size());
  for (const auto& [key, value] : flat) items.push_back({key, &value});
  return build_object(items, 0);
}

}  // namespace drift::state_internal
