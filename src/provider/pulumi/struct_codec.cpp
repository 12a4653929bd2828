#include "provider/pulumi/struct_codec.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "model/utf8.hpp"
#include "provider/pulumi/property.hpp"
#include "provider/pulumi/urn.hpp"
#include "state/base64.hpp"

namespace drift::pulumi_internal {
namespace {

using third::bytes_of;
using third::wire_bytes;
using third::wire_key;
using third::wire_varint;
using third::WireReader;
using third::WireType;
using third::WireWriter;

constexpr std::size_t most_levels = 128;
constexpr std::size_t most_values = 4'000'000;

// The text that stands for an unknown value by its type; a provider's unknowns are all refused, ours are sent as strings.
constexpr std::string_view unknown_texts[] = {"04da6b54-80e4-46f7-96ec-b56ff0331ba9", "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
                                              "3eeb2bf0-c639-47a8-9e75-3b44932eb421", "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
                                              "030794c1-ac77-496b-92df-f27374a8bd58", "e48ece36-62e2-4504-bad9-02848725956a",
                                              "dd056dcd-154b-4c76-9bd3-c8f88648b5ff"};

void add_text(WireWriter& w, std::uint32_t tag, std::string_view text) { w.add_bytes(tag, text.data(), text.size()); }

std::string_view member_text(const Value& v, std::string_view key) { return v.string_or(key); }

class Encoder {
 public:
  explicit Encoder(const EncodeOptions& options) : options_(options) {}

  // Whether any field was written: protozero takes a submessage back in which there is nothing, and an empty one is a value.
  bool object(WireWriter& w, const Object& members) {
    if (++level_ > most_levels) fail(Error(Errc::depth_limit, "a property is nested deeper than providers are sent it"));
    bool any = false;
    for (const auto& [key, value] : members) {
      if (fault_) break;
      path_.push(key);
      any |= field(w, key, value);
      path_.pop();
    }
    --level_;
    return any;
  }
  [[nodiscard]] Status status() const {
    if (!fault_) return {};
    return Error(*fault_);
  }

 private:
  // Secrets that the provider does not know, down to what they hold; null: nothing of it is sent.
  [[nodiscard]] const Value* sent(const Value& v) const {
    if (v.is_unknown()) return options_.keep_unknowns ? &v : nullptr;
    if (options_.keep_secrets || tag_of(v) != Tag::secret) return &v;
    const Value* inner = v.find("value");
    return inner == nullptr ? nullptr : sent(*inner);
  }

  bool field(WireWriter& w, std::string_view key, const Value& value) {
    const Value* what = sent(value);
    if (what == nullptr) return false;
    WireWriter entry(w, 1);
    add_text(entry, 1, key);
    WireWriter inner(entry, 2);
    put(inner, *what);
    return true;
  }

  void structure(WireWriter& w, const Object& members) {
    bool any = false;
    {
      WireWriter inner(w, 5);
      any = object(inner, members);
    }
    if (!any) add_text(w, 5, {});
  }

  void put(WireWriter& w, const Value& v) {
    switch (v.kind()) {
      case Value::Kind::null:
        return w.add_enum(1, 0);
      case Value::Kind::boolean:
        return w.add_bool(4, v.as_bool());
      case Value::Kind::number:
        return w.add_double(2, v.as_number().to_double());
      case Value::Kind::string:
        return text(w, v.as_string());
      case Value::Kind::unknown:
        return add_text(w, 3, unknown_texts[0]);
      case Value::Kind::list:
        return list(w, v.as_list());
      case Value::Kind::object:
        return tagged_or_plain(w, v);
    }
  }

  void text(WireWriter& w, const std::string& s) {
    if (model_internal::is_utf8(s)) return add_text(w, 3, s);
    bytes(w, state_internal::base64_encode(s));
  }

  void list(WireWriter& w, const Value::List& elements) {
    if (++level_ > most_levels) fail(Error(Errc::depth_limit, "a property is nested deeper than providers are sent it"));
    bool any = false;
    {
      WireWriter inner(w, 6);
      for (std::size_t i = 0; i < elements.size() && !fault_; ++i) {
        const Value* what = sent(elements[i]);
        if (what == nullptr) continue;
        any = true;
        path_.push(std::uint64_t{i});
        WireWriter element(inner, 1);
        put(element, *what);
        path_.pop();
      }
    }
    if (!any) add_text(w, 6, {});
    --level_;
  }

  void tagged_or_plain(WireWriter& w, const Value& v) {
    switch (tag_of(v)) {
      case Tag::asset:
      case Tag::archive:
        return asset(w, v);
      case Tag::reference:
        return reference(w, v);
      case Tag::byte_string:
        return byte_string(w, v);
      case Tag::odd_number: {
        std::uint64_t bits = 0;
        const std::string_view hex = member_text(v, "value");
        (void)std::from_chars(hex.data(), hex.data() + hex.size(), bits, 16);
        return w.add_double(2, std::bit_cast<double>(bits));
      }
      case Tag::none:
      case Tag::secret:
      case Tag::output:
      case Tag::unknown:
        break;
    }
    structure(w, v.as_object());
  }

  void asset(WireWriter& w, const Value& v) {
    if (!options_.elide_assets) return structure(w, v.as_object());
    Object elided;
    elided.set(signature_key, *v.find(signature_key));
    if (!member_text(v, "hash").empty()) elided.set("hash", *v.find("hash"));
    structure(w, elided);
  }

  // Name and type follow from the URN where the checkpoint has none.
  void reference(WireWriter& w, const Value& v) {
    const Value* id = v.find("id");
    if (!options_.keep_references) {
      if (id == nullptr) return add_text(w, 3, member_text(v, "urn"));
      if (id->is_unknown()) return add_text(w, 3, options_.keep_unknowns ? unknown_texts[0] : std::string_view());
      return put(w, *id);
    }
    Object out;
    for (const std::string_view key : {signature_key, std::string_view("urn"), std::string_view("packageVersion")})
      if (const Value* member = v.find(key)) out.set(key, *member);
    const std::string_view urn = member_text(v, "urn");
    const std::string_view type = v.string_or("type", urn_type(urn)), name = v.string_or("name", urn_name(urn));
    if (!name.empty()) out.set("name", Value(name));
    if (!type.empty()) out.set("type", Value(type));
    if (id != nullptr) out.set("id", id->is_unknown() ? Value("") : *id);
    structure(w, out);
  }

  void byte_string(WireWriter& w, const Value& v) {
    const std::string_view encoded = member_text(v, "value");
    const std::optional<std::string> raw = state_internal::base64_decode(encoded);
    if (!raw) return fail(Error(Errc::bad_structure, "a byte string was not base64"));
    if (model_internal::is_utf8(*raw)) return add_text(w, 3, *raw);
    bytes(w, std::string(encoded));
  }

  void bytes(WireWriter& w, const std::string& encoded) {
    if (!options_.keep_byte_strings)
      return fail(Error(Errc::unsupported_feature, "a text holds bytes that are no UTF-8, which the provider does not take")
                      .next("use a newer version of the provider's plugin"));
    Object out = tagged(Tag::byte_string).as_object();
    out.set("value", Value(encoded));
    structure(w, out);
  }

  void fail(Error e) {
    if (!fault_) fault_ = std::move(e).in("while sending the property " + path_.text());
  }

  const EncodeOptions& options_;
  Path path_;
  std::size_t level_ = 0;
  std::optional<Error> fault_;
};

class Decoder {
 public:
  Decoder(std::string_view what, std::span<const Value* const> known) : what_(what), known_(known) {}

  Value object(std::string_view bytes) {
    std::vector<Object::Member> members;
    if (++level_ > most_levels) fail(Errc::depth_limit, "nested too deep");
    third::read_inner(bytes, [&](WireReader& r) {
      if (fault_ || r.tag_and_type() != wire_bytes(1)) return r.skip();
      auto member = entry(bytes_of(r));
      if (!fault_) members.push_back(std::move(member));
    });
    --level_;
    return Value(Object(std::move(members)));
  }
  [[nodiscard]] const std::optional<Error>& fault() const noexcept { return fault_; }

 private:
  Object::Member entry(std::string_view bytes) {
    std::string key;
    std::string_view value;
    third::read_inner(bytes, [&](WireReader& r) {
      if (r.tag_and_type() == wire_bytes(1))
        key = bytes_of(r);
      else if (r.tag_and_type() == wire_bytes(2))
        value = bytes_of(r);
      else
        r.skip();
    });
    check_text(key);
    path_.push(key);
    Value v = read(value);
    path_.pop();
    return {std::move(key), std::move(v)};
  }

  Value read(std::string_view bytes) {
    Value out;
    if (++count_ > most_values) fail(Errc::node_limit, "more values than one may have");
    third::read_inner(bytes, [&](WireReader& r) {
      if (fault_) return r.skip();
      switch (r.tag_and_type()) {
        case wire_varint(1):
          r.skip();
          out = Value();
          break;
        case wire_key(2, WireType::fixed64):
          out = number(r.get_double());
          break;
        case wire_bytes(3):
          out = text(bytes_of(r));
          break;
        case wire_varint(4):
          out = Value(r.get_bool());
          break;
        case wire_bytes(5):
          out = untag(object(bytes_of(r)));
          break;
        case wire_bytes(6):
          out = list(bytes_of(r));
          break;
        default:
          r.skip();
      }
    });
    return out;
  }

  Value list(std::string_view bytes) {
    Value::List out;
    if (++level_ > most_levels) fail(Errc::depth_limit, "nested too deep");
    third::read_inner(bytes, [&](WireReader& r) {
      if (fault_ || r.tag_and_type() != wire_bytes(1)) return r.skip();
      path_.push(std::uint64_t{out.size()});
      Value v = read(bytes_of(r));
      path_.pop();
      out.push_back(std::move(v));
    });
    --level_;
    return Value(std::move(out));
  }

  static Value number(double d) {
    if (Result<Number> n = Number::from_double(d)) return Value(*std::move(n));
    char hex[17] = {};
    const auto bits = std::bit_cast<std::uint64_t>(d);
    for (int i = 0; i < 16; ++i) hex[i] = "0123456789abcdef"[bits >> (60 - 4 * i) & 0xfU];
    Value out = tagged(Tag::odd_number);
    out.edit_object().set("value", Value(std::string_view(hex, 16)));
    return out;
  }

  Value text(std::string_view s) {
    check_text(s);
    if (std::find(std::begin(unknown_texts), std::end(unknown_texts), s) != std::end(unknown_texts))
      fail(Errc::parse, "a value that is not known");
    return Value(s);
  }

  void check_text(std::string_view s) {
    if (!model_internal::is_utf8(s)) fail(Errc::parse, "a text that is no UTF-8");
  }

  // Checks what is tagged, and gives it the form of a property.
  Value untag(Value v) {
    switch (tag_of(v)) {
      case Tag::none:
        return v;
      case Tag::secret:
        if (v.find("value") == nullptr) fail(Errc::parse, "a secret without a value");
        return v;
      case Tag::asset:
      case Tag::archive:
        return asset(std::move(v));
      case Tag::byte_string:
        return byte_string(v);
      case Tag::reference:
        return reference(std::move(v));
      case Tag::output:
        return output(v);
      case Tag::odd_number:
      case Tag::unknown:
        fail(Errc::unsupported_feature, "a tagged value that is not known");
    }
    return v;
  }

  Value asset(Value v) {
    for (const char* key : {"hash", "text", "path", "uri"}) {
      const Value* member = v.find(key);
      if (member == nullptr) continue;
      if (!member->is_string()) fail(Errc::parse, "an asset that is none");
      if (member->is_string() && member->as_string().empty()) v.edit_object().erase(key);
    }
    return v;
  }

  Value byte_string(const Value& v) {
    const Value* encoded = v.find("value");
    const std::optional<std::string> raw =
        encoded != nullptr && encoded->is_string() ? state_internal::base64_decode(encoded->as_string()) : std::nullopt;
    if (!raw) fail(Errc::parse, "a byte string that is none");
    return raw && model_internal::is_utf8(*raw) ? Value(*raw) : v;
  }

  Value reference(Value v) {
    for (const char* key : {"urn", "name", "type", "id", "packageVersion"}) {
      const Value* member = v.find(key);
      if (member == nullptr ? std::string_view(key) == "urn" : !member->is_string()) fail(Errc::parse, "a resource reference that is none");
    }
    if (const Value* id = v.find("id"); id != nullptr && id->is_string() && id->as_string().empty())
      v.edit_object().set("id", Value::unknown());
    return v;
  }

  Value output(const Value& v) {
    const Value* value = v.find("value");
    if (value == nullptr) {
      fail(Errc::parse, "a value that is not known");
      return {};
    }
    const Value* secret = v.find("secret");
    if (secret != nullptr && !secret->is_bool()) fail(Errc::parse, "an output that is none");
    if (secret == nullptr || !secret->is_bool() || !secret->as_bool()) return *value;
    Value out = tagged(Tag::secret);
    out.edit_object().set("value", *value);
    return out;
  }

  // The names in a secret are part of it. Of one that is still being read only "value" is known, which may be a name like others.
  [[nodiscard]] Path shown_place() const {
    Path known = path_;
    for (const Value* v : known_) known = up_to_secret(*v, std::move(known));
    const auto begin = known.segments().begin(), end = known.segments().end();
    return Path({begin, std::find(begin, end, Path::Segment("value"))});
  }

  void fail(Errc code, std::string_view how) {
    if (fault_) return;
    const std::string place = shown_place().text();
    const std::string at = place.empty() ? std::string() : " (at " + place + ")";
    fault_ = Error(code, "the " + std::string(what_) + " that the provider gave held " + std::string(how) + at)
                 .next("report it to the provider's authors");
  }

  std::string_view what_;
  std::span<const Value* const> known_;
  Path path_;
  std::size_t level_ = 0, count_ = 0;
  std::optional<Error> fault_;
};

}  // namespace

Status encode_struct(const Value& object, const EncodeOptions& options, std::string& out) {
  Encoder e(options);
  WireWriter w(out);
  if (object.is_object()) e.object(w, object.as_object());
  return e.status();
}

Result<Value> decode_struct(std::string_view bytes, std::string_view what, std::span<const Value* const> known) {
  Decoder d(what, known);
  Value out;
  DRIFT_TRY(third::guard(what, [&] { out = d.object(bytes); }));
  if (d.fault()) return Error(*d.fault());
  return out;
}

}  // namespace drift::pulumi_internal
