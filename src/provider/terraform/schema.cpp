#include "provider/terraform/schema.hpp"

#include <algorithm>

#include "provider/terraform/message_fields.hpp"
#include "provider/terraform/schema_fields.hpp"

namespace drift::terraform_internal {
namespace {

using third::bytes_of;
using third::read_inner;
using third::read_message;
using third::wire_bytes;
using third::wire_varint;
using third::WireReader;

// The key and value of a protobuf map entry.
template <class Entry>
Entry read_entry(std::string_view bytes) {
  Entry entry{};
  read_inner(bytes, [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_bytes(1):
        entry.name = bytes_of(r);
        break;
      case wire_bytes(2):
        entry.schema = bytes_of(r);
        break;
      default:
        r.skip();
    }
  });
  return entry;
}

// Sorts by name; of equal names the last stays, as in a protobuf map.
template <class Entry>
void order(std::vector<Entry>& entries) {
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (i + 1 == entries.size() || entries[i].name != entries[i + 1].name) entries[kept++] = entries[i];
  entries.resize(kept);
  entries.shrink_to_fit();
}

struct Named {
  std::string_view name;
  std::string_view schema;
};

Status read_identity_attribute(std::string_view bytes, std::vector<CtyType::Attribute>& attributes, IdentitySchema& out) {
  std::string_view name, json;
  bool required = false;
  read_inner(bytes, [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_bytes(1):
        name = bytes_of(r);
        break;
      case wire_bytes(2):
        json = bytes_of(r);
        break;
      case wire_varint(3):
        required = r.get_bool();
        break;
      default:
        r.skip();
    }
  });
  Result<CtyType> type = CtyType::parse(json);
  if (!type) return std::move(type).error();
  attributes.push_back({std::string(name), *std::move(type), false});
  if (required) out.required_for_import.emplace_back(name);
  return {};
}

Result<IdentitySchema> read_identity_schema(std::string_view bytes) {
  IdentitySchema out;
  std::vector<CtyType::Attribute> attributes;
  Status fault;
  read_inner(bytes, [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_varint(1):
        out.version = r.get_int64();
        break;
      case wire_bytes(2):
        if (Status s = read_identity_attribute(bytes_of(r), attributes, out); fault.ok()) fault = std::move(s);
        break;
      default:
        r.skip();
    }
  });
  if (!fault.ok()) return std::move(fault).error();
  out.type = CtyType::object(std::move(attributes));
  return out;
}

}  // namespace

Result<std::shared_ptr<const ProviderSchema>> ProviderSchema::index(std::string reply, Protocol protocol) {
  auto bytes = std::make_shared<const std::string>(std::move(reply));
  const std::string_view view = *bytes;
  return index(view, std::move(bytes), protocol);
}

Result<std::shared_ptr<const ProviderSchema>> ProviderSchema::index(std::string_view reply, std::shared_ptr<const void> owner,
                                                                    Protocol protocol) {
  const std::shared_ptr<ProviderSchema> s(new ProviderSchema());
  s->owner_ = std::move(owner);
  s->bytes_ = reply;
  s->protocol_ = protocol;
  DRIFT_TRY(read_message(reply, "GetProviderSchema reply", [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_bytes(1):
        s->provider_ = bytes_of(r);
        break;
      case wire_bytes(2):
        s->resources_.push_back(read_entry<Entry>(bytes_of(r)));
        break;
      case wire_bytes(4):
        s->diagnostics_.push_back(read_diagnostic(bytes_of(r)));
        break;
      case wire_bytes(5):
        s->provider_meta_ = bytes_of(r);
        s->has_provider_meta_ = true;
        break;
      case wire_bytes(6):
        s->capabilities_ = read_server_capabilities(bytes_of(r));
        break;
      case wire_bytes(9):
        s->list_resources_.push_back(read_entry<Entry>(bytes_of(r)));
        break;
      default:
        r.skip();
    }
  }));
  order(s->resources_);
  order(s->list_resources_);
  return std::shared_ptr<const ProviderSchema>(s);
}

const ProviderSchema::Entry* ProviderSchema::find(const std::vector<Entry>& entries, std::string_view name) noexcept {
  const auto it = std::lower_bound(entries.begin(), entries.end(), name, [](const Entry& e, std::string_view n) { return e.name < n; });
  return it != entries.end() && it->name == name ? &*it : nullptr;
}

bool ProviderSchema::has_resource(std::string_view type) const noexcept { return find(resources_, type) != nullptr; }

Result<std::shared_ptr<const TypeSchema>> ProviderSchema::resource(std::string_view type) const {
  const Entry* entry = find(resources_, type);
  if (entry == nullptr)
    return Error(Errc::not_found, "the provider has no resource of this type")
        .at(std::string(type))
        .next("use the version of the provider that made it");
  return get(entry->schema, type);
}

Result<std::shared_ptr<const TypeSchema>> ProviderSchema::list_resource(std::string_view type) const {
  const Entry* entry = find(list_resources_, type);
  if (entry == nullptr) return Error(Errc::not_found, "the provider does not list resources of this type").at(std::string(type));
  return get(entry->schema, type);
}

Result<std::shared_ptr<const TypeSchema>> ProviderSchema::provider() const { return get(provider_, "provider"); }

Result<std::shared_ptr<const TypeSchema>> ProviderSchema::provider_meta() const {
  if (!has_provider_meta_) return std::shared_ptr<const TypeSchema>();
  return get(provider_meta_, "provider_meta");
}

Result<std::shared_ptr<const TypeSchema>> ProviderSchema::get(std::string_view schema, std::string_view name) const {
  {
    const std::scoped_lock lock(mutex_);
    if (const auto it = read_.find(schema.data()); it != read_.end()) return it->second;
  }
  // Read outside of the lock: two threads may read one type at once, and the first to be done is kept.
  Result<TypeSchema> read = read_type_schema(schema, protocol_);
  if (!read) return std::move(read).error().in("while reading the schema of " + std::string(name));
  auto made = std::make_shared<const TypeSchema>(*std::move(read));
  const std::scoped_lock lock(mutex_);
  return read_.try_emplace(schema.data(), std::move(made)).first->second;
}

std::vector<std::string_view> ProviderSchema::resource_types() const {
  std::vector<std::string_view> names;
  for (const Entry& e : resources_) names.push_back(e.name);
  return names;
}

std::vector<std::string_view> ProviderSchema::list_resource_types() const {
  std::vector<std::string_view> names;
  for (const Entry& e : list_resources_) names.push_back(e.name);
  return names;
}

Result<std::unordered_map<std::string, IdentitySchema>> decode_identity_schemas(std::string_view reply,
                                                                                std::vector<Diagnostic>* diagnostics) {
  std::unordered_map<std::string, IdentitySchema> out;
  Status fault;
  DRIFT_TRY(read_message(reply, "GetResourceIdentitySchemas reply", [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_bytes(1): {
        const auto entry = read_entry<Named>(bytes_of(r));
        Result<IdentitySchema> schema = read_identity_schema(entry.schema);
        if (schema) {
          out.insert_or_assign(std::string(entry.name), *std::move(schema));
        } else if (fault.ok()) {
          fault = std::move(schema).error().in("while reading the identity schema of " + std::string(entry.name));
        }
        break;
      }
      case wire_bytes(2):
        if (diagnostics != nullptr) {
          diagnostics->push_back(read_diagnostic(bytes_of(r)));
        } else {
          r.skip();
        }
        break;
      default:
        r.skip();
    }
  }));
  if (!fault.ok()) return std::move(fault).error();
  return out;
}

}  // namespace drift::terraform_internal
