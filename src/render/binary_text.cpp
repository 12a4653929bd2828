#include "render/binary_text.hpp"

#include <algorithm>
#include <string>

#include "drift/model/hash.hpp"
#include "model/utf8.hpp"

namespace drift::render_internal {
bool holds_binary(const Value& v) {
  if (v.is_string()) return !model_internal::is_utf8(v.as_string());
  if (v.is_list()) return std::any_of(v.as_list().begin(), v.as_list().end(), holds_binary);
  if (!v.is_object()) return false;
  const Object& members = v.as_object();
  return std::any_of(members.begin(), members.end(), [](const Object::Member& m) { return holds_binary(m.second); });
}

Value without_binary(const Value& v) {
  if (!holds_binary(v)) return v;  // nearly always
  if (v.is_string()) {
    const std::string& bytes = v.as_string();
    return "(binary, " + std::to_string(bytes.size()) + (bytes.size() == 1 ? " byte" : " bytes") + ", sha256:" + sha256_hex(bytes) + ')';
  }
  Value out = v;
  if (v.is_list()) {
    for (Value& e : out.edit_list()) e = without_binary(e);
  } else {
    for (const auto& [key, member] : v.as_object()) out.edit_object().set(key, without_binary(member));
  }
  return out;
}

}  // namespace drift::render_internal
