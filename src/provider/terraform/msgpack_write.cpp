#include <algorithm>
#include <bit>
#include <limits>

#include "provider/terraform/cty_number.hpp"
#include "provider/terraform/cty_set.hpp"
#include "provider/terraform/frame.hpp"
#include "provider/terraform/json_value.hpp"
#include "provider/terraform/msgpack.hpp"
#include "third/nfc.hpp"

namespace drift::terraform_internal {
namespace {

Error wrong(const Frame& at, std::string what) {
  return Error(Errc::bad_structure, "a value did not fit the provider's schema: " + std::move(what)).at(at.text());
}

class Encoder {
 public:
  explicit Encoder(std::string& out) : out_(out) {}

  Status value(const Value& v, const CtyType& t, const Frame& at) {
    if (v.secret() == Secret::ciphertext || v.secret() == Secret::digest) return wrong(at, "only a digest or ciphertext of it is known");
    if (v.is_unknown()) {
      out_.append("\xd4\0\0", 3);
      return {};
    }
    if (v.is_null()) {
      put(0xc0);
      return {};
    }
    switch (t.kind()) {
      case CtyType::Kind::dynamic:
        return dynamic(v, at);
      case CtyType::Kind::boolean:
        if (!v.is_bool()) break;
        put(v.as_bool() ? 0xc3 : 0xc2);
        return {};
      case CtyType::Kind::number:
        if (!v.is_number()) break;
        return number(v.as_number(), at);
      case CtyType::Kind::string:
        if (!v.is_string()) break;
        text(v.as_string());
        return {};
      case CtyType::Kind::list:
        if (!v.is_list()) break;
        return list(v.as_list(), t.element(), at);
      case CtyType::Kind::set:
        if (!v.is_list()) break;
        return set(v.as_list(), t.element(), at);
      case CtyType::Kind::map:
        if (!v.is_object()) break;
        return map(v.as_object(), t.element(), at);
      case CtyType::Kind::tuple:
        if (!v.is_list()) break;
        return tuple(v.as_list(), t, at);
      case CtyType::Kind::object:
        if (!v.is_object()) break;
        return object(v.as_object(), t, at);
    }
    return wrong(at, t.name() + " is required");
  }

 private:
  void put(unsigned byte) { out_.push_back(static_cast<char>(static_cast<unsigned char>(byte))); }
  void big_endian(std::uint64_t n, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) put(static_cast<unsigned>(n >> (8 * i) & 0xFF));
  }
  // The head of something with a length: short codes from `fix` on for less than `fix_end`, then 8 (when there is one), 16 and 32 bits.
  void head(std::size_t n, unsigned fix, std::size_t fix_end, unsigned code8, unsigned code16, unsigned code32) {
    if (n < fix_end) {
      put(fix | static_cast<unsigned>(n));
    } else if (code8 != 0 && n <= 0xFF) {
      put(code8);
      big_endian(n, 1);
    } else if (n <= 0xFFFF) {
      put(code16);
      big_endian(n, 2);
    } else {
      put(code32);
      big_endian(n, 4);
    }
  }
  void array_head(std::size_t n) { head(n, 0x90, 16, 0, 0xdc, 0xdd); }
  void map_head(std::size_t n) { head(n, 0x80, 16, 0, 0xde, 0xdf); }
  void plain(std::string_view s) {
    head(s.size(), 0xa0, 32, 0xd9, 0xda, 0xdb);
    out_ += s;
  }
  void text(std::string_view s) {
    if (third::is_ascii(s)) {
      plain(s);
    } else {
      plain(third::nfc(s));
    }
  }

  void integer(std::int64_t n) {
    if (n >= 0) {
      const auto u = static_cast<std::uint64_t>(n);
      if (u <= 0x7F) {
        put(static_cast<unsigned>(u));
      } else if (u <= 0xFF) {
        put(0xcc);
        big_endian(u, 1);
      } else if (u <= 0xFFFF) {
        put(0xcd);
        big_endian(u, 2);
      } else if (u <= 0xFFFFFFFF) {
        put(0xce);
        big_endian(u, 4);
      } else {
        put(0xcf);
        big_endian(u, 8);
      }
      return;
    }
    const auto bits = static_cast<std::uint64_t>(n);
    if (n >= -32) {
      put(static_cast<unsigned>(bits & 0xFF));
    } else if (n >= std::numeric_limits<std::int8_t>::min()) {
      put(0xd0);
      big_endian(bits, 1);
    } else if (n >= std::numeric_limits<std::int16_t>::min()) {
      put(0xd1);
      big_endian(bits, 2);
    } else if (n >= std::numeric_limits<std::int32_t>::min()) {
      put(0xd2);
      big_endian(bits, 4);
    } else {
      put(0xd3);
      big_endian(bits, 8);
    }
  }

  Status number(const Number& n, const Frame& at) {
    const std::optional<Number> form = cty_number(n);
    if (!form) return wrong(at, "a number is out of range");
    if (const std::optional<std::int64_t> i = form->to_int64()) {
      integer(*i);
    } else if (const std::optional<double> d = exact_fraction(*form)) {
      put(0xcb);
      big_endian(std::bit_cast<std::uint64_t>(*d), 8);
    } else {
      plain(form->text());
    }
    return {};
  }

  Status list(const Value::List& l, const CtyType& element, const Frame& at) {
    array_head(l.size());
    for (std::size_t i = 0; i < l.size(); ++i) DRIFT_TRY(value(l[i], element, at.child(std::uint64_t{i})));
    return {};
  }

  Status set(const Value::List& l, const CtyType& element, const Frame& at) {
    // Equal elements may be written in more than one way (1.0 and 1); in one form they are found.
    const Value::List typed = json_round_trip(l, CtyType::set(element)).as_list();
    return list(typed, element, at);
  }

  Status map(const Object& o, const CtyType& element, const Frame& at) {
    bool ascii = true;
    for (const auto& [key, member] : o) ascii = ascii && third::is_ascii(key);
    if (ascii) return members(o, element, at);
    std::vector<Object::Member> normal;
    for (const auto& [key, member] : o) normal.emplace_back(third::nfc(key), member);
    return members(Object(std::move(normal)), element, at);
  }
  Status members(const Object& o, const CtyType& element, const Frame& at) {
    map_head(o.size());
    for (const auto& [key, member] : o) {
      plain(key);
      DRIFT_TRY(value(member, element, at.child(key)));
    }
    return {};
  }

  Status tuple(const Value::List& l, const CtyType& t, const Frame& at) {
    if (l.size() != t.elements().size()) return wrong(at, "a tuple has another length");
    array_head(l.size());
    for (std::size_t i = 0; i < l.size(); ++i) DRIFT_TRY(value(l[i], t.elements()[i], at.child(std::uint64_t{i})));
    return {};
  }

  // Both sides are sorted by name.
  Status object(const Object& o, const CtyType& t, const Frame& at) {
    map_head(t.attributes().size());
    auto member = o.begin();
    for (const CtyType::Attribute& a : t.attributes()) {
      plain(a.name);
      if (member != o.end() && member->first == a.name) {
        DRIFT_TRY(value(member->second, a.type, at.child(a.name)));
        ++member;
      } else if (member != o.end() && member->first < a.name) {
        break;
      } else {
        put(0xc0);
      }
    }
    if (member != o.end()) return wrong(at.child(member->first), "the schema has no such attribute");
    return {};
  }

  Status dynamic(const Value& v, const Frame& at) {
    Result<Dynamic> d = read_dynamic(v, at);
    if (!d) return std::move(d).error();
    if (d->type.is_dynamic()) return value(d->value, d->type, at);  // null or unknown
    array_head(2);
    const std::string json = d->type.to_json();
    head(json.size(), 0, 0, 0xc4, 0xc5, 0xc6);
    out_ += json;
    return value(d->value, d->type, at);
  }

  std::string& out_;
};

}  // namespace

Status encode_msgpack(const Value& v, const CtyType& t, std::string& out) {
  const Frame root;
  return Encoder(out).value(v, t, root);
}

}  // namespace drift::terraform_internal
