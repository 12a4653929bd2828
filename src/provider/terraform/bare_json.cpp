#include "provider/terraform/bare_json.hpp"

#include <iterator>
#include <utility>

#include "drift/model/json.hpp"
#include "provider/hosted/masking.hpp"

namespace drift::terraform_internal {
namespace {

// `t` is its type, nullptr where that is not known.
void collect(const Value& v, const CtyType* t, bool secret, std::vector<std::string>& out) {
  secret = secret || v.is_secret();
  if (v.is_list()) {
    for (std::size_t i = 0; i < v.as_list().size(); ++i) {
      const CtyType* inner = nullptr;
      if (t != nullptr && t->kind() == CtyType::Kind::tuple && i < t->elements().size()) inner = &t->elements()[i];
      if (t != nullptr && t->is_collection()) inner = &t->element();
      collect(v.as_list()[i], inner, secret, out);
    }
  }
  if (v.is_object()) {
    const bool map = t != nullptr && t->kind() == CtyType::Kind::map;
    for (const auto& [key, member] : v.as_object()) {
      if (secret && map) out.push_back(key);  // the keys of an object are the schema's
      collect(member, map ? &t->element() : t != nullptr ? t->attribute(key) : nullptr, secret, out);
    }
  }
  if (secret && v.is_string()) out.push_back(v.as_string());
  if (secret && v.is_number()) out.push_back(v.as_number().text());
}

void append_list(std::string& out, const Value::List& list) {
  out.push_back('[');
  bool first = true;
  for (const Value& element : list) {
    if (!std::exchange(first, false)) out.push_back(',');
    append_bare_json(out, element);
  }
  out.push_back(']');
}

void append_object(std::string& out, const Object& object) {
  out.push_back('{');
  bool first = true;
  for (const auto& [key, member] : object) {
    if (!std::exchange(first, false)) out.push_back(',');
    append_json_string(out, key);
    out.push_back(':');
    append_bare_json(out, member);
  }
  out.push_back('}');
}

}  // namespace

void append_bare_json(std::string& out, const Value& v) {
  if (v.secret() == Secret::ciphertext || v.secret() == Secret::digest) {
    out += "null";
    return;
  }
  switch (v.kind()) {
    case Value::Kind::null:
    case Value::Kind::unknown:
      out += "null";
      return;
    case Value::Kind::boolean:
      out += v.as_bool() ? "true" : "false";
      return;
    case Value::Kind::number:
      out += v.as_number().text();
      return;
    case Value::Kind::string:
      append_json_string(out, v.as_string());
      return;
    case Value::Kind::list:
      append_list(out, v.as_list());
      return;
    case Value::Kind::object:
      append_object(out, v.as_object());
      return;
  }
}

void collect_secrets(const Value& v, std::vector<std::string>& out, const CtyType* type) { collect(v, type, false, out); }

void add_secrets_of(const Value& v, const CtyType& type, std::vector<std::string>& forms) {
  std::vector<std::string> own;
  collect_secrets(v, own, &type);
  own = hosted_internal::secret_forms(own);
  forms.insert(forms.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
  hosted_internal::order_secrets(forms);
}

}  // namespace drift::terraform_internal
