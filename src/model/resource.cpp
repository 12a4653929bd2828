#include "drift/model/resource.hpp"

#include <algorithm>

#include "drift/model/secret.hpp"

namespace drift {
namespace {

void append_word(std::uint64_t n, std::string& out) {
  for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<char>(static_cast<unsigned char>(n >> shift & 0xFF)));
}

void append_sized(std::string_view text, std::string& out) {
  append_word(text.size(), out);
  out += text;
}

// True when `text` is the text of `v` or of a value in it, and that value is secret.
bool is_secret_text(const Value& v, std::string_view text, bool above = false) {
  const bool secret = above || v.is_secret();
  if (!secret && !v.holds_secret()) return false;
  if (v.is_string()) return v.as_string() == text;
  if (v.is_list())
    return std::any_of(v.as_list().begin(), v.as_list().end(), [&](const Value& e) { return is_secret_text(e, text, secret); });
  if (!v.is_object()) return false;
  return std::any_of(v.as_object().begin(), v.as_object().end(),
                     [&](const Object::Member& m) { return is_secret_text(m.second, text, secret); });
}

}  // namespace

bool id_is_secret(const Resource& r) {
  if (r.id.empty()) return false;
  if (r.attributes.is_secret()) return true;
  const Value* id = r.attributes.find("id");
  if (id != nullptr && id->is_secret() && !id->is_null()) return true;
  return is_secret_text(r.attributes, r.id) || (r.inputs && is_secret_text(*r.inputs, r.id));
}

std::string_view resource_kind_name(ResourceKind k) noexcept {
  switch (k) {
    case ResourceKind::managed:
      return "managed";
    case ResourceKind::component:
      return "component";
    case ResourceKind::provider:
      return "provider";
  }
  return "managed";
}

// The long parts enter as their own fingerprints, so that they need not be copied into one buffer.
Fingerprint resource_fingerprint(std::string_view type, std::string_view id, bool tainted, std::string_view attributes,
                                 std::string_view inputs, std::string& scratch) {
  scratch.clear();
  append_sized(type, scratch);
  append_sized(id, scratch);
  scratch.push_back(tainted ? 't' : 'f');
  const auto append_part = [&](std::string_view canonical) {
    const Fingerprint f = fingerprint_bytes(canonical);
    append_word(f.lo, scratch);
    append_word(f.hi, scratch);
  };
  append_part(attributes);
  if (!inputs.empty()) append_part(inputs);
  return fingerprint_bytes(scratch);
}

Fingerprint resource_fingerprint(const Resource& r) {
  std::string attributes, inputs, scratch;
  append_canonical(r.attributes, attributes);
  if (r.inputs) append_canonical(*r.inputs, inputs);
  const std::string type = r.absent ? r.type + std::string("\0absent", 7) : r.type;
  Fingerprint f = resource_fingerprint(type, r.id, r.tainted, attributes, inputs, scratch);
  if (holds_unavailable(r.attributes) || (r.inputs && holds_unavailable(*r.inputs))) f.hi = 0;
  return f;
}

}  // namespace drift
