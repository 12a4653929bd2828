#include <bit>
#include <utility>

#include "provider/terraform/cty_number.hpp"
#include "provider/terraform/cty_set.hpp"
#include "provider/terraform/frame.hpp"
#include "provider/terraform/json_value.hpp"
#include "provider/terraform/msgpack.hpp"
#include "third/nfc.hpp"

namespace drift::terraform_internal {
namespace {

constexpr std::size_t max_refinement = 1024;  // as go-cty
constexpr unsigned refined_unknown = 0x0c;

// Reads along the type. Each function returns false after fail(), which keeps the first error.
class Decoder {
 public:
  Decoder(std::string_view bytes, const DecodeLimits& limits) : bytes_(bytes), limits_(limits) {}

  bool value(const CtyType& t, const Frame& at, Value& out) {
    if (at_ >= bytes_.size()) return cut(at);
    const unsigned code = peek();
    if (code == 0xc0) {
      ++at_;
      return true;
    }
    if (is_extension(code)) return unknown(at, out);
    if (t.is_primitive()) return primitive(t, at, out);
    if (depth_ >= limits_.max_depth) return fail(Errc::depth_limit, "it had too many levels", at);
    ++depth_;
    const bool ok = compound(t, at, out);
    --depth_;
    return ok;
  }

  [[nodiscard]] Error&& error() && { return *std::move(error_); }

 private:
  [[nodiscard]] unsigned peek() const { return static_cast<unsigned char>(bytes_[at_]); }
  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
  static bool is_extension(unsigned code) { return (code >= 0xd4 && code <= 0xd8) || (code >= 0xc7 && code <= 0xc9); }

  bool fail(Errc code, std::string what, const Frame& at) {
    if (error_) return false;
    const std::uint64_t byte = at_;
    error_ = Error(code, "a value of the provider could not be read: " + std::move(what)).at(at.text()).position({1, byte + 1, byte});
    return false;
  }
  bool cut(const Frame& at) { return fail(Errc::truncated, "it ended too early", at); }
  bool wrong(const CtyType& t, const Frame& at) { return fail(Errc::bad_structure, t.name() + " is required", at); }

  bool big_endian(int bytes, std::uint64_t& n, const Frame& at) {
    if (left() < static_cast<std::size_t>(bytes)) return cut(at);
    n = 0;
    for (int i = 0; i < bytes; ++i) n = n << 8U | static_cast<unsigned char>(bytes_[at_++]);
    return true;
  }

  // The bytes of a string or bin; `known` false when the code is of neither.
  bool text(std::string_view& out, bool& known, const Frame& at) {
    const unsigned code = peek();
    std::uint64_t n = 0;
    known = true;
    if ((code & 0xE0U) == 0xa0) {
      ++at_;
      n = code & 0x1FU;
    } else if (code == 0xd9 || code == 0xc4 || code == 0xda || code == 0xc5 || code == 0xdb || code == 0xc6) {
      ++at_;
      if (!big_endian(code == 0xd9 || code == 0xc4 ? 1 : code == 0xda || code == 0xc5 ? 2 : 4, n, at)) return false;
    } else {
      known = false;
      return true;
    }
    if (n > left()) return cut(at);
    out = bytes_.substr(at_, n);
    at_ += n;
    return true;
  }

  // The length of an array (fix 0x90, 0xdc, 0xdd) or map (0x80, 0xde, 0xdf) of elements that take `least` bytes each.
  bool length(unsigned fix, unsigned code16, std::size_t least, const CtyType& t, const Frame& at, std::size_t& n) {
    const unsigned code = peek();
    std::uint64_t count = 0;
    if ((code & 0xF0U) == fix) {
      ++at_;
      count = code & 0x0FU;
    } else if (code == code16 || code == code16 + 1) {
      ++at_;
      if (!big_endian(code == code16 ? 2 : 4, count, at)) return false;
    } else {
      return wrong(t, at);
    }
    if (count > left() / least) return cut(at);  // before anything is reserved for it
    nodes_ += count;
    if (nodes_ > limits_.max_nodes) return fail(Errc::node_limit, "it held too many values", at);
    n = count;
    return true;
  }
  bool array_length(const CtyType& t, const Frame& at, std::size_t& n) { return length(0x90, 0xdc, 1, t, at, n); }
  bool map_length(const CtyType& t, const Frame& at, std::size_t& n) { return length(0x80, 0xde, 2, t, at, n); }

  bool unknown(const Frame& at, Value& out) {
    const unsigned code = static_cast<unsigned char>(bytes_[at_++]);
    std::uint64_t n = 0, kind = 0;
    if (code >= 0xd4) {
      n = std::uint64_t{1} << (code - 0xd4);
    } else if (!big_endian(1 << (code - 0xc7), n, at)) {
      return false;
    }
    if (!big_endian(1, kind, at)) return false;
    if (n > left()) return cut(at);
    if (n > 1) {
      if (kind != refined_unknown) return fail(Errc::bad_structure, "it held an extension that is no unknown value", at);
      if (n > max_refinement) return fail(Errc::byte_limit, "the refinement of an unknown value was too long", at);
    }
    at_ += n;
    out = Value::unknown();
    return true;
  }

  bool primitive(const CtyType& t, const Frame& at, Value& out) {
    const unsigned code = peek();
    if (t.kind() == CtyType::Kind::boolean) {
      if (code != 0xc2 && code != 0xc3) return wrong(t, at);
      ++at_;
      out = Value(code == 0xc3);
      return true;
    }
    if (t.kind() == CtyType::Kind::number && number(code, at, out)) return true;
    if (error_) return false;
    std::string_view s;
    bool known = false;
    if (!text(s, known, at)) return false;
    if (!known) return wrong(t, at);
    if (t.kind() == CtyType::Kind::string) {
      out = third::is_ascii(s) ? Value(s) : Value(third::nfc(s));
      return true;
    }
    std::optional<Number> n = cty_number(s);
    if (!n) return wrong(t, at);
    out = Value(*std::move(n));
    return true;
  }

  // An integer or float; false without an error when it is neither.
  bool number(unsigned code, const Frame& at, Value& out) {
    if (code <= 0x7f || code >= 0xe0) {
      ++at_;
      out = Value(static_cast<std::int64_t>(static_cast<std::int8_t>(code)));
      return true;
    }
    if (code < 0xca || code > 0xd3) return false;
    ++at_;
    std::uint64_t n = 0;
    const int width = code == 0xca ? 4 : code == 0xcb ? 8 : 1 << ((code - 0xcc) & 3U);
    if (!big_endian(width, n, at)) return false;
    if (code >= 0xd0) {
      const unsigned unused = 64U - static_cast<unsigned>(width) * 8;
      out = Value(static_cast<std::int64_t>(n << unused) >> unused);
    } else if (code >= 0xcc) {
      out = Value(n);
    } else {
      const double d = code == 0xca ? static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(n))) : std::bit_cast<double>(n);
      std::optional<Number> form = cty_number(d);
      if (!form) return fail(Errc::bad_structure, "a number was not finite", at);
      out = Value(*std::move(form));
    }
    return true;
  }

  bool compound(const CtyType& t, const Frame& at, Value& out) {
    std::size_t n = 0;
    switch (t.kind()) {
      case CtyType::Kind::list:
      case CtyType::Kind::set:
      case CtyType::Kind::tuple:
        return array_length(t, at, n) && elements(n, t, at, out);
      case CtyType::Kind::map:
        return map_length(t, at, n) && map(n, t, at, out);
      case CtyType::Kind::object:
        return map_length(t, at, n) && object(n, t, at, out);
      default:
        return dynamic(t, at, out);
    }
  }

  bool elements(std::size_t n, const CtyType& t, const Frame& at, Value& out) {
    const bool tuple = t.kind() == CtyType::Kind::tuple;
    if (tuple && n != t.elements().size()) return fail(Errc::bad_structure, "a tuple had another length", at);
    Value::List list(n);
    for (std::size_t i = 0; i < n; ++i)
      if (!value(tuple ? t.elements()[i] : t.element(), at.child(std::uint64_t{i}), list[i])) return false;
    if (t.kind() == CtyType::Kind::set) order_set(list);
    out = Value(std::move(list));
    return true;
  }

  bool key(std::string_view& s, const Frame& at) {
    bool known = false;
    if (at_ >= bytes_.size()) return cut(at);
    if (!text(s, known, at)) return false;
    return known || fail(Errc::bad_structure, "a key was no string", at);
  }

  bool map(std::size_t n, const CtyType& t, const Frame& at, Value& out) {
    std::vector<Object::Member> members(n);
    for (auto& [name, member] : members) {
      std::string_view s;
      if (!key(s, at)) return false;
      if (third::is_ascii(s)) {
        name = s;
      } else {
        name = third::nfc(s);
      }
      if (!value(t.element(), at.child(s), member)) return false;
    }
    out = Value(Object(std::move(members)));  // of equal keys the last stays, as in go-cty
    return true;
  }

  bool object(std::size_t n, const CtyType& t, const Frame& at, Value& out) {
    const auto types = t.attributes();
    if (n != types.size())
      return fail(Errc::bad_structure, "an object had " + std::to_string(n) + " attributes, not " + std::to_string(types.size()), at);
    std::vector<Object::Member> members(n);
    std::vector<bool> seen;  // filled in once the attributes do not come in order
    for (std::size_t i = 0; i < n; ++i) {
      std::string_view s;
      if (!key(s, at)) return false;
      std::size_t place = i;
      if (!seen.empty() || s != types[i].name) {
        const std::optional<std::size_t> index = t.attribute_index(s);
        if (!index) return fail(Errc::bad_structure, "the schema has no such attribute", at.child(s));
        if (seen.empty()) {
          seen.assign(n, false);
          std::fill_n(seen.begin(), i, true);
        }
        place = *index;
        if (seen[place]) return fail(Errc::duplicate_key, "an attribute was given twice", at.child(s));
        seen[place] = true;
      }
      members[place].first = types[place].name;
      if (!value(types[place].type, at.child(s), members[place].second)) return false;
    }
    out = Value(Object(std::move(members)));
    return true;
  }

  bool dynamic(const CtyType& t, const Frame& at, Value& out) {
    std::size_t n = 0;
    if (!array_length(t, at, n)) return false;
    if (n != 2) return fail(Errc::bad_structure, "a value of any type was no pair of type and value", at);
    std::string_view json;
    if (!key(json, at)) return false;
    Result<CtyType> type = CtyType::parse(json);
    if (!type) return fail(type.error().code(), "its type was malformed", at);
    nodes_ += json.size() / 8;  // a type takes memory too
    Value inner;
    if (!value(*type, at, inner)) return false;
    if (type->is_dynamic()) {
      out = std::move(inner);  // has its own wrapper, or is null or unknown
      return true;
    }
    if (type->has_dynamic()) {  // the real type, as go-cty has it
      Result<Dynamic> real = read_dynamic(wrap_dynamic(*type, std::move(inner)), at);
      if (!real) return fail(real.error().code(), "its type was malformed", at);
      out = wrap_dynamic(real->type, std::move(real->value));
      return true;
    }
    out = wrap_dynamic(*type, std::move(inner));
    return true;
  }

  std::string_view bytes_;
  const DecodeLimits& limits_;
  std::size_t at_ = 0;
  std::uint64_t nodes_ = 1;
  std::uint32_t depth_ = 0;
  std::optional<Error> error_;
};

}  // namespace

Result<Value> decode_msgpack(std::string_view bytes, const CtyType& t, const DecodeLimits& limits) {
  Decoder decoder(bytes, limits);
  Value out;
  const Frame root;
  if (!decoder.value(t, root, out)) return std::move(decoder).error();
  return out;
}

}  // namespace drift::terraform_internal
