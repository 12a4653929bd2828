// Where the program of a Pulumi resource plugin is: what runs already, what the settings name, what
// Pulumi.yaml names, PATH, beside the CLI, the plugin cache.
//
// Source: pulumi sdk/go/common/workspace/plugins.go (v3.258.0). Nothing is downloaded.
// Errors: E_READ_UNSUPPORTED for a plugin that is nowhere, with the places that were looked at and the command that installs it, for one
// that only Pulumi's language host can run, and for one that Pulumi.yaml names where it may not; E_NOT_FOUND for a folder of it without its
// program; E_PERMISSION; E_CONFIG_INVALID (PULUMI_DEBUG_PROVIDERS, a binary of the settings, or of the project's, that is none). Thread
// rule: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drift/base/environment.hpp"
#include "drift/base/result.hpp"
#include "drift/state/pulumi_stack.hpp"

namespace drift::pulumi_internal {

struct PluginRequest {
  std::string name{};          // "aws": pulumi-resource-aws
  std::string version{};       // as recorded, may be empty
  std::string download_url{};  // git://... names the folder in the cache
};

struct PluginPlaces {
  const Environment* environment = nullptr;  // borrowed: PULUMI_HOME, HOME, PATH, PULUMI_IGNORE_AMBIENT_PLUGINS, PULUMI_DEBUG_PROVIDERS
  std::string binary{};                      // of the settings
  std::string folder{};                      // relative paths start there
  const PulumiProject* project = nullptr;    // borrowed; none: there is no Pulumi.yaml
  bool project_plugins = false;              // what it names may be run
};

struct FoundPlugin {
  std::string program{};      // empty when attached to
  std::optional<int> port{};  // of a plugin that runs already
  std::string version{};      // of the cache's folder; empty: nobody said
  std::string origin{};       // "PATH", "the plugin cache", ...
  std::vector<std::string> notes{};
};

Result<FoundPlugin> find_plugin(const PluginRequest& request, const PluginPlaces& places);

// "v1.2" and " 1.2.3" as "1.2.0" and "1.2.3"; none for what is no version even then.
[[nodiscard]] std::optional<std::string> tolerant_version(std::string_view text);

}  // namespace drift::pulumi_internal
