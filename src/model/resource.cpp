#include "drift/model/resource.hpp"

namespace drift {
namespace {

void append_word(std::uint64_t n, std::string& out) {
  for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<char>(static_cast<unsigned char>(n >> shift & 0xFF)));
}

void append_sized(std::string_view text, std::string& out) {
  append_word(text.size(), out);
  out += text;
}

}  // namespace

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
  if (!r.absent) return resource_fingerprint(r.type, r.id, r.tainted, attributes, inputs, scratch);
  return resource_fingerprint(r.type + std::string("\0absent", 7), r.id, r.tainted, attributes, inputs, scratch);
}

}  // namespace drift
