#include "provider/pulumi/plugin_env.hpp"

#include "provider/hosted/references.hpp"
#include "provider/pulumi/urn.hpp"

namespace drift::pulumi_internal {
namespace {

std::string runtime_variable(std::string_view option) {
  std::string out = "PULUMI_RUNTIME_";
  for (const char c : option) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

}  // namespace

std::vector<std::string> plugin_environment(const Environment& inherited, const ProviderRecord& record, const PulumiProject* project,
                                            const std::vector<std::pair<std::string, std::string>>& add) {
  Environment env = inherited;
  if (project != nullptr)
    for (const auto& [name, value] : project->runtime_options)
      if (hosted_internal::is_variable_name(runtime_variable(name)) && value.find('\0') == std::string::npos)
        env[runtime_variable(name)] = value;
  if (const std::string_view name = urn_project(record.urn); !name.empty()) {
    env["PULUMI_PROJECT"] = name;
    if (record.plugin.name == "pulumi-nodejs") env["PULUMI_NODEJS_PROJECT"] = name;
  }
  for (const auto& [name, value] : add) env[name] = value;
  Environment mapped;
  for (const auto& [from, to] : record.env_mappings)
    if (const auto at = env.find(from); at != env.end()) mapped[to] = at->second;
  for (auto& [name, value] : mapped) env[name] = std::move(value);
  std::vector<std::string> out;
  out.reserve(env.size());
  for (const auto& [name, value] : env) out.emplace_back(name).append("=").append(value);
  return out;
}

}  // namespace drift::pulumi_internal
