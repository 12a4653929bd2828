#include "provider/pulumi/property.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "drift/model/json.hpp"
#include "model/utf8.hpp"
#include "state/base64.hpp"

namespace drift::pulumi_internal {
namespace {

constexpr std::pair<Tag, std::string_view> signatures[] = {
    {Tag::secret, "1b47061264138c4ac30d75fd1eb44270"},        {Tag::asset, "c44067f5952c0a294b673a41bacd8c17"},
    {Tag::archive, "0def7320c3a5731c473e5ecbe6d01bc7"},       {Tag::reference, "5cf8f73096256a8f31e491e813e4eb8e"},
    {Tag::output, "d0e6a833031e9bbcd3f4e8bde6ca49a4"},        {Tag::byte_string, "803fd3297a5875dc03ca845dda5d2a98"},
    {Tag::odd_number, "8ad145fe-0d11-4827-bfd7-1abcbf086f5c"}};

// What a checkpoint has in place of a value that is not known.
constexpr std::string_view unknown_text = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
// A secret's plaintext is JSON text, which can hold secrets again.
constexpr int most_plaintexts = 4;

class Reader {
 public:
  explicit Reader(std::string_view where) { path_.push(std::string(where)); }

  Result<Value> value(const Value& v) {
    if (v.is_string()) return v.as_string() == unknown_text ? Value::unknown() : v;
    if (v.is_list()) return list(v.as_list());
    if (!v.is_object()) return v;
    switch (tag_of(v)) {
      case Tag::none:
        return object(v.as_object());
      case Tag::secret:
        return secret(v);
      case Tag::asset:
      case Tag::archive:
      case Tag::byte_string:
        return v;
      case Tag::odd_number:
        return odd_number(v);
      case Tag::reference:
        return reference(v);
      case Tag::output:
        return output(v);
      case Tag::unknown:
        break;
    }
    return Error(Errc::unsupported_feature, "a tagged value at " + path_.text() + " had a signature that is not known")
        .next("read this stack with a newer version of libdrift");
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
      path_.push(plaintexts_ == 0 ? key : "(secret)");
      Result<Value> v = value(member);
      if (!v) return v;
      out.emplace_back(key, *std::move(v));
      path_.pop();
    }
    return Value(Object(std::move(out)));
  }

  Result<Value> secret(const Value& v) {
    if (v.find("ciphertext") != nullptr)
      return Error(Errc::encrypted_state, "the secret at " + path_.text() + " was not decrypted")
          .next("see the note `secrets_locked`; for a passphrase set PULUMI_CONFIG_PASSPHRASE");
    const Value* plaintext = v.find("plaintext");
    if (plaintext == nullptr || !plaintext->is_string()) return malformed("a secret", "held neither ciphertext nor plaintext");
    if (plaintexts_ == most_plaintexts) return malformed("a secret", "held secrets inside secrets, too deep");
    Result<Value> parsed = parse_json(plaintext->as_string());
    if (!parsed) return malformed("a secret", "had a plaintext that was no JSON text");
    ++plaintexts_;
    Result<Value> content = value(*parsed);
    --plaintexts_;
    if (!content) return content;
    Value out = tagged(Tag::secret);
    out.edit_object().set("value", *std::move(content));
    return out;
  }

  Result<Value> odd_number(const Value& v) {
    const std::string_view hex = v.string_or("value");
    std::uint64_t bits = 0;
    const auto [end, fault] = std::from_chars(hex.data(), hex.data() + hex.size(), bits, 16);
    if (fault != std::errc() || end != hex.data() + hex.size()) return malformed("a number", "was no hex digits");
    const auto number = std::bit_cast<double>(bits);
    if (!std::isfinite(number)) return v;
    Result<Number> plain = Number::from_double(number);
    if (!plain) return std::move(plain).error();
    return Value(*std::move(plain));
  }

  // An old engine wrote ids as {"V": id}.
  Result<Value> reference(const Value& v) {
    Value out = v;
    const Value* id = v.find("id");
    if (v.string_or("urn").empty()) return malformed("a resource reference", "had no urn");
    if (id == nullptr) return out;
    const Value* wrapped = id->find("V");
    if (id->is_object() && (wrapped == nullptr || wrapped->is_null())) {
      out.edit_object().erase("id");
      return out;
    }
    const Value& text = wrapped != nullptr ? *wrapped : *id;
    const bool known = text.is_string() && !text.as_string().empty() && text.as_string() != unknown_text;
    out.edit_object().set("id", known ? text : Value::unknown());
    return out;
  }

  Result<Value> output(const Value& v) {
    const Value* inner = v.find("value");
    Result<Value> content = inner != nullptr ? value(*inner) : Value::unknown();
    const Value* secret = v.find("secret");
    if (!content || secret == nullptr || !secret->is_bool() || !secret->as_bool()) return content;
    Value out = tagged(Tag::secret);
    out.edit_object().set("value", *std::move(content));
    return out;
  }

  Error malformed(std::string_view what, std::string_view how) const {
    return Error(Errc::bad_structure, std::string(what) + " at " + path_.text() + " " + std::string(how))
        .next("export the stack again with pulumi stack export");
  }

  Path path_;
  int plaintexts_ = 0;
};

Value model_of_asset(const Value& v) {
  if (v.string_or("hash").empty()) return v;
  Object out;
  out.set(signature_key, *v.find(signature_key));
  out.set("hash", *v.find("hash"));
  return Value(std::move(out));
}

Value model_of_reference(const Value& v) {
  Object out;
  for (const std::string_view key : {std::string_view("urn"), std::string_view("id")})
    if (const Value* member = v.find(key)) out.set(key, *member);
  return Value(std::move(out));
}

Value model_of_object(const Object& in) {
  std::vector<Object::Member> out;
  out.reserve(in.size());
  for (const auto& [key, member] : in) out.emplace_back(key, model_of(member));
  return Value(Object(std::move(out)));
}

}  // namespace

Tag tag_of(const Value& v) {
  const Value* signature = v.find(signature_key);
  if (signature == nullptr) return Tag::none;
  if (signature->is_string())
    for (const auto& [tag, text] : signatures)
      if (signature->as_string() == text) return tag;
  return Tag::unknown;
}

bool plain_object(const Value& v) { return v.is_object() && tag_of(v) == Tag::none; }

std::string_view signature_of(Tag tag) noexcept {
  for (const auto& [known, text] : signatures)
    if (known == tag) return text;
  return {};
}

Value tagged(Tag tag) {
  Object out;
  out.set(signature_key, Value(signature_of(tag)));
  return Value(std::move(out));
}

Result<Value> property_of_record(const Value& recorded, std::string_view where) { return Reader(where).value(recorded); }

Value model_of(const Value& v) {
  if (v.is_list()) {
    Value::List out;
    out.reserve(v.as_list().size());
    for (const Value& e : v.as_list()) out.push_back(model_of(e));
    return Value(std::move(out));
  }
  if (!v.is_object()) return v;
  switch (tag_of(v)) {
    case Tag::secret: {
      const Value* inner = v.find("value");
      Value out = inner != nullptr ? model_of(*inner) : Value();
      if (!out.is_secret() && !out.is_unknown()) out.mark(Secret::plain);
      return out;
    }
    case Tag::asset:
    case Tag::archive:
      return model_of_asset(v);
    case Tag::reference:
      return model_of_reference(v);
    case Tag::byte_string:
      return Value(state_internal::base64_decode(v.string_or("value")).value_or(std::string()));
    case Tag::none:
    case Tag::output:
    case Tag::odd_number:
    case Tag::unknown:
      break;
  }
  return model_of_object(v.as_object());
}

bool holds_secret(const Value& v) {
  if (v.is_list()) return std::any_of(v.as_list().begin(), v.as_list().end(), [](const Value& e) { return holds_secret(e); });
  if (!v.is_object()) return false;
  const Tag tag = tag_of(v);
  if (tag != Tag::none) return tag == Tag::secret;
  return std::any_of(v.as_object().begin(), v.as_object().end(), [](const Object::Member& m) { return holds_secret(m.second); });
}

bool loses_digits(const Value& v) {
  if (v.is_number()) {
    if (v.as_number().text().size() <= 15) return false;
    const Result<Number> rounded = Number::from_double(v.as_number().to_double());
    return !rounded || !(*rounded == v.as_number());
  }
  if (v.is_list()) return std::any_of(v.as_list().begin(), v.as_list().end(), [](const Value& e) { return loses_digits(e); });
  if (!v.is_object()) return false;
  return std::any_of(v.as_object().begin(), v.as_object().end(), [](const Object::Member& m) { return loses_digits(m.second); });
}

Value as_doubles(const Value& v) {
  Value out = v;
  if (v.is_number()) {
    const Result<Number> rounded = Number::from_double(v.as_number().to_double());
    if (rounded) out = Value(*rounded);
    out.mark(v.secret());
  } else if (v.is_list()) {
    for (Value& e : out.edit_list()) e = as_doubles(e);
  } else if (v.is_object()) {
    for (const auto& [key, member] : v.as_object())
      if (loses_digits(member)) out.edit_object().set(key, as_doubles(member));
  }
  return out;
}

Value with_digits_of(const Value& known, Value now) {
  if (known.is_number() && now.is_number()) {
    if (known.as_number().to_double() == now.as_number().to_double()) {
      const Secret mark = now.secret();
      now = known;
      now.mark(mark);
    }
  } else if (known.is_list() && now.is_list()) {
    const Value::List& before = known.as_list();
    for (std::size_t i = 0; i < std::min(before.size(), now.as_list().size()); ++i)
      if (loses_digits(before[i])) now.edit_list()[i] = with_digits_of(before[i], std::move(now.edit_list()[i]));
  } else if (known.is_object() && now.is_object()) {
    for (const auto& [key, member] : known.as_object())
      if (now.find(key) != nullptr && loses_digits(member)) now.edit_object().set(key, with_digits_of(member, *now.find(key)));
  }
  return now;
}

}  // namespace drift::pulumi_internal
