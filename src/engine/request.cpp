#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "drift/base/nearest.hpp"
#include "drift/engine/scan.hpp"
#include "drift/provider/file.hpp"

namespace drift {
namespace {

// Paths of a project file are relative to its folder.
std::string beside(const Project& project, const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(project.path).parent_path();
  return folder.empty() ? path : (folder / path).string();
}

std::optional<ByteSource> source_of(const Project& project, const std::optional<std::string>& path) {
  if (!path) return std::nullopt;
  return ByteSource::file(beside(project, *path));
}

Error at_provider(const Project& project, std::size_t i, const Error& e) {
  Error out = Error(e.code(), e.message())
                  .at(project.path.empty() ? e.subject() : project.path)
                  .next(e.next_step())
                  .in("while configuring the provider");
  if (i >= project.providers_at.size()) return out;
  return std::move(out).position(project.providers_at[i]);
}

Value config_of(const Project& project, const std::string& name, const Value& config) {
  const Value* root = config.find("root");
  if (name != "file" || root == nullptr || !root->is_string() || root->as_string().empty()) return config;
  Value with = config;
  with.edit_object().set("root", beside(project, root->as_string()));
  return with;
}

Status configure(const Project& project, const ProviderRegistry& providers, const OpContext& context) {
  std::vector<std::string_view> names;
  for (const auto& p : providers.all()) names.push_back(p->name());
  for (std::size_t i = 0; i < project.providers.size(); ++i) {
    const auto& [name, config] = project.providers[i];
    Provider* provider = nullptr;
    for (const auto& p : providers.all())
      if (p->name() == name) provider = p.get();
    if (provider == nullptr)
      return at_provider(project, i,
                         Error(Errc::config_unknown_key, "there is no provider of that name")
                             .at(name)
                             .next("did you mean `" + std::string(nearest(name, names)) + "`?"));
    if (Status s = provider->configure(config_of(project, name, config), context); !s.ok()) return at_provider(project, i, s.error());
  }
  return {};
}

}  // namespace

Result<ScanRequest> scan_request(const Project& project, ProviderRegistry providers) {
  ScanRequest request;
  if (providers.all().empty()) providers.add(make_file_provider());
  DRIFT_TRY(configure(project, providers, request.context));
  request.providers = std::move(providers);
  request.state = source_of(project, project.state);
  request.desired = source_of(project, project.desired);
  request.baseline = source_of(project, project.baseline);
  request.rules = project.rules;
  request.breaker = project.breaker;
  request.targets = project.targets;
  request.excludes = project.excludes;
  if (project.parallel) request.scheduler.parallel = *project.parallel;
  if (project.timeout) request.context.deadline = Deadline::after(*request.context.clock, *project.timeout);
  return request;
}

}  // namespace drift
