#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "drift/base/nearest.hpp"
#include "drift/engine/scan.hpp"
#include "drift/provider/file.hpp"
#include "drift/provider/pulumi.hpp"
#include "drift/provider/terraform.hpp"
#include "drift/state/pulumi_stack.hpp"
#include "engine/project_schema.hpp"
#include "engine/request.hpp"
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

std::string current_folder() {
  std::error_code unknown;
  return std::filesystem::current_path(unknown).string();
}

// The state: a file, or a stack that is fetched when the scan reads it.
Status take_state(const Project& project, const Environment& environment, ScanRequest& out) {
  out.state = source_of(project, project.state);
  if (!project.stack) return {};
  Result<std::shared_ptr<StateSource>> stack = make_pulumi_stack(
      {.stack = *project.stack, .folder = folder_of(project), .working_folder = current_folder(), .environment = environment});
  if (!stack) return std::move(stack).error();
  out.state = DocumentSource(*std::move(stack));
  return {};
}

PulumiSecretsOptions secrets_of(const Environment& environment) {
  PulumiSecretsOptions out;
  out.environment = environment;
  out.working_folder = current_folder();
  out.keys = make_pulumi_keys();
  return out;
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

constexpr std::string_view file_provider = "file";
constexpr std::string_view pulumi_provider = "pulumi";

// What entries of `providers:` are for providers that are made for them.
struct Hosted {
  std::vector<ProviderSettings> terraform;
  std::optional<PulumiSettings> pulumi;
};

bool has(const ProviderRegistry& providers, std::string_view name) {
  return std::any_of(providers.all().begin(), providers.all().end(), [&](const auto& p) { return p->name() == name; });
}

// libdrift's own provider or the host's of that name; nullptr: the entry is for a Terraform provider. Nobody means one of those by a name
// that is a slip of the pen away from an own one.
Result<Provider*> own_provider(const ProviderRegistry& providers, const std::string& name) {
  std::vector<std::string_view> names;
  Provider* found = nullptr;
  for (const auto& p : providers.all()) {
    names.push_back(p->name());
    if (p->name() == name) found = p.get();
  }
  if (found != nullptr) return found;
  const std::string near(nearest(name, names));
  const bool misspelled = name.size() >= 4 && near.size() >= 4 && edit_distance(name, near) == 1;
  if (!misspelled && name != file_provider) return found;
  std::string step = "did you mean `" + near + "`? For a Terraform provider of that name write its source, `hashicorp/" + name + "`";
  return Error(Errc::config_unknown_key, "there is no provider of that name").at(name).next(std::move(step));
}

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

// The entries of libdrift's own providers and the host's are handed to them; `pulumi` is for Pulumi's plugins; the others are left for
// Terraform's.
Status configure(const Project& project, const ProviderRegistry& providers, const OpContext& context, Hosted& hosted) {
  for (std::size_t i = 0; i < project.providers.size(); ++i) {
    const auto& [name, config] = project.providers[i];
    const Result<Provider*> own = own_provider(providers, name);
    if (!own) return at_provider(project, i, own.error());
    if (*own != nullptr) {
      if (Status s = provider_internal::call_configure(**own, config_of(project, name, config), context); !s.ok())
        return at_provider(project, i, s.error());
      continue;
    }
    if (name == pulumi_provider) {
      Result<PulumiSettings> settings = parse_pulumi_settings(config);
      if (!settings) return at_provider(project, i, settings.error());
      hosted.pulumi = *std::move(settings);
      continue;
    }
    Result<ProviderSettings> settings = parse_provider_settings(name, config);
    if (!settings) return at_provider(project, i, settings.error());
    hosted.terraform.push_back(*std::move(settings));
  }
  return {};
}

// A provider that somebody asked for goes before the files that are read without one; what the host reads itself goes before both.
ProviderRegistry with_hosted(const ProviderRegistry& providers, const std::shared_ptr<Provider>& hosted) {
  ProviderRegistry out;
  bool placed = false;
  for (const auto& p : providers.all()) {
    if (p->name() == file_provider && !std::exchange(placed, true)) out.add(hosted);
    out.add(p);
  }
  if (!placed) out.add(hosted);
  return out;
}

TerraformOptions terraform_options(const Project& project, std::vector<ProviderSettings> settings, const OpContext& context) {
  TerraformOptions out;
  out.providers = std::move(settings);
  out.project_folder = folder_of(project);
  if (project.state) out.state_path = beside(project, *project.state);
  out.working_folder = current_folder();
  out.environment = process_environment();
  if (context.log != nullptr) out.log = *context.log;
  return out;
}

PulumiOptions pulumi_options(const Project& project, PulumiSettings settings, const OpContext& context) {
  PulumiOptions out;
  out.settings = std::move(settings);
  out.project_folder = folder_of(project);
  out.working_folder = current_folder();
  // A file that cannot be read is the stack's to tell, if the stack needs it.
  if (project.stack)
    if (Result<std::optional<PulumiProject>> found =
            find_pulumi_project(out.project_folder.empty() ? out.working_folder : out.project_folder))
      out.project = *std::move(found);
  out.environment = process_environment();
  if (context.log != nullptr) out.log = *context.log;
  return out;
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

Result<ScanRequest> engine_internal::scan_request_with(const Project& project, ProviderRegistry providers, const OpContext& context,
                                                       const TerraformMaker& make, const PulumiMaker& make_pulumi) {
  ScanRequest request;
  request.context = context;
  if (project.timeout && context.deadline.never()) request.context.deadline = Deadline::after(*context.clock, *project.timeout);
  if (providers.is_default()) {
    Result<ProviderRegistry> own = default_providers(project, request.context);
    if (!own) return std::move(own).error();
    providers = *std::move(own);
  }
  Hosted hosted;
  DRIFT_TRY(configure(project, providers, request.context, hosted));
  if (project.stack && !hosted.pulumi && !has(providers, pulumi_provider)) hosted.pulumi.emplace();
  if (!hosted.terraform.empty())
    providers = with_hosted(providers, make(terraform_options(project, std::move(hosted.terraform), request.context)));
  if (hosted.pulumi) providers = with_hosted(providers, make_pulumi(pulumi_options(project, *std::move(hosted.pulumi), request.context)));
  request.providers = std::move(providers);
  const Environment environment = process_environment();
  DRIFT_TRY(take_state(project, environment, request));
  request.secrets = secrets_of(environment);
  request.desired = source_of(project, project.desired);
  request.baseline = source_of(project, project.baseline);
  request.rules = project.rules;
  request.breaker = project.breaker;
  request.targets = project.targets;
  request.excludes = project.excludes;
  request.find_unmanaged = project.find_unmanaged;
  request.imports = project.imports;
  if (project.parallel) request.scheduler.parallel = *project.parallel;
  if (project.read_timeout) request.scheduler.read_timeout = *project.read_timeout;
  return request;
}

Result<ScanRequest> scan_request(const Project& project, ProviderRegistry providers, const OpContext& context) {
  return engine_internal::scan_request_with(project, std::move(providers), context, &make_terraform_providers);
}

}  // namespace drift
