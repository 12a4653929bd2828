#include "provider/terraform/cty_type.hpp"

#include <algorithm>

#include "drift/model/json.hpp"
#include "third/nfc.hpp"

namespace drift::terraform_internal {

struct CtyType::Node {
  std::vector<CtyType> elements;  // the one of a collection, or those of a tuple
  std::vector<Attribute> attributes;
  bool has_dynamic = false;
};

namespace {

Error no_type(const char* what) {
  return Error(Errc::bad_structure, std::string("a type of the provider's schema was malformed: ") + what);
}

const char* kind_name(CtyType::Kind kind) {
  switch (kind) {
    case CtyType::Kind::dynamic:
      return "dynamic";
    case CtyType::Kind::boolean:
      return "bool";
    case CtyType::Kind::number:
      return "number";
    case CtyType::Kind::string:
      return "string";
    case CtyType::Kind::list:
      return "list";
    case CtyType::Kind::set:
      return "set";
    case CtyType::Kind::map:
      return "map";
    case CtyType::Kind::object:
      return "object";
    case CtyType::Kind::tuple:
      return "tuple";
  }
  return "unknown";
}

}  // namespace

CtyType CtyType::collection(Kind kind, CtyType element) {
  auto node = std::make_shared<Node>();
  node->has_dynamic = element.has_dynamic();
  node->elements.push_back(std::move(element));
  return CtyType(kind, std::move(node));
}

CtyType CtyType::list(CtyType element) { return collection(Kind::list, std::move(element)); }
CtyType CtyType::set(CtyType element) { return collection(Kind::set, std::move(element)); }
CtyType CtyType::map(CtyType element) { return collection(Kind::map, std::move(element)); }

CtyType CtyType::object(std::vector<Attribute> attributes) {
  auto node = std::make_shared<Node>();
  for (Attribute& a : attributes)
    if (!third::is_ascii(a.name)) a.name = third::nfc(a.name);
  std::stable_sort(attributes.begin(), attributes.end(), [](const Attribute& a, const Attribute& b) { return a.name < b.name; });
  for (Attribute& a : attributes) {
    if (!node->attributes.empty() && node->attributes.back().name == a.name) node->attributes.pop_back();
    node->attributes.push_back(std::move(a));
  }
  node->has_dynamic =
      std::any_of(node->attributes.begin(), node->attributes.end(), [](const Attribute& a) { return a.type.has_dynamic(); });
  return CtyType(Kind::object, std::move(node));
}

CtyType CtyType::tuple(std::vector<CtyType> elements) {
  auto node = std::make_shared<Node>();
  node->elements = std::move(elements);
  node->has_dynamic = std::any_of(node->elements.begin(), node->elements.end(), [](const CtyType& t) { return t.has_dynamic(); });
  return CtyType(Kind::tuple, std::move(node));
}

Result<CtyType> CtyType::parse(std::string_view json) {
  // The types of most attributes, without a reader.
  if (json == R"("string")") return string();
  if (json == R"("bool")") return boolean();
  if (json == R"("number")") return number();
  Result<Value> v = parse_json(json);
  if (!v) return std::move(v).error().in("while reading a type of the provider's schema");
  return from_json(*v);
}

Result<CtyType> CtyType::object_from(const Value::List& parts) {
  if (parts.size() == 2 && parts[1].is_null()) return object({});  // as Go writes an empty map
  if (parts.size() > 3 || !parts[1].is_object()) return no_type("an object has a map of attributes");
  std::vector<Attribute> attributes;
  attributes.reserve(parts[1].as_object().size());
  for (const auto& [name, type] : parts[1].as_object()) {
    Result<CtyType> t = from_json(type);
    if (!t) return std::move(t).error();
    attributes.push_back({name, *std::move(t), false});
  }
  if (parts.size() == 3) {
    if (!parts[2].is_list()) return no_type("optional attributes are a list");
    for (const Value& name : parts[2].as_list()) {
      const auto named = [&](const Attribute& a) { return name.is_string() && a.name == name.as_string(); };
      const auto it = std::find_if(attributes.begin(), attributes.end(), named);
      if (it == attributes.end()) return no_type("an optional attribute is none of the object's");
      it->optional = true;
    }
  }
  return object(std::move(attributes));
}

Result<CtyType> CtyType::from_json(const Value& json) {
  if (json.is_string()) {
    for (const Kind k : {Kind::dynamic, Kind::boolean, Kind::number, Kind::string})
      if (json.as_string() == kind_name(k)) return CtyType(k);
    return no_type("no primitive type has that name");
  }
  if (!json.is_list() || json.as_list().size() < 2 || !json.as_list()[0].is_string()) return no_type("neither a name nor a pair");
  const Value::List& parts = json.as_list();
  const std::string& kind = parts[0].as_string();
  if (kind == "object") return object_from(parts);
  if (parts.size() != 2) return no_type("too many elements");
  if (kind == "tuple") {
    if (parts[1].is_null()) return tuple({});  // as Go writes an empty slice
    if (!parts[1].is_list()) return no_type("a tuple has a list of types");
    std::vector<CtyType> elements;
    for (const Value& e : parts[1].as_list()) {
      Result<CtyType> t = from_json(e);
      if (!t) return std::move(t).error();
      elements.push_back(*std::move(t));
    }
    return tuple(std::move(elements));
  }
  for (const Kind k : {Kind::list, Kind::set, Kind::map}) {
    if (kind != kind_name(k)) continue;
    Result<CtyType> t = from_json(parts[1]);
    if (!t) return std::move(t).error();
    return collection(k, *std::move(t));
  }
  return no_type("no kind of type has that name");
}

void CtyType::append_json(std::string& out) const {
  if (node_ == nullptr) {
    ((out += '"') += kind_name(kind_)) += '"';
    return;
  }
  ((out += "[\"") += kind_name(kind_)) += "\",";
  if (kind_ == Kind::object) {
    bool optional = false;
    char before = '{';
    for (const Attribute& a : node_->attributes) {
      out += std::exchange(before, ',');
      append_json_string(out, a.name);
      out += ':';
      a.type.append_json(out);
      optional = optional || a.optional;
    }
    out += node_->attributes.empty() ? "{}" : "}";
    if (optional) {
      out += ",[";
      bool first = true;
      for (const Attribute& a : node_->attributes) {
        if (!a.optional) continue;
        if (!std::exchange(first, false)) out += ',';
        append_json_string(out, a.name);
      }
      out += ']';
    }
  } else if (kind_ == Kind::tuple) {
    out += '[';
    for (const CtyType& e : node_->elements) {
      if (&e != node_->elements.data()) out += ',';
      e.append_json(out);
    }
    out += ']';
  } else {
    node_->elements[0].append_json(out);
  }
  out += ']';
}

std::string CtyType::to_json() const {
  std::string out;
  append_json(out);
  return out;
}

Value CtyType::to_value() const {
  if (node_ == nullptr) return kind_name(kind_);
  Value::List parts{Value(kind_name(kind_))};
  if (kind_ == Kind::object) {
    std::vector<Object::Member> members;
    Value::List optional;
    for (const Attribute& a : node_->attributes) {
      members.emplace_back(a.name, a.type.to_value());
      if (a.optional) optional.emplace_back(a.name);
    }
    parts.emplace_back(Object(std::move(members)));
    if (!optional.empty()) parts.emplace_back(std::move(optional));
  } else if (kind_ == Kind::tuple) {
    Value::List elements;
    for (const CtyType& e : node_->elements) elements.push_back(e.to_value());
    parts.emplace_back(std::move(elements));
  } else {
    parts.push_back(node_->elements[0].to_value());
  }
  return parts;
}

const CtyType& CtyType::element() const noexcept { return node_->elements.front(); }

std::span<const CtyType::Attribute> CtyType::attributes() const noexcept {
  return node_ == nullptr ? std::span<const Attribute>() : std::span<const Attribute>(node_->attributes);
}

std::optional<std::size_t> CtyType::attribute_index(std::string_view name) const noexcept {
  const auto all = attributes();
  const auto it = std::lower_bound(all.begin(), all.end(), name, [](const Attribute& a, std::string_view n) { return a.name < n; });
  if (it == all.end() || it->name != name) return std::nullopt;
  return static_cast<std::size_t>(it - all.begin());
}

const CtyType* CtyType::attribute(std::string_view name) const noexcept {
  const auto index = attribute_index(name);
  return index ? &attributes()[*index].type : nullptr;
}

std::span<const CtyType> CtyType::elements() const noexcept {
  return kind_ == Kind::tuple ? std::span<const CtyType>(node_->elements) : std::span<const CtyType>();
}

bool CtyType::has_dynamic() const noexcept { return kind_ == Kind::dynamic || (node_ != nullptr && node_->has_dynamic); }

CtyType CtyType::without_optional() const {
  if (node_ == nullptr) return *this;
  if (kind_ == Kind::object) {
    std::vector<Attribute> out;
    for (const Attribute& a : node_->attributes) out.push_back({a.name, a.type.without_optional(), false});
    return object(std::move(out));
  }
  std::vector<CtyType> out;
  for (const CtyType& e : node_->elements) out.push_back(e.without_optional());
  return kind_ == Kind::tuple ? tuple(std::move(out)) : collection(kind_, std::move(out.front()));
}

std::string CtyType::name() const {
  if (kind_ == Kind::dynamic) return "a value of any type";
  if (is_collection()) return std::string(kind_name(kind_)) + " of " + (element().is_dynamic() ? "any type" : element().name());
  return kind_name(kind_);
}

bool operator==(const CtyType& a, const CtyType& b) {
  if (a.kind_ != b.kind_) return false;
  if (a.node_ == b.node_) return true;
  return a.node_->elements == b.node_->elements && a.node_->attributes == b.node_->attributes;
}

}  // namespace drift::terraform_internal
