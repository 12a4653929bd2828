#include "provider/terraform/flatten.hpp"

#include <algorithm>

namespace drift::terraform_internal {
namespace {

class Flattener {
 public:
  void add(const std::string& key, const Value& v, const CtyType* type) {
    if (v.is_list()) {
      put(key + ".#", std::to_string(v.as_list().size()));
      for (std::size_t i = 0; i < v.as_list().size(); ++i) add(key + '.' + std::to_string(i), v.as_list()[i], element_of(type, i));
    } else if (v.is_object()) {
      add_object(key, v.as_object(), type);
    } else if (v.is_string()) {
      put(key, v.as_string());
    } else if (v.is_number()) {
      put(key, v.as_number().text());
    } else if (v.is_bool()) {
      put(key, v.as_bool() ? "true" : "false");
    }
  }

  void add_object(const std::string& key, const Object& object, const CtyType* type) {
    if (type != nullptr && type->kind() == CtyType::Kind::map) put(key + ".%", std::to_string(object.size()));
    for (const auto& [name, member] : object) {
      std::string path = key;
      if (!path.empty()) path += '.';
      path += name;
      add(path, member, member_of(type, name));
    }
  }

  [[nodiscard]] std::vector<std::pair<std::string, std::string>> take() {
    std::sort(out_.begin(), out_.end());
    return std::move(out_);
  }

 private:
  static const CtyType* element_of(const CtyType* type, std::size_t i) {
    if (type == nullptr) return nullptr;
    if (type->is_collection()) return &type->element();
    return i < type->elements().size() ? &type->elements()[i] : nullptr;
  }
  static const CtyType* member_of(const CtyType* type, const std::string& name) {
    if (type == nullptr) return nullptr;
    return type->is_collection() ? &type->element() : type->attribute(name);
  }
  void put(std::string key, std::string text) { out_.emplace_back(std::move(key), std::move(text)); }

  std::vector<std::pair<std::string, std::string>> out_;
};

}  // namespace

std::vector<std::pair<std::string, std::string>> flatten(const Value& attributes, const CtyType& type) {
  Flattener f;
  if (attributes.is_object()) f.add_object("", attributes.as_object(), &type);
  return f.take();
}

}  // namespace drift::terraform_internal
