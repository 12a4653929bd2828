#include "state/pulumi_values.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "drift/model/json.hpp"
#include "drift/model/path.hpp"
#include "state/base64.hpp"

namespace drift::state_internal {
namespace {

constexpr std::string_view kAsset = "c44067f5952c0a294b673a41bacd8c17";
constexpr std::string_view kArchive = "0def7320c3a5731c473e5ecbe6d01bc7";
constexpr std::string_view kReference = "5cf8f73096256a8f31e491e813e4eb8e";
constexpr std::string_view kOutput = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
constexpr std::string_view kByteString = "803fd3297a5875dc03ca845dda5d2a98";
constexpr std::string_view kFloat = "8ad145fe-0d11-4827-bfd7-1abcbf086f5c";

// A secret's plaintext is JSON text, which can hold secrets again. Nobody nests them like this.
constexpr int kMaxPlaintexts = 4;

class Untagger {
 public:
  explicit Untagger(std::string_view where) { path_.push(std::string(where)); }

  Result<Value> value(const Value& v) {
    switch (v.kind()) {
      case Value::Kind::string:
        return v.as_string() == kPulumiUnknown ? Value::unknown() : v;
      case Value::Kind::list:
        return list(v.as_list());
      case Value::Kind::object:
        return v.find(kPulumiSignature) != nullptr ? tagged(v) : object(v.as_object());
      default:
        return v;
    }
  }

 private:
  Result<Value> list(const Value::List& in) {
    Value::List out;
    out.reserve(in.size());
    for (const Value& e : in) {
      path_.push(std::uint64_t{out.size()});
      Result<Value> v = value(e);
      if (!v) return v;
      out.push_back(*std::move(v));
      path_.pop();
    }
    return Value(std::move(out));
  }

  Result<Value> object(const Object& in) {
    std::vector<Object::Member> out;
    out.reserve(in.size());
    for (const auto& [key, member] : in) {
      if (key == kPulumiSignature) {
        out.emplace_back(key, member);
        continue;
      }
      path_.push(plaintexts_ == 0 ? key : "(secret)");  // the keys of a secret are part of it
      Result<Value> v = value(member);
      if (!v) return v;
      out.emplace_back(key, *std::move(v));
      path_.pop();
    }
    return Value(Object(std::move(out)));
  }

  Result<Value> tagged(const Value& v) {
    const std::string_view signature = v.string_or(kPulumiSignature);
    if (signature == kPulumiSecret) return secret(v);
    if (signature == kAsset || signature == kArchive) return asset(v);
    if (signature == kReference) return reference(v);
    if (signature == kOutput) return output(v);
    if (signature == kByteString) return byte_string(v);
    if (signature == kFloat) return object(v.as_object());
    return Error(Errc::unsupported_feature, "a tagged value at " + path_.text() + " had a signature that is not known")
        .next("read this stack with a newer version of libdrift");
  }

  Result<Value> secret(const Value& v) {
    const Value* ciphertext = v.find("ciphertext");
    const Value* plaintext = v.find("plaintext");
    const Value* given = ciphertext != nullptr ? ciphertext : plaintext;
    if (given == nullptr || (ciphertext != nullptr && plaintext != nullptr) || !given->is_string())
      return malformed("a secret", "held neither or both of ciphertext and plaintext");
    if (ciphertext != nullptr) return Value(ciphertext->as_string()).mark(Secret::ciphertext);
    if (plaintexts_ == kMaxPlaintexts) return malformed("a secret", "held secrets inside secrets, too deep");
    Result<Value> parsed = parse_json(plaintext->as_string());
    if (!parsed) return malformed("a secret", "had a plaintext that was no JSON text");
    ++plaintexts_;
    Result<Value> content = value(*parsed);
    --plaintexts_;
    if (content) mark_plain(*content);
    return content;
  }

  // What is ciphertext or unknown has no content that could be a plain secret.
  static void mark_plain(Value& v) {
    if (!v.is_secret() && !v.is_unknown()) v.mark(Secret::plain);
  }

  Result<Value> asset(const Value& v) {
    const Value* hash = v.find("hash");
    if (hash == nullptr || !hash->is_string() || hash->as_string().empty()) return object(v.as_object());
    Object out;
    out.set(kPulumiSignature, *v.find(kPulumiSignature));
    out.set("hash", *hash);
    return Value(std::move(out));
  }

  Result<Value> reference(const Value& v) {
    Object out;
    for (const std::string_view key : {std::string_view("urn"), std::string_view("id")}) {
      const Value* member = v.find(key);
      if (member == nullptr) continue;
      path_.push(std::string(key));
      Result<Value> inner = value(*member);
      if (!inner) return inner;
      path_.pop();
      out.set(key, *std::move(inner));
    }
    if (!out.contains("urn")) return malformed("a resource reference", "had no urn");
    return Value(std::move(out));
  }

  Result<Value> output(const Value& v) {
    const Value* inner = v.find("value");
    if (inner == nullptr) return Value::unknown();
    Result<Value> content = value(*inner);
    const Value* is_secret = v.find("secret");
    if (content && is_secret != nullptr && is_secret->is_bool() && is_secret->as_bool()) mark_plain(*content);
    return content;
  }

  Result<Value> byte_string(const Value& v) {
    const Value* text = v.find("value");
    std::optional<std::string> bytes = text != nullptr && text->is_string() ? base64_decode(text->as_string()) : std::nullopt;
    if (!bytes) return malformed("a byte string", "was not base64");
    return Value(std::move(*bytes));
  }

  Error malformed(std::string_view what, std::string_view how) const {
    return Error(Errc::bad_structure, std::string(what) + " at " + path_.text() + " " + std::string(how))
        .next("export the stack again with pulumi stack export");
  }

  Path path_;
  int plaintexts_ = 0;
};

}  // namespace

Result<Value> untag_pulumi(const Value& v, std::string_view where) { return Untagger(where).value(v); }

bool is_pulumi_urn(std::string_view urn) {
  constexpr std::string_view prefix = "urn:pulumi:";
  if (!urn.starts_with(prefix)) return false;
  std::size_t at = prefix.size();
  for (int i = 0; i < 3; ++i) {
    at = urn.find("::", at);
    if (at == std::string_view::npos) return false;
    at += 2;
  }
  return true;
}

}  // namespace drift::state_internal
