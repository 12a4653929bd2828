#include "provider/pulumi/process_pool.hpp"

#include <utility>

#include "drift/model/json.hpp"
#include "provider/pulumi/find.hpp"

namespace drift::pulumi_internal {
namespace {

using hosted_internal::PlaceDigest;

void add_env(PlaceDigest& d, const std::vector<std::pair<std::string, std::string>>& env) {
  d.add(std::to_string(env.size()));
  for (const auto& [name, value] : env) {
    d.add(name);
    d.add(value);
  }
}

// All but the environment.
std::string place_of(const std::string& key, const ProviderRecord& record, const PulumiOptions& options) {
  const PulumiSettings& all = options.settings;
  const PulumiPluginSettings own = settings_of(options, record.plugin.name);
  PlaceDigest d;
  d.add(key);
  d.add_flag(all.dynamic_providers);
  d.add_flag(all.project_plugins);
  d.add_flag(own.logs.value_or(false));
  add_env(d, all.env);
  add_env(d, own.env);
  d.add(to_json(own.config));
  d.add(own.binary);
  d.add(own.parallel);
  d.add(all.start_timeout);
  d.add(all.max_age);
  d.add(all.max_calls);
  d.add(all.max_memory);
  d.add(all.max_listed);
  d.add(start_folder(options));
  if (options.project) add_env(d, options.project->runtime_options);
  const Result<FoundPlugin> found = find_plugin(record.plugin, places_of(options, own.binary));
  if (!found)
    d.add("nowhere");
  else if (found->port)
    d.add("attached " + std::to_string(*found->port));
  else
    d.add_file(found->program);
  return d.finish();
}

}  // namespace

std::shared_ptr<Instance> ProcessPool::take(const std::string& key, const ProviderRecord& record,
                                            const std::shared_ptr<const PulumiOptions>& options) {
  std::shared_ptr<Instance> instance = pool_.take<Instance>(place_of(key, record, *options), options->environment, options->log,
                                                            [&] { return std::make_shared<Instance>(record, options); });
  return instance;
}

}  // namespace drift::pulumi_internal
