// Equality, differences and secrets of properties, as the engine has them.
#include <algorithm>
#include <utility>

#include "provider/pulumi/property.hpp"

namespace drift::pulumi_internal {
namespace {

using Kind = EngineAnswer::Kind;

bool has_value(const Value* v) { return v != nullptr && !v->is_null(); }

bool same_objects(const Object& a, const Object& b) {
  const auto within = [](const Object& x, const Object& y) {
    return std::all_of(x.begin(), x.end(), [&](const Object::Member& m) { return same_property(&m.second, y.find(m.first)); });
  };
  return within(a, b) &&
         std::all_of(b.begin(), b.end(), [&](const Object::Member& m) { return a.contains(m.first) || m.second.is_null(); });
}

bool same_member(const Value& a, const Value& b, std::string_view key) { return same_property(a.find(key), b.find(key)); }

// Those without a hash differ, as long as nobody computes one: the content is a file of somebody else's machine.
bool same_assets(const Value& a, const Value& b) {
  const std::string_view hash = a.string_or("hash");
  if (!hash.empty() || !b.string_or("hash").empty()) return hash == b.string_or("hash");
  return same_objects(a.as_object(), b.as_object());
}

bool same_numbers(const Number& a, const Number& b) { return a == b || a.to_double() == b.to_double(); }

class Differ {
 public:
  explicit Differ(bool of_inputs) : of_inputs_(of_inputs) {}

  void objects(const Object& before, const Object& after) {
    for (const auto& [key, old] : before) {
      path_.push(key);
      member(old, after.find(key));
      path_.pop();
    }
    for (const auto& [key, fresh] : after) {
      if (before.contains(key) || fresh.is_null()) continue;
      path_.push(key);
      add(Kind::added);
      path_.pop();
    }
  }
  std::vector<EngineAnswer::Property> take() && { return std::move(out_); }

 private:
  void add(Kind kind) { out_.push_back({path_, kind, of_inputs_, false}); }

  void member(const Value& old, const Value* fresh) {
    if (!has_value(fresh)) {
      if (has_value(&old)) add(Kind::removed);
    } else if (!has_value(&old)) {
      add(Kind::added);
    } else {
      values(old, *fresh);
    }
  }

  void values(const Value& old, const Value& fresh) {
    if (old.is_list() && fresh.is_list()) return lists(old.as_list(), fresh.as_list());
    if (plain_object(old) && plain_object(fresh)) return objects(old.as_object(), fresh.as_object());
    if (same_property(&old, &fresh)) return;
    add(old.is_null() ? Kind::added : fresh.is_null() ? Kind::removed : Kind::modified);
  }

  void lists(const Value::List& before, const Value::List& after) {
    for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
      path_.push(std::uint64_t{i});
      if (i >= after.size())
        add(Kind::removed);
      else if (i >= before.size())
        add(Kind::added);
      else
        values(before[i], after[i]);
      path_.pop();
    }
  }

  Path path_;
  bool of_inputs_;
  std::vector<EngineAnswer::Property> out_;
};

}  // namespace

bool same_property(const Value* a, const Value* b) {
  if (!has_value(a) || !has_value(b)) return has_value(a) == has_value(b);
  if (a->kind() != b->kind()) return false;
  if (a->is_number()) return same_numbers(a->as_number(), b->as_number());
  if (a->is_list()) {
    const Value::List &x = a->as_list(), &y = b->as_list();
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](const Value& e, const Value& f) { return same_property(&e, &f); });
  }
  if (!a->is_object()) return *a == *b;
  const Tag tag = tag_of(*a);
  if (tag != tag_of(*b)) return false;
  if (tag == Tag::asset || tag == Tag::archive) return same_assets(*a, *b);
  if (tag == Tag::reference) return same_member(*a, *b, "urn") && same_member(*a, *b, "id");
  return same_objects(a->as_object(), b->as_object());
}

std::vector<EngineAnswer::Property> diff_properties(const Value& before, const Value& after, bool of_inputs) {
  Differ d(of_inputs);
  if (before.is_object() && after.is_object()) d.objects(before.as_object(), after.as_object());
  return std::move(d).take();
}

void annotate_secrets(Value& echoed, const Value& known) {
  if (!plain_object(echoed) || !plain_object(known)) return;
  for (const auto& [key, value] : known.as_object()) {
    if (!holds_secret(value)) continue;
    const Value* present = echoed.find(key);
    if (present == nullptr || tag_of(*present) == Tag::secret) continue;
    Value* out = echoed.edit_object().find(key);
    if (plain_object(*out) && plain_object(value)) {
      annotate_secrets(*out, value);
      continue;
    }
    Value secret = tagged(Tag::secret);
    secret.edit_object().set("value", std::move(*out));
    *out = std::move(secret);
  }
}

}  // namespace drift::pulumi_internal
