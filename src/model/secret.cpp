#include "drift/model/secret.hpp"

#include <algorithm>

#include "drift/model/hash.hpp"
#include "third/digest.hpp"

namespace drift {
namespace {

constexpr std::string_view unavailable = "unavailable";
constexpr std::string_view digest_prefix = "hmac-sha256:";

std::string canonical(const Value& v) {
  std::string bytes;
  append_canonical(v, bytes);
  return bytes;
}

// The key id of a digest's text; empty when the text is no digest ("unavailable", or damaged).
std::string_view key_id_of(const Value& digest) {
  if (!digest.is_string()) return {};
  std::string_view text = digest.as_string();
  if (!text.starts_with(digest_prefix)) return {};
  text.remove_prefix(digest_prefix.size());
  const std::size_t colon = text.find(':');
  return colon == std::string_view::npos ? std::string_view() : text.substr(0, colon);
}

SecretCompare verdict(bool equal) { return equal ? SecretCompare::equal : SecretCompare::different; }

// The content itself is at hand: a plain secret, or a value that one side does not know to be secret.
bool is_clear(const Value& v) { return v.secret() == Secret::none || v.secret() == Secret::plain; }

SecretCompare compare_with_digest(const Value& clear, const Value& digest, const SecretKey& key) {
  if (key.empty() || key_id_of(digest) != key.id()) return SecretCompare::cannot_tell;
  return verdict(key.digest(clear) == digest.as_string());
}

}  // namespace

SecretKey::~SecretKey() { third::wipe(bytes_); }

SecretKey& SecretKey::operator=(const SecretKey& other) {
  if (this != &other) {
    third::wipe(bytes_);
    bytes_ = other.bytes_;
  }
  return *this;
}

SecretKey& SecretKey::operator=(SecretKey&& other) noexcept {
  if (this != &other) {
    third::wipe(bytes_);
    bytes_ = std::move(other.bytes_);
    third::wipe(other.bytes_);
  }
  return *this;
}

Result<SecretKey> SecretKey::random() {
  std::string bytes;
  if (!third::random_bytes(bytes, 32)) return Error(Errc::io, "the system's generator of random bytes failed").retryable();
  return SecretKey(std::move(bytes));
}

std::string SecretKey::id() const {
  if (empty()) return {};
  return third::hex(third::hmac_sha256(bytes_, "libdrift secret key id")).substr(0, 8);
}

std::string SecretKey::digest(const Value& v) const {
  if (empty()) return std::string(unavailable);
  std::string bytes = canonical(v);
  std::string text = std::string(digest_prefix) + id() + ':' + third::hex(third::hmac_sha256(bytes_, bytes));
  third::wipe(bytes);
  return text;
}

Value seal_secrets(const Value& v, const SecretKey& key) {
  if (v.secret() == Secret::plain) return Value(key.digest(v)).mark(Secret::digest);
  if (!v.holds_secret()) return v;
  Value sealed = v;
  if (v.is_list()) {
    Value::List& list = sealed.edit_list();
    for (Value& e : list) e = seal_secrets(e, key);
  } else if (v.is_object()) {
    std::vector<Object::Member> members;
    members.reserve(v.as_object().size());
    for (const auto& [name, member] : v.as_object()) members.emplace_back(name, seal_secrets(member, key));
    sealed = Value(Object(std::move(members))).mark(v.secret());
  }
  return sealed;
}

bool holds_unavailable(const Value& v) {
  if (v.secret() == Secret::digest) return key_id_of(v).empty();
  if (v.is_list()) return std::any_of(v.as_list().begin(), v.as_list().end(), holds_unavailable);
  if (!v.is_object()) return false;
  return std::any_of(v.as_object().begin(), v.as_object().end(), [](const Object::Member& m) { return holds_unavailable(m.second); });
}

SecretCompare compare_secrets(const Value& a, const Value& b, const SecretKey& key) {
  if (a.holds_unknown() || b.holds_unknown()) return SecretCompare::cannot_tell;
  if (is_clear(a) && is_clear(b)) return verdict(canonical(a) == canonical(b));
  if (a.secret() == Secret::ciphertext && b.secret() == Secret::ciphertext) return verdict(canonical(a) == canonical(b));
  if (a.secret() == Secret::digest && b.secret() == Secret::digest) {
    const std::string_view id = key_id_of(a);
    if (id.empty() || id != key_id_of(b)) return SecretCompare::cannot_tell;
    return verdict(a.as_string() == b.as_string());
  }
  if (is_clear(a) && b.secret() == Secret::digest) return compare_with_digest(a, b, key);
  if (is_clear(b) && a.secret() == Secret::digest) return compare_with_digest(b, a, key);
  return SecretCompare::cannot_tell;
}

}  // namespace drift
