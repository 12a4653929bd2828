// What a pulumi:providers:* resource of a state says: which plugin, which version, how it is parameterized and configured.
//
// Source: pulumi pkg/resource/deploy/providers/registry.go (v3.258.0). Older states keep at the top what newer ones keep in `__internal`.
// Pure. Thread rule: any.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "drift/base/result.hpp"
#include "drift/model/engine.hpp"
#include "provider/pulumi/find.hpp"

namespace drift::pulumi_internal {

struct Parameterization {
  std::string name{};
  std::string version{};
  std::string value{};  // bytes
};

struct ProviderRecord {
  std::string urn{}, id{}, name{}, type{};
  std::string package{};  // "aws"
  PluginRequest plugin{};
  std::optional<Parameterization> parameterization{};
  std::map<std::string, std::string> env_mappings{};  // a variable that is there, and the one that the plugin is given its value as
  Value config{};                                     // a property: the inputs without what is the engine's own; may hold secrets
};

// E_BAD_STRUCTURE, E_ENCRYPTED_STATE.
Result<ProviderRecord> read_provider_record(const EngineRecord& record);

// What tells one configuration from another: equal for equal records of equal providers. It tells nothing of what is in it.
[[nodiscard]] std::string key_of(const EngineRecord& record);
// What tells which objects a provider has to do with: equal for providers of one package that differ in name, version and origin of their
// plugin alone, as the default ones of a stack do. It tells nothing of what is in it.
[[nodiscard]] std::string reach_of(const EngineRecord& record);

}  // namespace drift::pulumi_internal
