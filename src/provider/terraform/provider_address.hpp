// Which provider, and which configuration of it, reads a resource: what Terraform and OpenTofu write into a state's `provider`.
//
//   provider["registry.terraform.io/hashicorp/aws"].west   since 0.13; with an instance key, .west["eu"], since OpenTofu 1.9
//   module.a.provider["registry.opentofu.org/hashicorp/x"] a configuration that a module has of its own
//   provider.aws, module.a.provider.aws.west               up to 0.12: the name alone; the namespace is not known
//   registry.terraform.io/hashicorp/aws                    the plain source, as lock files and `show -json` have it
//
// Spec: OpenTofu internal/addrs/provider_config.go, registry-address ParseProviderSource. Each part is lower case, and made of letters,
// digits,
// `-` and `_` alone, so that it can be part of a path.
//
// Thread rule: ordinary values. Errors: E_BAD_STRUCTURE.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drift/base/result.hpp"

namespace drift::terraform_internal {

inline constexpr std::string_view terraform_registry = "registry.terraform.io";
inline constexpr std::string_view opentofu_registry = "registry.opentofu.org";
inline constexpr std::string_view legacy_namespace = "-";  // not known: it was not written before 0.13

struct ProviderAddress {
  std::string hostname;
  std::string name_space;
  std::string type;
  std::string alias;         // of the configuration; empty: the default one
  std::string instance_key;  // of a configuration with for_each, as written, quotes included; mostly empty
  std::string module;        // "module.a.module.b"; empty: the root module
  bool tells_alias = true;   // false: a source alone, of a document that does not say which configuration (`show -json`)

  // "registry.terraform.io/hashicorp/aws".
  [[nodiscard]] std::string source() const { return hostname + '/' + name_space + '/' + type; }
  // The source in the words of people: "hashicorp/aws", with the hostname only where it is none of the two registries.
  [[nodiscard]] std::string display() const;
  // "west" or `west["eu"]`.
  [[nodiscard]] std::string configuration() const;
  // The entry of `providers:` in a project file that this is a case for: "aws.west", "acme/x".
  [[nodiscard]] std::string settings_name() const;
  [[nodiscard]] bool is_legacy() const { return name_space == legacy_namespace; }
  // terraform.io/builtin/terraform: part of the engine, there is no binary.
  [[nodiscard]] bool is_builtin() const { return hostname == "terraform.io" && name_space == "builtin"; }

  friend bool operator==(const ProviderAddress&, const ProviderAddress&) = default;
};

// A state's `provider`, in any of the forms above.
Result<ProviderAddress> parse_provider_address(std::string_view text);
// "aws" (hashicorp's), "hashicorp/aws", "registry.terraform.io/hashicorp/aws".
Result<ProviderAddress> parse_provider_source(std::string_view text);

[[nodiscard]] bool is_public_registry(std::string_view hostname);
// The same binary serves both: alias, key and module do not matter, the two public registries are one, and a legacy address is any
// provider of a public registry with its type.
[[nodiscard]] bool same_provider(const ProviderAddress& a, const ProviderAddress& b);
// The addresses under which the provider may lie, the most likely first: the other registry's twin, and hashicorp's for a legacy one.
[[nodiscard]] std::vector<ProviderAddress> same_providers(const ProviderAddress& a);

}  // namespace drift::terraform_internal
