#include "provider/terraform/typed_secrets.hpp"

#include <iterator>

#include "provider/hosted/bare_json.hpp"
#include "provider/hosted/masking.hpp"

namespace drift::terraform_internal {
namespace {

// `t` is its type, nullptr where that is not known. The keys of an object are the schema's.
void collect_keys(const Value& v, const CtyType* t, bool secret, std::vector<std::string>& out) {
  if (t == nullptr) return;
  secret = secret || v.is_secret();
  if (v.is_list()) {
    for (std::size_t i = 0; i < v.as_list().size(); ++i) {
      const CtyType* inner = nullptr;
      if (t->kind() == CtyType::Kind::tuple && i < t->elements().size()) inner = &t->elements()[i];
      if (t->is_collection()) inner = &t->element();
      collect_keys(v.as_list()[i], inner, secret, out);
    }
  }
  if (!v.is_object()) return;
  const bool map = t->kind() == CtyType::Kind::map;
  for (const auto& [key, member] : v.as_object()) {
    if (secret && map) out.push_back(key);
    collect_keys(member, map ? &t->element() : t->attribute(key), secret, out);
  }
}

}  // namespace

void collect_secrets(const Value& v, const CtyType& type, std::vector<std::string>& out) {
  hosted_internal::collect_secrets(v, out);
  collect_keys(v, &type, false, out);
}

void add_secrets_of(const Value& v, const CtyType& type, std::vector<std::string>& forms) {
  std::vector<std::string> own;
  collect_secrets(v, type, own);
  own = hosted_internal::secret_forms(own);
  forms.insert(forms.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
  hosted_internal::order_secrets(forms);
}

}  // namespace drift::terraform_internal
