// A small YAML document as a tree in which every node knows its place, for decoders that report errors with positions.
//
// Plain scalars mean what they mean in JSON: true, false, null (also `~` and nothing at all), numbers in JSON's grammar. Everything else is
// text: yes, 0644, 1_000, 2026-11-21. Duplicate keys are E_DUPLICATE_KEY.
//
// Thread rule: an ordinary value. Ownership: owns everything.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drift/model/value.hpp"

namespace drift::engine_internal {

struct YamlNode {
  enum class Kind { scalar, list, map };
  Kind kind = Kind::scalar;
  Value scalar{};                 // null, boolean, number or string
  std::vector<YamlNode> items{};  // of a list, and the members of a map, in the order of the document
  TextPosition where{};
  std::string key{};  // as a member of a map
  TextPosition key_where{};
};

// An empty document is an empty map.
Result<YamlNode> parse_yaml_tree(std::string_view text);
[[nodiscard]] Value to_value(const YamlNode& node);
// "a text", "a number", "a list"...: for messages, which never hold the value.
[[nodiscard]] std::string_view kind_words(const YamlNode& node);

}  // namespace drift::engine_internal
