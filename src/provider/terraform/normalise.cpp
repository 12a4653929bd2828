#include "provider/terraform/normalise.hpp"

#include <algorithm>
#include <utility>

#include "provider/terraform/json_value.hpp"

namespace drift::terraform_internal {
namespace {

// One block of which everything is unknown.
Value unknown_block(const Block& block) {
  Object o;
  for (const NestedBlock& b : block.blocks) {
    switch (b.nesting) {
      case Nesting::single:
      case Nesting::group:
        o.set(b.name, unknown_block(b.block));
        break;
      case Nesting::list:
      case Nesting::set:
        o.set(b.name, Value::List{unknown_block(b.block)});
        break;
      case Nesting::map:
        o.set(b.name, Object());
        break;
    }
  }
  for (const Attribute& a : block.attributes) o.set(a.name, Value::unknown());
  return Value(std::move(o));
}

// Puts `made` in place of member `name` of `v`, if it is another value; so what does not change stays shared.
void replace(Value& v, const std::string& name, const Value& before, Value made) {
  if (!(before == made)) v.edit_object().set(name, std::move(made));
}

// `v` with `change` made to each of the objects of a block or nested attribute.
template <class Change>
Value each(const Value& v, Nesting nesting, const Change& change) {
  Value out = v;
  if (nesting == Nesting::single || nesting == Nesting::group) return v.is_object() ? change(v) : v;
  if (v.is_list()) {
    for (std::size_t i = 0; i < v.as_list().size(); ++i) {
      Value made = change(v.as_list()[i]);
      if (!(made == v.as_list()[i])) out.edit_list()[i] = std::move(made);
    }
  } else if (v.is_object()) {
    for (const auto& [key, member] : v.as_object()) replace(out, key, member, change(member));
  }
  return out;
}

Value normalise_block(const Value& v, const NestedBlock& b) {
  const auto one = [&](const Value& e) { return normalise_blocks(e, b.block); };
  switch (b.nesting) {
    case Nesting::single:
      return v.is_unknown() ? unknown_block(b.block) : one(v);
    case Nesting::group:
      if (v.is_unknown()) return unknown_block(b.block);
      return v.is_null() ? empty_value(b) : one(v);
    case Nesting::list:
    case Nesting::set:
      if (v.is_unknown()) return Value::List{unknown_block(b.block)};
      if (v.is_null()) return Value::List{};
      return each(v, b.nesting, one);
    case Nesting::map:
      break;
  }
  return v;
}

bool has_write_only(const std::vector<Attribute>& attributes) {
  return std::any_of(attributes.begin(), attributes.end(),
                     [](const Attribute& a) { return a.write_only || (a.nested != nullptr && has_write_only(a.nested->attributes)); });
}

bool has_write_only(const Block& block) {
  return has_write_only(block.attributes) ||
         std::any_of(block.blocks.begin(), block.blocks.end(), [](const NestedBlock& b) { return has_write_only(b.block); });
}

Value drop_from(const Value& v, const std::vector<Attribute>& attributes) {
  if (!v.is_object()) return v;
  Value out = v;
  for (const Attribute& a : attributes) {
    const Value* member = v.find(a.name);
    if (member == nullptr) continue;
    if (a.write_only) {
      replace(out, a.name, *member, Value());
    } else if (a.nested != nullptr) {
      replace(out, a.name, *member, each(*member, a.nested->nesting, [&](const Value& e) { return drop_from(e, a.nested->attributes); }));
    }
  }
  return out;
}

Value drop_from(const Value& v, const Block& block) {
  Value out = drop_from(v, block.attributes);
  if (!out.is_object()) return out;
  const Value before = out;
  for (const NestedBlock& b : block.blocks) {
    const Value* member = before.find(b.name);
    if (member == nullptr || !has_write_only(b.block)) continue;
    const auto one = [&](const Value& e) { return drop_from(e, b.block); };
    if (b.type.is_dynamic()) {
      if (const Value* inner = member->find("value"); inner != nullptr) {
        Value wrapped = *member;
        wrapped.edit_object().set("value", each(*inner, b.nesting, one));
        replace(out, b.name, *member, std::move(wrapped));
      }
    } else {
      replace(out, b.name, *member, each(*member, b.nesting, one));
    }
  }
  return out;
}

// A nested attribute's objects with every attribute.
Value complete_nested(const Value& v, const NestedType& nested) {
  return each(v, nested.nesting, [&](const Value& e) {
    if (!e.is_object()) return e;
    Object o = e.as_object();
    for (const Attribute& a : nested.attributes) {
      const Value* member = o.find(a.name);
      if (member == nullptr) {
        o.set(a.name, Value());
      } else if (a.nested != nullptr) {
        o.set(a.name, complete_nested(*member, *a.nested));
      }
    }
    return Value(std::move(o)).mark(e.secret());
  });
}

}  // namespace

Value empty_value(const Block& block) {
  Object o;
  for (const NestedBlock& b : block.blocks) o.set(b.name, empty_value(b));
  for (const Attribute& a : block.attributes) o.set(a.name, Value());
  return Value(std::move(o));
}

Value empty_value(const NestedBlock& b) {
  if (b.type.is_dynamic())
    return b.nesting == Nesting::list ? wrap_dynamic(CtyType::tuple({}), Value::List{}) : wrap_dynamic(CtyType::object({}), Object());
  switch (b.nesting) {
    case Nesting::single:
      break;
    case Nesting::group:
      return empty_value(b.block);
    case Nesting::list:
    case Nesting::set:
      return Value::List{};
    case Nesting::map:
      return Object();
  }
  return {};
}

Value normalise_blocks(const Value& v, const Block& block) {
  if (!v.is_object()) return v;
  Value out = v;
  for (const NestedBlock& b : block.blocks) {
    if (b.object.has_dynamic()) continue;
    const Value* member = v.find(b.name);
    const Value before = member == nullptr ? Value() : *member;
    Value made = normalise_block(before, b);
    if (member == nullptr || !(before == made)) out.edit_object().set(b.name, std::move(made));
  }
  return out;
}

Value drop_write_only(const Value& v, const Block& block) { return has_write_only(block) ? drop_from(v, block) : v; }

bool holds_write_only(const Value& v, const Block& block) { return has_write_only(block) && !(drop_from(v, block) == v); }

Value complete(const Value& config, const Block& block) {
  if (!config.is_object()) return config.is_null() ? empty_value(block) : config;
  Object o = config.as_object();
  for (const NestedBlock& b : block.blocks) {
    const Value* member = o.find(b.name);
    if (member == nullptr || member->is_null()) {
      o.set(b.name, empty_value(b));
    } else if (!b.type.is_dynamic()) {
      o.set(b.name, each(*member, b.nesting, [&](const Value& e) { return e.is_object() ? complete(e, b.block) : e; }));
    }
  }
  for (const Attribute& a : block.attributes) {
    const Value* member = o.find(a.name);
    if (member == nullptr) {
      o.set(a.name, Value());
    } else if (a.nested != nullptr) {
      o.set(a.name, complete_nested(*member, *a.nested));
    }
  }
  return Value(std::move(o)).mark(config.secret());
}

namespace {

// Elements of a set of blocks may have become equal.
Value in_form(const Value& before, Value now, const TypeSchema& schema) {
  if (!before.is_object() || &now.as_object() == &before.as_object()) return now;
  return json_round_trip(now, schema.type);
}

}  // namespace

Value normalise_known(const Value& v, const TypeSchema& schema) { return in_form(v, drop_write_only(v, schema.block), schema); }

Value normalise_read(const Value& v, const TypeSchema& schema) {
  return in_form(v, normalise_blocks(drop_write_only(v, schema.block), schema.block), schema);
}

}  // namespace drift::terraform_internal
