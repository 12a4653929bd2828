#include "model/secret_echoes.hpp"

#include <algorithm>

namespace drift::model_internal {
namespace {

constexpr std::size_t least = 8;

}  // namespace

SecretEchoes::SecretEchoes(std::span<const Value* const> roots) {
  for (const Value* root : roots)
    if (root != nullptr && root->holds_secret()) take(*root, false);
  finish();
}

SecretEchoes::SecretEchoes(std::span<const Resource* const> sides) {
  for (const Resource* r : sides) {
    if (r == nullptr) continue;
    if (r->attributes.holds_secret()) take(r->attributes, false);
    if (r->inputs && r->inputs->holds_secret()) take(*r->inputs, false);
  }
  finish();
}

void SecretEchoes::take(const Value& v, bool secret) {
  if (v.is_secret() && v.secret() != Secret::plain) return;
  secret = secret || v.is_secret();
  if (v.is_string()) {
    if (secret && v.as_string().size() >= least) texts_.emplace_back(v.as_string());
  } else if (v.is_list()) {
    for (const Value& e : v.as_list())
      if (secret || e.holds_secret()) take(e, secret);
  } else if (v.is_object()) {
    for (const auto& [key, member] : v.as_object())
      if (secret || member.holds_secret()) take(member, secret);
  }
}

void SecretEchoes::finish() {
  std::sort(texts_.begin(), texts_.end());
  texts_.erase(std::unique(texts_.begin(), texts_.end()), texts_.end());
}

bool SecretEchoes::in_text(std::string_view text) const {
  return std::any_of(texts_.begin(), texts_.end(), [&](std::string_view secret) { return text.find(secret) != std::string_view::npos; });
}

bool SecretEchoes::in(const Value& v) const {
  if (empty() || v.is_secret()) return false;
  if (v.is_string()) return in_text(v.as_string());
  if (v.is_list()) return std::any_of(v.as_list().begin(), v.as_list().end(), [&](const Value& e) { return in(e); });
  if (!v.is_object()) return false;
  return std::any_of(v.as_object().begin(), v.as_object().end(), [&](const Object::Member& m) { return in(m.second); });
}

void SecretEchoes::mark(Value& v) const {
  if (!in(v)) return;
  if (v.is_string()) {
    v.mark(Secret::plain);
  } else if (v.is_list()) {
    for (Value& e : v.edit_list()) mark(e);
  } else {
    const Value before = v;  // keeps the members in place
    for (const auto& [key, member] : before.as_object()) {
      if (!in(member)) continue;
      Value with = member;
      mark(with);
      v.edit_object().set(key, std::move(with));
    }
  }
}

void SecretEchoes::mark(Resource& r) const {
  mark(r.attributes);
  if (r.inputs) mark(*r.inputs);
}

}  // namespace drift::model_internal
