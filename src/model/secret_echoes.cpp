#include "model/secret_echoes.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>
#include <utility>
#include <variant>

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

// By a hash of the first bytes, of which any text that is looked for has enough.
std::size_t SecretEchoes::place_of(std::string_view text) {
  std::uint32_t first = 0;
  std::memcpy(&first, text.data(), sizeof first);
  return (first * 2654435761U) >> 19U;
}

void SecretEchoes::finish() {
  std::sort(texts_.begin(), texts_.end());
  std::vector<std::string_view> kept;  // those that begin with another are found with it
  for (const std::string_view text : texts_)
    if (kept.empty() || !text.starts_with(kept.back())) kept.push_back(text);
  texts_ = std::move(kept);
  for (const std::string_view text : texts_) begins_.set(place_of(text));
}

// Since none begins with another, the one that stands at a place is the last that does not come after the rest of the text.
bool SecretEchoes::in_text(std::string_view text) const {
  if (empty()) return false;
  for (; text.size() >= least; text.remove_prefix(1)) {
    if (!begins_.test(place_of(text))) continue;
    const auto next = std::upper_bound(texts_.begin(), texts_.end(), text);
    if (next != texts_.begin() && text.starts_with(*std::prev(next))) return true;
  }
  return false;
}

bool SecretEchoes::in_keys(const Value& object) const {
  return std::any_of(object.as_object().begin(), object.as_object().end(), [&](const Object::Member& m) { return in_text(m.first); });
}

bool SecretEchoes::in(const Value& v, Texts texts, bool outermost) const {
  if (empty() || v.is_secret()) return false;
  if (v.is_string()) return texts == all && in_text(v.as_string());
  if (v.is_list()) return std::any_of(v.as_list().begin(), v.as_list().end(), [&](const Value& e) { return in(e, texts, false); });
  if (!v.is_object()) return false;
  if (!outermost && in_keys(v)) return true;
  return std::any_of(v.as_object().begin(), v.as_object().end(), [&](const Object::Member& m) { return in(m.second, texts, false); });
}

void SecretEchoes::mark(Value& v, Texts texts, bool outermost) const {
  if (!in(v, texts, outermost)) return;
  if (v.is_string() || (v.is_object() && !outermost && in_keys(v))) {
    v.mark(Secret::plain);
  } else if (v.is_list()) {
    for (Value& e : v.edit_list()) mark(e, texts, false);
  } else {
    const Value before = v;  // keeps the members in place
    for (const auto& [key, member] : before.as_object()) {
      if (!in(member, texts, false)) continue;
      Value with = member;
      mark(with, texts, false);
      v.edit_object().set(key, std::move(with));
    }
  }
}

void SecretEchoes::mark(Resource& r) const {
  mark(r.attributes);
  if (r.inputs) mark(*r.inputs);
  if (in_text(r.id)) r.id.clear();
}

void SecretEchoes::mark_keys(Resource& r) const {
  mark(r.attributes, keys, true);
  if (r.inputs) mark(*r.inputs, keys, true);
}

Path SecretEchoes::up_to_key(Path path) const {
  const auto begin = path.segments().begin(), end = path.segments().end();
  const auto holds = [&](const Path::Segment& s) { return std::holds_alternative<std::string>(s) && in_text(std::get<std::string>(s)); };
  if (empty() || path.size() < 2) return path;
  return Path({begin, std::find_if(begin + 1, end, holds)});
}

}  // namespace drift::model_internal
