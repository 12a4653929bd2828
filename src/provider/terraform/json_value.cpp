#include "provider/terraform/json_value.hpp"

#include <algorithm>
#include <utility>

#include "drift/model/json.hpp"
#include "provider/terraform/cty_number.hpp"
#include "provider/terraform/cty_set.hpp"
#include "third/nfc.hpp"

namespace drift::terraform_internal {
namespace {

constexpr std::uint32_t max_depth = 128;

Error wrong(const Frame& at, std::string what) {
  return Error(Errc::bad_structure, "a value did not fit the provider's schema: " + std::move(what)).at(at.text());
}

bool opaque(const Value& v) { return v.is_null() || v.is_unknown() || v.secret() == Secret::ciphertext || v.secret() == Secret::digest; }

Value text_value(std::string_view s) { return third::is_ascii(s) ? Value(s) : Value(third::nfc(s)); }

// Walks a value along its type. `strict` is how JSON is read; else what does not fit stays as it is.
class Walker {
 public:
  Walker(bool strict, Extras extras) : strict_(strict), extras_(extras) {}

  Status walk(const Value& in, const CtyType& t, const Frame& at, Value& out) {
    if (opaque(in)) {
      out = in;
      return {};
    }
    if (++depth_ > max_depth) return Error(Errc::depth_limit, "a value had too many levels").at(at.text());
    const Kept kept = convert(in, t, at, out);
    --depth_;
    if (kept.error) return *kept.error;
    if (kept.fits) {
      out.mark(in.secret());
      return {};
    }
    if (strict_) return wrong(at, t.name() + " is required");
    out = in;
    return {};
  }

 private:
  struct Kept {
    Kept(bool yes) : fits(yes) {}                                                                    // NOLINT(google-explicit-constructor)
    Kept(Status s) : fits(s.ok()), error(s.ok() ? std::optional<Error>() : std::move(s).error()) {}  // NOLINT(google-explicit-constructor)
    bool fits;
    std::optional<Error> error{};
  };

  Kept convert(const Value& in, const CtyType& t, const Frame& at, Value& out) {
    switch (t.kind()) {
      case CtyType::Kind::dynamic:
        return dynamic(in, at, out);
      case CtyType::Kind::boolean:
        return boolean(in, out);
      case CtyType::Kind::number:
        return number(in, out);
      case CtyType::Kind::string:
        return string(in, out);
      case CtyType::Kind::list:
      case CtyType::Kind::set:
        if (!in.is_list()) return false;
        return elements(in.as_list(), t, at, out);
      case CtyType::Kind::tuple:
        if (!in.is_list() || in.as_list().size() != t.elements().size()) return false;
        return elements(in.as_list(), t, at, out);
      case CtyType::Kind::map:
        if (!in.is_object()) return false;
        return map(in.as_object(), t.element(), at, out);
      case CtyType::Kind::object:
        if (!in.is_object()) return false;
        return object(in.as_object(), t, at, out);
    }
    return false;
  }

  bool boolean(const Value& in, Value& out) const {
    if (in.is_bool()) {
      out = in;
      return true;
    }
    if (!strict_ || !in.is_string()) return false;
    const std::string& s = in.as_string();
    const bool yes = s == "true" || s == "1";
    if (!yes && s != "false" && s != "0") return false;
    out = Value(yes);
    return true;
  }

  bool number(const Value& in, Value& out) const {
    std::optional<Number> n;
    if (in.is_number()) n = cty_number(in.as_number());
    if (strict_ && in.is_string()) n = cty_number(std::string_view(in.as_string()));
    if (!n) return false;
    out = Value(*std::move(n));
    return true;
  }

  bool string(const Value& in, Value& out) const {
    if (in.is_string()) {
      out = text_value(in.as_string());
      return true;
    }
    if (!strict_) return false;
    if (in.is_number()) out = Value(in.as_number().text());
    if (in.is_bool()) out = Value(in.as_bool() ? "true" : "false");
    return in.is_number() || in.is_bool();
  }

  Status elements(const Value::List& in, const CtyType& t, const Frame& at, Value& out) {
    Value::List list(in.size());
    const bool tuple = t.kind() == CtyType::Kind::tuple;
    for (std::size_t i = 0; i < in.size(); ++i)
      DRIFT_TRY(walk(in[i], tuple ? t.elements()[i] : t.element(), at.child(std::uint64_t{i}), list[i]));
    if (t.kind() == CtyType::Kind::set) order_set(list);
    out = Value(std::move(list));
    return {};
  }

  Status map(const Object& in, const CtyType& element, const Frame& at, Value& out) {
    std::vector<Object::Member> members(in.size());
    std::size_t i = 0;
    for (const auto& [key, member] : in) {
      members[i].first = third::is_ascii(key) ? key : third::nfc(key);
      DRIFT_TRY(walk(member, element, at.child(key), members[i].second));
      ++i;
    }
    out = Value(Object(std::move(members)));
    return {};
  }

  // Both sides are sorted by name.
  Status object(const Object& in, const CtyType& t, const Frame& at, Value& out) {
    std::vector<Object::Member> members;
    members.reserve(t.attributes().size());
    auto given = in.begin();
    const auto extra = [&]() -> Status {
      if (strict_ && extras_ == Extras::refuse) return wrong(at.child(given->first), "the schema has no such attribute");
      if (!strict_) members.emplace_back(*given);
      ++given;
      return {};
    };
    for (const CtyType::Attribute& a : t.attributes()) {
      while (given != in.end() && given->first < a.name) DRIFT_TRY(extra());
      members.emplace_back(a.name, Value());
      if (given == in.end() || given->first != a.name) continue;
      DRIFT_TRY(walk(given->second, a.type, at.child(a.name), members.back().second));
      ++given;
    }
    while (given != in.end()) DRIFT_TRY(extra());
    out = Value(Object(std::move(members)));
    return {};
  }

  Kept dynamic(const Value& in, const Frame& at, Value& out) {
    Result<Dynamic> d = read_dynamic(in, at);
    if (!d) return strict_ ? Kept(Status(std::move(d).error())) : Kept(false);
    Value inner;
    if (Status s = walk(d->value, d->type, at, inner); !s.ok()) return s;
    out = wrap_dynamic(d->type, std::move(inner));
    return true;
  }

  bool strict_;
  Extras extras_;
  std::uint32_t depth_ = 0;
};

// The real type of `v`, which is of type `t`, and `v` without wrappers.
Result<Dynamic> unwrap(const Value& v, const CtyType& t, const Frame& at, std::uint32_t depth) {
  if (!t.has_dynamic() || v.is_unknown() || v.is_null()) return Dynamic{t, v};
  if (depth > max_depth) return Error(Errc::depth_limit, "a value had too many levels").at(at.text());
  if (t.is_dynamic()) return read_dynamic(v, at);
  if (t.kind() == CtyType::Kind::object) {
    if (!v.is_object()) return wrong(at, "an object is required");
    std::vector<CtyType::Attribute> types;
    Object out = v.as_object();
    for (const CtyType::Attribute& a : t.attributes()) {
      const Value* member = v.as_object().find(a.name);
      Result<Dynamic> d = unwrap(member == nullptr ? Value() : *member, a.type, at.child(a.name), depth + 1);
      if (!d) return d;
      types.push_back({a.name, d->type, false});
      if (member != nullptr) out.set(a.name, std::move(d->value));
    }
    return Dynamic{CtyType::object(std::move(types)), Value(std::move(out)).mark(v.secret())};
  }
  if (t.kind() == CtyType::Kind::map) {
    if (!v.is_object()) return wrong(at, "a map is required");
    Object out;
    std::optional<CtyType> element;
    for (const auto& [key, member] : v.as_object()) {
      Result<Dynamic> d = unwrap(member, t.element(), at.child(key), depth + 1);
      if (!d) return d;
      if (element && !(*element == d->type)) return wrong(at.child(key), "the elements of a map must have one type");
      element = d->type;
      out.set(key, std::move(d->value));
    }
    return Dynamic{CtyType::map(element.value_or(t.element())), Value(std::move(out)).mark(v.secret())};
  }
  if (!v.is_list()) return wrong(at, "a list is required");
  Value::List out;
  std::vector<CtyType> types;
  for (std::size_t i = 0; i < v.as_list().size(); ++i) {
    const bool tuple = t.kind() == CtyType::Kind::tuple;
    if (tuple && i >= t.elements().size()) return wrong(at, "a tuple has another length");
    Result<Dynamic> d = unwrap(v.as_list()[i], tuple ? t.elements()[i] : t.element(), at.child(std::uint64_t{i}), depth + 1);
    if (!d) return d;
    if (!tuple && !types.empty() && !(types.front() == d->type))
      return wrong(at.child(std::uint64_t{i}), "the elements of a list must have one type");
    types.push_back(d->type);
    out.push_back(std::move(d->value));
  }
  if (t.kind() == CtyType::Kind::tuple) return Dynamic{CtyType::tuple(std::move(types)), Value(std::move(out)).mark(v.secret())};
  CtyType element = types.empty() ? t.element() : types.front();
  return Dynamic{t.kind() == CtyType::Kind::set ? CtyType::set(std::move(element)) : CtyType::list(std::move(element)),
                 Value(std::move(out)).mark(v.secret())};
}

// Sets `out` to `v` without what its type does not have; false when there is nothing to take away.
bool strip(const Value& v, const CtyType& t, Value& out) {
  bool changed = false;
  if (v.is_list() && (t.kind() == CtyType::Kind::list || t.kind() == CtyType::Kind::set)) {
    for (std::size_t i = 0; i < v.as_list().size(); ++i) {
      Value stripped;
      if (!strip(v.as_list()[i], t.element(), stripped)) continue;
      if (!std::exchange(changed, true)) out = v;
      out.edit_list()[i] = std::move(stripped);
    }
  } else if (v.is_object() && (t.kind() == CtyType::Kind::map || t.kind() == CtyType::Kind::object)) {
    for (const auto& [key, member] : v.as_object()) {
      Value stripped;
      const CtyType* type = t.kind() == CtyType::Kind::map ? &t.element() : t.attribute(key);
      if (type != nullptr && !strip(member, *type, stripped)) continue;
      if (!std::exchange(changed, true)) out = v;
      if (type == nullptr) {
        out.edit_object().erase(key);
      } else {
        out.edit_object().set(key, std::move(stripped));
      }
    }
  }
  return changed;
}

}  // namespace

std::optional<Value> strip_removed(const Value& json, const CtyType& t) {
  Value out;
  if (!strip(json, t, out)) return std::nullopt;
  return out;
}

Result<Value> conform(const Value& json, const CtyType& t, Extras extras) {
  Value out;
  DRIFT_TRY(Walker(true, extras).walk(json, t, Frame{}, out));
  return out;
}

Value json_round_trip(const Value& v, const CtyType& t) {
  Value out;
  if (!Walker(false, Extras::refuse).walk(v, t, Frame{}, out).ok()) return v;  // only when it is too deep
  return out;
}

Result<Dynamic> read_dynamic(const Value& wrapped, const Frame& at) {
  const Value* type = wrapped.find("type");
  const Value* value = wrapped.find("value");
  if (type == nullptr || value == nullptr || wrapped.as_object().size() != 2)
    return wrong(at, "a value of any type is an object of \"type\" and \"value\"");
  Result<CtyType> t = CtyType::from_json(*type);
  if (!t) return std::move(t).error().at(at.text());
  Result<Dynamic> out = unwrap(*value, *t, at, 0);
  if (out && wrapped.is_secret()) out->value.mark(wrapped.secret());
  return out;
}

Value wrap_dynamic(const CtyType& type, Value value) {
  if (type.is_dynamic()) return value;  // null or unknown: a value of no type
  std::vector<Object::Member> members;
  members.emplace_back("type", type.to_value());
  members.emplace_back("value", std::move(value));
  return Value(Object(std::move(members)));
}

Value unwrap_dynamic(const Value& v, const CtyType& t) {
  if (!t.has_dynamic() || v.is_null() || v.is_unknown()) return v;
  if (t.is_dynamic()) {
    const Result<Dynamic> inner = read_dynamic(v, Frame{});
    return inner ? Value(inner->value) : v;
  }
  Value out = v;
  if (v.is_list() && t.kind() == CtyType::Kind::tuple) {
    const std::size_t n = std::min(v.as_list().size(), t.elements().size());
    for (std::size_t i = 0; i < n; ++i) out.edit_list()[i] = unwrap_dynamic(v.as_list()[i], t.elements()[i]);
  } else if (v.is_list() && t.is_collection()) {
    for (std::size_t i = 0; i < v.as_list().size(); ++i) out.edit_list()[i] = unwrap_dynamic(v.as_list()[i], t.element());
  } else if (v.is_object() && t.kind() == CtyType::Kind::map) {
    for (const auto& [key, member] : v.as_object()) out.edit_object().set(key, unwrap_dynamic(member, t.element()));
  } else if (v.is_object()) {
    for (const CtyType::Attribute& a : t.attributes())
      if (const Value* member = v.find(a.name)) out.edit_object().set(a.name, unwrap_dynamic(*member, a.type));
  }
  return out;
}

}  // namespace drift::terraform_internal
