// The keys of drift.yaml as tables: one row a key, one table a kind of map. project.cpp walks a document with them; docs/drift.yaml.md
// lists the same keys, and a test compares the two.
//
// Thread rule: any.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drift/engine/project.hpp"
#include "engine/yaml_tree.hpp"

namespace drift::engine_internal {

template <class T>
struct Key {
  std::string_view name;
  Status (*take)(const YamlNode& value, T& out);
  bool required = false;
};

// The names in a row of tables, for tests and for "did you mean".
struct MapKeys {
  std::string_view where;  // "", "breaker", "providers.NAME", "comparators[]", "ignore[]"
  std::vector<std::string_view> names;
};
[[nodiscard]] std::vector<MapKeys> project_keys();

Status decode_project(const YamlNode& root, Project& out);

// Could be a key. What is none is not repeated in a message: it may be a value in the wrong place.
[[nodiscard]] bool is_plain_name(std::string_view text);

// Errors of a decoder: at the node, without its value.
[[nodiscard]] Error wrong_type(const YamlNode& node, std::string_view wanted);
[[nodiscard]] Error invalid_value(const YamlNode& node, std::string message, std::string step);
[[nodiscard]] Error unknown_key(const YamlNode& member, std::string_view where, const std::vector<std::string_view>& known);

template <class T>
Status decode_map(const YamlNode& node, std::string_view where, std::span<const Key<T>> keys, T& out) {
  if (node.kind != YamlNode::Kind::map) return wrong_type(node, "a map");
  for (const YamlNode& member : node.items) {
    const Key<T>* known = nullptr;
    std::vector<std::string_view> names;
    for (const Key<T>& k : keys) {
      names.push_back(k.name);
      if (k.name == member.key) known = &k;
    }
    if (known == nullptr) return unknown_key(member, where, names);
    DRIFT_TRY(known->take(member, out));
  }
  for (const Key<T>& k : keys) {
    bool given = !k.required;
    for (const YamlNode& member : node.items) given |= member.key == k.name;
    if (!given)
      return invalid_value(node, "the key `" + std::string(k.name) + "` was missing", "add it; docs/drift.yaml.md says what it means");
  }
  return {};
}

}  // namespace drift::engine_internal
