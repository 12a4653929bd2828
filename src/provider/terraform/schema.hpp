// A provider's schemas, read only as far as they are asked for.
//
// A GetProviderSchema reply may have 15 MB and 1,500 types, of which a state uses a few. ProviderSchema keeps the bytes, finds where each
// type is (one pass over the outermost fields), and reads a type when it is first asked for. Sources: tfplugin5.proto and tfplugin6.proto
// (schema messages); OpenTofu internal/configs/configschema (implied_type.go, decoder_spec.go, empty_value.go) for the type that a block
// implies.
//
// Example:
//   auto schema = ProviderSchema::index(std::move(reply), Protocol::v6);
//   auto type = (*schema)->resource("aws_instance");        // Result<std::shared_ptr<const TypeSchema>>
//   Result<Value> state = conform(attributes, (*type)->type);
//
// Thread rule: ProviderSchema may be used from any thread; what it gives is immutable. Ownership: it shares the bytes; a TypeSchema owns
// what it shows and may outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "drift/base/result.hpp"
#include "drift/model/schema.hpp"
#include "provider/terraform/cty_type.hpp"
#include "provider/terraform/messages.hpp"

namespace drift::terraform_internal {

enum class Nesting : std::uint8_t { single, group, list, set, map };  // group: of blocks only

struct NestedType;

struct Attribute {
  std::string name{};
  CtyType type{};                              // also where the schema gives a nested type: the one it implies
  std::shared_ptr<const NestedType> nested{};  // protocol 6 only
  bool required = false;
  bool optional = false;
  bool computed = false;
  bool sensitive = false;
  bool write_only = false;
  bool deprecated = false;
};

struct NestedType {
  Nesting nesting = Nesting::single;
  std::vector<Attribute> attributes{};
};

struct NestedBlock;

struct Block {
  std::vector<Attribute> attributes{};
  std::vector<NestedBlock> blocks;  // without an initializer: the element is not complete yet
  bool deprecated = false;
};

struct NestedBlock {
  std::string name{};
  Nesting nesting = Nesting::list;
  std::int64_t min_items = 0;
  std::int64_t max_items = 0;
  Block block{};
  CtyType object{};  // the type of one `block`
  CtyType type{};    // of the whole: dynamic (a tuple or object on the wire) for LIST and MAP when anything in the block is dynamic
};

// The type of a value of the block. A name that is both an attribute and a block is the attribute.
[[nodiscard]] CtyType implied_type(const Block& block);
// What is true of each path of the block's values: computed, read_only, write_only, sensitive, set, type; for the old SDK empty_is_absent.
// The version is not set.
[[nodiscard]] drift::Schema to_facts(const Block& block);
// True for a resource of terraform-plugin-sdk (1 or 2), which cannot tell null from empty: it gives every resource an `id` that is optional
// and computed, where the plugin framework has none or one that is computed, and it has no nested attribute types.
// Source: terraform-plugin-sdk helper/schema/core_schema.go, Resource.CoreConfigSchema().
[[nodiscard]] bool is_of_legacy_sdk(const Block& block);

struct TypeSchema {
  std::int64_t version = 0;
  Block block{};
  CtyType type{};         // implied_type(block)
  drift::Schema facts{};  // to_facts(block), with the version
};

// The identity of a resource type (GetResourceIdentitySchemas): an object of the attributes.
struct IdentitySchema {
  std::int64_t version = 0;
  CtyType type = CtyType::object({});
  std::vector<std::string> required_for_import{};
};

class ProviderSchema {
 public:
  // `reply` is a whole GetProviderSchema reply. E_PARSE when its outermost fields are malformed; a fault in one type is an error of that
  // type.
  static Result<std::shared_ptr<const ProviderSchema>> index(std::string reply, Protocol protocol);
  // The same over bytes that `owner` keeps in place (a mapped cache file).
  static Result<std::shared_ptr<const ProviderSchema>> index(std::string_view reply, std::shared_ptr<const void> owner, Protocol protocol);

  [[nodiscard]] bool has_resource(std::string_view type) const noexcept;
  // E_NOT_FOUND when the provider has no such type; E_PARSE, E_BAD_STRUCTURE when its schema is malformed.
  Result<std::shared_ptr<const TypeSchema>> resource(std::string_view type) const;
  Result<std::shared_ptr<const TypeSchema>> list_resource(std::string_view type) const;
  // The provider's own configuration; an empty block when the reply has none.
  Result<std::shared_ptr<const TypeSchema>> provider() const;
  // The schema of provider_meta; nullptr when the provider has none.
  Result<std::shared_ptr<const TypeSchema>> provider_meta() const;

  [[nodiscard]] std::vector<std::string_view> resource_types() const;  // sorted
  [[nodiscard]] std::vector<std::string_view> list_resource_types() const;
  [[nodiscard]] const ServerCapabilities& capabilities() const noexcept { return capabilities_; }
  [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const noexcept { return diagnostics_; }
  [[nodiscard]] Protocol protocol() const noexcept { return protocol_; }
  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }  // the whole reply, for a cache

 private:
  struct Entry {
    std::string_view name;
    std::string_view schema;
  };
  ProviderSchema() = default;
  static const Entry* find(const std::vector<Entry>& entries, std::string_view name) noexcept;
  Result<std::shared_ptr<const TypeSchema>> get(std::string_view schema, std::string_view name) const;

  std::shared_ptr<const void> owner_;
  std::string_view bytes_;
  Protocol protocol_ = Protocol::v6;
  std::vector<Entry> resources_;
  std::vector<Entry> list_resources_;
  std::string_view provider_;
  std::string_view provider_meta_;
  bool has_provider_meta_ = false;
  ServerCapabilities capabilities_;
  std::vector<Diagnostic> diagnostics_;

  mutable std::mutex mutex_;
  mutable std::unordered_map<const char*, std::shared_ptr<const TypeSchema>> read_;  // by where the schema is
};

// All identity schemas of a GetResourceIdentitySchemas reply (they are small). `diagnostics` takes the reply's.
Result<std::unordered_map<std::string, IdentitySchema>> decode_identity_schemas(std::string_view reply,
                                                                                std::vector<Diagnostic>* diagnostics);

}  // namespace drift::terraform_internal
