#include "engine/yaml_tree.hpp"

#include <unordered_set>
#include <utility>

#include "third/yaml_events.hpp"

namespace drift::engine_internal {
namespace {

using third::YamlEvent;
using third::YamlEvents;

Value plain_value(std::string_view text) {
  if (text.empty() || text == "~" || text == "null") return {};
  if (text == "true" || text == "false") return text == "true";
  if (Result<Number> n = Number::parse(text)) return *std::move(n);
  return text;
}

// Recursion is bounded by the depth limit of the events.
class TreeBuilder {
 public:
  explicit TreeBuilder(std::string_view text) : events_(text) {}

  Result<YamlNode> document() {
    Result<YamlEvent> first = events_.next();
    if (!first) return std::move(first).error();
    if (first->kind == YamlEvent::end) return YamlNode{.kind = YamlNode::Kind::map, .where = {}};
    Result<YamlNode> root = node(*std::move(first));
    if (!root) return root;
    Result<YamlEvent> last = events_.next();  // a second document is an error of the events
    if (!last) return std::move(last).error();
    return root;
  }

 private:
  Result<YamlNode> node(YamlEvent begin) {
    YamlNode out{.where = begin.where};
    if (begin.kind == YamlEvent::scalar) {
      out.scalar = begin.plain ? plain_value(begin.text) : Value(std::move(begin.text));
      return out;
    }
    out.kind = begin.kind == YamlEvent::list_begin ? YamlNode::Kind::list : YamlNode::Kind::map;
    std::unordered_set<std::string> keys;
    while (true) {
      Result<YamlEvent> e = events_.next();
      if (!e) return std::move(e).error();
      if (e->kind == YamlEvent::list_end || e->kind == YamlEvent::map_end) return out;
      if (out.kind == YamlNode::Kind::list)
        DRIFT_TRY(add_item(out, *std::move(e)));
      else
        DRIFT_TRY(add_member(out, *std::move(e), keys));
    }
  }

  Status add_item(YamlNode& list, YamlEvent begin) {
    Result<YamlNode> item = node(std::move(begin));
    if (!item) return std::move(item).error();
    list.items.push_back(*std::move(item));
    return {};
  }

  Status add_member(YamlNode& map, YamlEvent key, std::unordered_set<std::string>& keys) {
    if (!keys.insert(key.text).second)
      return Error(Errc::duplicate_key, "a key was given twice").position(key.where).next("keep one of them");
    Result<YamlEvent> begin = events_.next();
    if (!begin) return std::move(begin).error();
    Result<YamlNode> value = node(*std::move(begin));
    if (!value) return std::move(value).error();
    value->key = std::move(key.text);
    value->key_where = key.where;
    map.items.push_back(*std::move(value));
    return {};
  }

  YamlEvents events_;
};

}  // namespace

Result<YamlNode> parse_yaml_tree(std::string_view text) { return TreeBuilder(text).document(); }

Value to_value(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::scalar:
      return node.scalar;
    case YamlNode::Kind::list: {
      Value::List list;
      list.reserve(node.items.size());
      for (const YamlNode& item : node.items) list.push_back(to_value(item));
      return list;
    }
    case YamlNode::Kind::map: {
      std::vector<Object::Member> members;
      members.reserve(node.items.size());
      for (const YamlNode& m : node.items) members.emplace_back(m.key, to_value(m));
      return Object(std::move(members));
    }
  }
  return {};
}

std::string_view kind_words(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::list) return "a list";
  if (node.kind == YamlNode::Kind::map) return "a map";
  switch (node.scalar.kind()) {
    case Value::Kind::null:
      return "nothing";
    case Value::Kind::boolean:
      return "true or false";
    case Value::Kind::number:
      return "a number";
    default:
      return "a text";
  }
}

}  // namespace drift::engine_internal
