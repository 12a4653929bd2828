#include "provider/hosted/bare_json.hpp"

#include <utility>

#include "drift/model/json.hpp"

namespace drift::hosted_internal {
namespace {

void collect(const Value& v, bool secret, std::vector<std::string>& out) {
  secret = secret || v.is_secret();
  if (v.is_list())
    for (const Value& element : v.as_list()) collect(element, secret, out);
  if (v.is_object())
    for (const auto& [key, member] : v.as_object()) collect(member, secret, out);
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

void collect_secrets(const Value& v, std::vector<std::string>& out) { collect(v, false, out); }

}  // namespace drift::hosted_internal
