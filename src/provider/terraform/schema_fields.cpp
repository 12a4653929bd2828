#include "provider/terraform/schema_fields.hpp"

#include <optional>

#include "third/wire.hpp"

namespace drift::terraform_internal {
namespace {

using third::bytes_of;
using third::read_inner;
using third::wire_bytes;
using third::wire_varint;
using third::WireReader;

constexpr int max_depth = 64;

std::optional<Nesting> nesting_of(std::int32_t mode) {
  switch (mode) {
    case 1:
      return Nesting::single;
    case 2:
      return Nesting::list;
    case 3:
      return Nesting::set;
    case 4:
      return Nesting::map;
    case 5:
      return Nesting::group;
    default:
      return std::nullopt;
  }
}

CtyType nested(CtyType object, Nesting nesting) {
  switch (nesting) {
    case Nesting::list:
      return CtyType::list(std::move(object));
    case Nesting::set:
      return CtyType::set(std::move(object));
    case Nesting::map:
      return CtyType::map(std::move(object));
    default:
      return object;
  }
}

// Reads along the messages. The first fault that is not one of the bytes is kept, and what is read after it is of no use.
class SchemaReader {
 public:
  explicit SchemaReader(Protocol protocol) : v6_(protocol == Protocol::v6) {}

  void schema(std::string_view bytes, TypeSchema& out) {
    read_inner(bytes, [&](WireReader& r) {
      switch (r.tag_and_type()) {
        case wire_varint(1):
          out.version = r.get_int64();
          break;
        case wire_bytes(2):
          block(bytes_of(r), out.block);
          break;
        default:
          r.skip();
      }
    });
  }
  [[nodiscard]] std::optional<Error>& fault() { return fault_; }

 private:
  void fail(Error e) {
    if (!fault_) fault_ = std::move(e);
  }
  bool enter() {
    if (depth_ >= max_depth) {
      fail(Error(Errc::depth_limit, "a schema of the provider had too many levels"));
      return false;
    }
    ++depth_;
    return true;
  }

  void block(std::string_view bytes, Block& out) {
    if (!enter()) return;
    read_inner(bytes, [&](WireReader& r) {
      switch (r.tag_and_type()) {
        case wire_bytes(2):
          attribute(bytes_of(r), out.attributes.emplace_back());
          break;
        case wire_bytes(3):
          nested_block(bytes_of(r), out.blocks.emplace_back());
          break;
        case wire_varint(6):
          out.deprecated = r.get_bool();
          break;
        default:
          r.skip();
      }
    });
    --depth_;
  }

  void nested_block(std::string_view bytes, NestedBlock& out) {
    std::optional<Nesting> nesting;
    read_inner(bytes, [&](WireReader& r) {
      switch (r.tag_and_type()) {
        case wire_bytes(1):
          out.name = bytes_of(r);
          break;
        case wire_bytes(2):
          block(bytes_of(r), out.block);
          break;
        case wire_varint(3):
          nesting = nesting_of(r.get_enum());
          break;
        case wire_varint(4):
          out.min_items = r.get_int64();
          break;
        case wire_varint(5):
          out.max_items = r.get_int64();
          break;
        default:
          r.skip();
      }
    });
    if (!nesting) return fail(Error(Errc::bad_structure, "a block of the provider's schema had an unknown nesting").at(out.name));
    out.nesting = *nesting;
    out.object = implied_type(out.block);
    const bool many = out.nesting == Nesting::list || out.nesting == Nesting::map;
    out.type = many && out.object.has_dynamic() ? CtyType() : nested(out.object, out.nesting);
  }

  void attribute(std::string_view bytes, Attribute& out) {
    std::string_view json;
    read_inner(bytes, [&](WireReader& r) {
      const std::uint32_t key = r.tag_and_type();
      if (key == wire_varint(v6_ ? 11 : 10)) {
        out.write_only = r.get_bool();
      } else if (v6_ && key == wire_bytes(10)) {
        nested_type(bytes_of(r), out);
      } else {
        common(r, key, out, json);
      }
    });
    if (out.nested != nullptr) return;
    Result<CtyType> type = CtyType::parse(json);
    if (!type) return fail(std::move(type).error().at(out.name));
    out.type = type->without_optional();
  }

  static void common(WireReader& r, std::uint32_t key, Attribute& out, std::string_view& json) {
    switch (key) {
      case wire_bytes(1):
        out.name = bytes_of(r);
        break;
      case wire_bytes(2):
        json = bytes_of(r);
        break;
      case wire_varint(4):
        out.required = r.get_bool();
        break;
      case wire_varint(5):
        out.optional = r.get_bool();
        break;
      case wire_varint(6):
        out.computed = r.get_bool();
        break;
      case wire_varint(7):
        out.sensitive = r.get_bool();
        break;
      case wire_varint(9):
        out.deprecated = r.get_bool();
        break;
      default:
        r.skip();
    }
  }

  void nested_type(std::string_view bytes, Attribute& out) {
    if (!enter()) return;
    auto made = std::make_shared<NestedType>();
    std::optional<Nesting> nesting;
    read_inner(bytes, [&](WireReader& r) {
      switch (r.tag_and_type()) {
        case wire_bytes(1):
          attribute(bytes_of(r), made->attributes.emplace_back());
          break;
        case wire_varint(3):
          nesting = nesting_of(r.get_enum());
          break;
        default:
          r.skip();
      }
    });
    --depth_;
    if (!nesting || *nesting == Nesting::group)
      return fail(Error(Errc::bad_structure, "an attribute of the provider's schema had an unknown nesting").at(out.name));
    made->nesting = *nesting;
    std::vector<CtyType::Attribute> types;
    for (const Attribute& a : made->attributes) types.push_back({a.name, a.type, false});
    out.type = nested(CtyType::object(std::move(types)), made->nesting);
    out.nested = std::move(made);
  }

  bool v6_;
  int depth_ = 0;
  std::optional<Error> fault_;
};

}  // namespace

Result<TypeSchema> read_type_schema(std::string_view bytes, Protocol protocol) {
  TypeSchema out;
  SchemaReader reader(protocol);
  DRIFT_TRY(third::guard("Schema", [&] { reader.schema(bytes, out); }));
  if (reader.fault()) return *std::move(reader.fault());
  out.type = implied_type(out.block);
  out.facts = to_facts(out.block);
  out.facts.set_version(out.version < 0 ? 0 : static_cast<std::uint64_t>(out.version));
  return out;
}

CtyType implied_type(const Block& block) {
  std::vector<CtyType::Attribute> types;
  // Blocks first: of equal names the last stays, which is the attribute.
  for (const NestedBlock& b : block.blocks) types.push_back({b.name, b.type, false});
  for (const Attribute& a : block.attributes) types.push_back({a.name, a.type, false});
  return CtyType::object(std::move(types));
}

}  // namespace drift::terraform_internal
