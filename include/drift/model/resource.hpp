// Resource: one managed thing as one side (desired, recorded, actual, baseline) sees it.
//
// Thread rule: an ordinary value.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drift/model/hash.hpp"
#include "drift/model/path.hpp"
#include "drift/model/value.hpp"

namespace drift {

struct EngineRecord;

enum class ResourceKind : std::uint8_t {
  managed,
  component,  // groups others, has no provider behind it (Pulumi custom=false)
  provider,   // a provider instance itself (Pulumi pulumi:providers:*)
};
[[nodiscard]] std::string_view resource_kind_name(ResourceKind k) noexcept;

struct Resource {
  // The engine's own address; unique in a snapshot. Terraform: `module.a.aws_x.y["k"]`, a deposed object with ` (deposed 1a2b3c4d)` behind;
  // Pulumi: the URN, a duplicate that waits for deletion with ` (delete 1)`, ` (delete 2)`... behind, by position.
  std::string address;
  std::string type;
  std::string id;        // the provider's identifier; may be empty
  std::string provider;  // Terraform `provider["registry.../x"]` with alias, Pulumi `<urn>::<id>`; may be empty
  ResourceKind kind = ResourceKind::managed;

  Value attributes;             // what is compared: Terraform attributes, Pulumi outputs, a manifest; an object
  std::optional<Value> inputs;  // what the program gave (Pulumi inputs); compared as a section of its own

  bool absent = false;   // baseline only: a person accepted that this resource does not exist
  bool untyped = false;  // its document knew no types: every attribute is a text (Terraform before 0.12)
  bool tainted = false;
  bool external = false;  // read, not managed (Pulumi)
  bool protect = false;
  bool pending_replacement = false;  // deleted, not yet created again: nothing to read
  bool pending_delete = false;       // Terraform deposed, Pulumi delete=true
  std::string deposed_key;
  std::vector<std::string> ignore_changes;  // PathPattern texts, from the engine's own list; "*" or "**" is everything
  std::vector<std::string> dependencies;
  std::uint64_t schema_version = 0;
  std::string private_data;  // Terraform's opaque `private`, as written (base64); never rendered
  std::optional<Value> identity;
  std::uint64_t identity_schema_version = 0;
  std::vector<std::string> init_errors;
  std::shared_ptr<const EngineRecord> record{};  // drift/model/engine.hpp; null where the above is all that its provider needs (Terraform)
};

// Some ids are made of a secret, or are one (the SHA-1 of a file's content): true when the id is that of an attribute `id` that is secret,
// or the text of any secret attribute. Such an id is shown and stored nowhere.
[[nodiscard]] bool id_is_secret(const Resource& r);

// Over type, id, tainted, attributes, inputs and whether it is absent: what same_resource() says of equal fingerprints is that no
// comparator can find a difference. That of a resource with a sealed secret of which nothing is known ("unavailable") has `hi` 0.
[[nodiscard]] Fingerprint resource_fingerprint(const Resource& r);
// The same from canonical bytes made elsewhere; `inputs` is empty when there are none.
[[nodiscard]] Fingerprint resource_fingerprint(std::string_view type, std::string_view id, bool tainted, std::string_view attributes,
                                               std::string_view inputs, std::string& scratch);
// Two resources that need not be compared. False for equal fingerprints of what is never known to be unchanged.
[[nodiscard]] inline bool same_resource(const Fingerprint& a, const Fingerprint& b) noexcept { return a == b && a.hi != 0; }

}  // namespace drift
