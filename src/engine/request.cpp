#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "drift/base/nearest.hpp"
#include "drift/engine/scan.hpp"
#include "drift/provider/file.hpp"
#include "engine/project_schema.hpp"
#include "provider/call_provider.hpp"

namespace drift {
namespace {

std::string folder_of(const Project& project) { return std::filesystem::path(project.path).parent_path().string(); }

// Paths of a project file are relative to its folder.
std::string beside(const Project& project, const std::string& path) {
  const std::string folder = folder_of(project);
  return folder.empty() ? path : (std::filesystem::path(folder) / path).string();
}

std::optional<DocumentSource> source_of(const Project& project, const std::optional<std::string>& path) {
  if (!path) return std::nullopt;
  return DocumentSource(ByteSource::file(beside(project, *path)));
}

Error at_file(const Project& project, const Error& e, std::string message) {
  return Error(e.code(), std::move(message))
      .at(project.path.empty() ? e.subject() : project.path)
      .next(e.next_step())
      .in("while configuring the provider");
}

// A provider says which of its keys is wrong; the file says where that key stands.
Error at_provider(const Project& project, std::size_t i, const Error& e) {
  if (i >= project.providers_at.size()) return at_file(project, e, e.message());
  const ProviderPlace& place = project.providers_at[i];
  for (const auto& [key, where] : place.keys)
    if (key == e.subject() && engine_internal::is_plain_name(key))
      return at_file(project, e, "`" + key + "`: " + e.message()).position(where);
  return at_file(project, e, e.message()).position(place.name);
}

Error no_such_provider(const ProviderRegistry& providers, const std::string& name) {
  std::vector<std::string_view> names;
  for (const auto& p : providers.all()) names.push_back(p->name());
  return Error(Errc::config_unknown_key, "there is no provider of that name")
      .at(name)
      .next("did you mean `" + std::string(nearest(name, names)) + "`?");
}

constexpr std::string_view file_provider = "file";

// Where relative paths of files start must not depend on where drift was started: in the wrong folder everything would look deleted.
Value config_of(const Project& project, const std::string& name, const Value& config) {
  const std::string folder = folder_of(project);
  if (name != file_provider || folder.empty() || !(config.is_null() || config.is_object())) return config;
  const Value* root = config.find("root");
  const bool given = root != nullptr && root->is_string() && !root->as_string().empty();
  if (root != nullptr && !given) return config;  // the provider says what is wrong with it
  Value with = config.is_null() ? Value(Object()) : config;
  with.edit_object().set("root", given ? beside(project, root->as_string()) : folder);
  return with;
}

Status configure(const Project& project, const ProviderRegistry& providers, const OpContext& context) {
  for (std::size_t i = 0; i < project.providers.size(); ++i) {
    const auto& [name, config] = project.providers[i];
    Provider* provider = nullptr;
    for (const auto& p : providers.all())
      if (p->name() == name) provider = p.get();
    if (provider == nullptr) return at_provider(project, i, no_such_provider(providers, name));
    if (Status s = provider_internal::call_configure(*provider, config_of(project, name, config), context); !s.ok())
      return at_provider(project, i, s.error());
  }
  return {};
}

Result<ProviderRegistry> default_providers(const Project& project, const OpContext& context) {
  ProviderRegistry providers;
  const std::shared_ptr<Provider> file = make_file_provider();
  const Value config = config_of(project, std::string(file_provider), Value());
  if (Status s = file->configure(config, context); !s.ok()) return at_file(project, s.error(), s.error().message());
  providers.add(file);
  return providers;
}

}  // namespace

Result<ScanRequest> scan_request(const Project& project, ProviderRegistry providers, const OpContext& context) {
  ScanRequest request;
  request.context = context;
  if (project.timeout && context.deadline.never()) request.context.deadline = Deadline::after(*context.clock, *project.timeout);
  if (providers.is_default()) {
    Result<ProviderRegistry> own = default_providers(project, request.context);
    if (!own) return std::move(own).error();
    providers = *std::move(own);
  }
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
  if (project.read_timeout) request.scheduler.read_timeout = *project.read_timeout;
  return request;
}

}  // namespace drift
