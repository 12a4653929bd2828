#include <string>

#include "drift/model/path.hpp"
#include "provider/terraform/schema.hpp"

namespace drift::terraform_internal {
namespace {

TypeHint hint_of(const CtyType& t) {
  switch (t.kind()) {
    case CtyType::Kind::boolean:
      return TypeHint::boolean;
    case CtyType::Kind::number:
      return TypeHint::number;
    case CtyType::Kind::string:
      return TypeHint::string;
    case CtyType::Kind::list:
    case CtyType::Kind::set:
    case CtyType::Kind::tuple:
      return TypeHint::list;
    case CtyType::Kind::map:
    case CtyType::Kind::object:
      return TypeHint::object;
    case CtyType::Kind::dynamic:
      break;
  }
  return TypeHint::any;
}

// The pattern of member `key` of what `prefix` matches.
std::string member(const std::string& prefix, std::string_view key) {
  Path p;
  p.push(std::string(key));
  std::string text = p.text();
  if (prefix.empty()) return text;
  return prefix + (text.front() == '[' ? "" : ".") + text;
}

// What is added to. Of a resource of the old SDK null and empty are one for everything that has a name in the schema; an element of a map
// or a list that is "" is there, and one that is not there is not.
struct Facts {
  drift::Schema& out;
  bool legacy;

  void add(const std::string& pattern, SchemaFacts facts, bool named = true) {
    facts.empty_is_absent = legacy && named;
    out.add(pattern, std::move(facts));
  }
};

void add_block(const Block& block, const std::string& prefix, Facts& out);

// Sets and numbers inside a type; the pattern itself has an entry already.
void add_inside(const CtyType& t, const std::string& pattern, Facts& out) {
  const auto add = [&](const CtyType& inner, const std::string& at, bool named) {
    if (inner.kind() == CtyType::Kind::set || inner.kind() == CtyType::Kind::number || (named && out.legacy))
      out.add(at, {.set = inner.kind() == CtyType::Kind::set, .type = hint_of(inner)}, named);
    add_inside(inner, at, out);
  };
  if (t.is_collection()) add(t.element(), pattern + "[*]", false);
  for (const CtyType::Attribute& a : t.attributes()) add(a.type, member(pattern, a.name), true);
  for (std::size_t i = 0; i < t.elements().size(); ++i) add(t.elements()[i], pattern + "[" + std::to_string(i) + "]", false);
}

void add_attribute(const Attribute& a, const std::string& prefix, Facts& out) {
  const std::string pattern = member(prefix, a.name);
  SchemaFacts facts;
  facts.computed = a.computed;
  facts.read_only = a.computed && !a.optional && !a.required;
  facts.write_only = a.write_only;
  facts.sensitive = a.sensitive;
  const bool below = a.computed && !a.type.is_primitive() && a.nested == nullptr;
  if (below) {  // what is inside has no entry of its own
    SchemaFacts inside;
    inside.computed = facts.computed;
    inside.read_only = facts.read_only;
    out.add(pattern + ".**", std::move(inside), false);
  }
  facts.set = a.type.kind() == CtyType::Kind::set;
  facts.type = hint_of(a.type);
  out.add(pattern, std::move(facts));
  if (a.nested == nullptr) return add_inside(a.type, pattern, out);
  const std::string inner = a.nested->nesting == Nesting::single ? pattern : pattern + "[*]";
  for (const Attribute& n : a.nested->attributes) add_attribute(n, inner, out);
}

void add_nested_block(const NestedBlock& b, const std::string& prefix, Facts& out) {
  const std::string pattern = member(prefix, b.name);
  SchemaFacts facts;
  facts.set = b.nesting == Nesting::set;
  const bool one = b.nesting == Nesting::single || b.nesting == Nesting::group;
  facts.type = one || b.nesting == Nesting::map ? TypeHint::object : TypeHint::list;
  if (b.type.is_dynamic()) {  // {"type":..., "value":...} in a state, and as it is where it is compared
    out.add(member(pattern, "value"), facts);
    add_block(b.block, member(pattern, "value") + "[*]", out);
  }
  out.add(pattern, std::move(facts));
  add_block(b.block, one ? pattern : pattern + "[*]", out);
}

void add_block(const Block& block, const std::string& prefix, Facts& out) {
  for (const Attribute& a : block.attributes) add_attribute(a, prefix, out);
  for (const NestedBlock& b : block.blocks) add_nested_block(b, prefix, out);
}

}  // namespace

bool is_of_legacy_sdk(const Block& block) {
  bool own_id = false;
  for (const Attribute& a : block.attributes) {
    if (a.nested != nullptr) return false;
    if (a.name == "id") own_id = a.optional && a.computed && a.type.kind() == CtyType::Kind::string;
  }
  return own_id;
}

drift::Schema to_facts(const Block& block) {
  drift::Schema out;
  Facts facts{out, is_of_legacy_sdk(block)};
  add_block(block, "", facts);
  return out;
}

}  // namespace drift::terraform_internal
