#include "provider/pulumi/plugin_env.hpp"

#include "provider/pulumi/urn.hpp"

namespace drift::pulumi_internal {

std::vector<std::string> plugin_environment(const Environment& inherited, const ProviderRecord& record,
                                            const std::vector<std::pair<std::string, std::string>>& add) {
  Environment env = inherited;
  if (const std::string_view project = urn_project(record.urn); !project.empty()) {
    env["PULUMI_PROJECT"] = project;
    if (record.plugin.name == "pulumi-nodejs") env["PULUMI_NODEJS_PROJECT"] = project;
  }
  for (const auto& [name, value] : add) env[name] = value;
  Environment mapped;
  for (const auto& [from, to] : record.env_mappings)
    if (const auto at = env.find(from); at != env.end()) mapped[to] = at->second;
  for (auto& [name, value] : mapped) env[name] = std::move(value);
  std::vector<std::string> out;
  out.reserve(env.size());
  for (const auto& [name, value] : env) out.push_back(name + '=' + value);
  return out;
}

}  // namespace drift::pulumi_internal
