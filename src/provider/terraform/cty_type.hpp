// CtyType: a type of Terraform's value system (go-cty), as providers give it in their schemas.
//
// Type JSON (go-cty's Type.UnmarshalJSON): "string", "number", "bool", "dynamic", ["list",T], ["set",T], ["map",T],
// ["object",{"a":T,...}] with an optional third element that lists optional attributes, ["tuple",[T,...]].
//
// Example:
//   Result<CtyType> t = CtyType::parse(R"(["list",["object",{"a":"string"}]])");
//   t->element().attributes()[0].name == "a"
//
// Thread rule: an immutable value; copying shares the content. Ownership: owns what it shows.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drift/base/result.hpp"
#include "drift/model/value.hpp"

namespace drift::terraform_internal {

class CtyType {
 public:
  enum class Kind : std::uint8_t { dynamic, boolean, number, string, list, set, map, object, tuple };
  struct Attribute;

  CtyType() = default;  // dynamic
  static CtyType boolean() { return CtyType(Kind::boolean); }
  static CtyType number() { return CtyType(Kind::number); }
  static CtyType string() { return CtyType(Kind::string); }
  static CtyType list(CtyType element);
  static CtyType set(CtyType element);
  static CtyType map(CtyType element);
  // Attributes in any order; names are taken in NFC; of equal names the last stays.
  static CtyType object(std::vector<Attribute> attributes);
  static CtyType tuple(std::vector<CtyType> elements);

  // E_PARSE and its like for malformed JSON (also a key given twice, and nesting above 128), E_BAD_STRUCTURE for JSON that is no type.
  static Result<CtyType> parse(std::string_view json);
  static Result<CtyType> from_json(const Value& json);
  // Compact, members sorted: what go-cty writes.
  [[nodiscard]] std::string to_json() const;
  void append_json(std::string& out) const;
  // The same as a Value (as state files hold it beside a dynamic value).
  [[nodiscard]] Value to_value() const;

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] bool is_dynamic() const noexcept { return kind_ == Kind::dynamic; }
  [[nodiscard]] bool is_primitive() const noexcept { return kind_ == Kind::boolean || kind_ == Kind::number || kind_ == Kind::string; }
  [[nodiscard]] bool is_collection() const noexcept { return kind_ == Kind::list || kind_ == Kind::set || kind_ == Kind::map; }
  // Of a list, set or map; asking others is a bug.
  [[nodiscard]] const CtyType& element() const noexcept;
  // Of an object, sorted by name; else empty.
  [[nodiscard]] std::span<const Attribute> attributes() const noexcept;
  [[nodiscard]] std::optional<std::size_t> attribute_index(std::string_view name) const noexcept;
  [[nodiscard]] const CtyType* attribute(std::string_view name) const noexcept;  // nullptr when there is none
  // Of a tuple; else empty.
  [[nodiscard]] std::span<const CtyType> elements() const noexcept;
  // True when a dynamic type is anywhere in it.
  [[nodiscard]] bool has_dynamic() const noexcept;
  // The same type in which no attribute is optional.
  [[nodiscard]] CtyType without_optional() const;
  // For errors: "list of object", "string", "a value of any type".
  [[nodiscard]] std::string name() const;

  friend bool operator==(const CtyType& a, const CtyType& b);

 private:
  struct Node;
  explicit CtyType(Kind kind, std::shared_ptr<const Node> node = nullptr) : kind_(kind), node_(std::move(node)) {}
  static CtyType collection(Kind kind, CtyType element);
  static Result<CtyType> object_from(const Value::List& parts);

  Kind kind_ = Kind::dynamic;
  std::shared_ptr<const Node> node_;
};

struct CtyType::Attribute {
  std::string name;
  CtyType type;
  bool optional = false;
  friend bool operator==(const Attribute&, const Attribute&) = default;
};

}  // namespace drift::terraform_internal
