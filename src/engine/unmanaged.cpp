#include "engine/unmanaged.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "drift/model/hash.hpp"
#include "drift/model/json.hpp"
#include "engine/marks.hpp"
#include "model/secret_echoes.hpp"
#include "provider/call_provider.hpp"
#include "provider/own_time.hpp"
#include "provider/pulumi/provider_record.hpp"
#include "provider/pulumi/urn.hpp"
#include "provider/terraform/provider_address.hpp"

namespace drift::engine_internal {
namespace {

std::string key_of_id(const Resource& r) { return r.type + '\0' + r.id; }

// What an identity leaves out is null or not there.
std::string key_of_identity(const Resource& r) {
  std::string out = r.type + '\0' + '\0';
  Object given;
  for (const auto& [name, value] : r.identity->as_object())
    if (!value.is_null()) given.set(name, value);
  append_canonical(Value(std::move(given)), out);
  return out;
}

bool has_identity(const Resource& r) { return r.identity && r.identity->is_object(); }

bool is_pulumi(std::string_view provider) { return provider.starts_with("urn:pulumi:"); }

// What reads it, as an entry of `providers` has it ("aws.west"), however a document or a provider writes that: a configuration in a module,
// of either registry, or of before there were any, is the same one. Of Pulumi the whole reference. Empty: it is not said.
std::string written_configuration(const Resource& r) {
  if (is_pulumi(r.provider)) return r.provider;
  const Result<terraform_internal::ProviderAddress> provider = terraform_internal::parse_provider_address(r.provider);
  if (!provider || !provider->tells_alias) return {};
  const std::string alias = provider->configuration();
  return alias.empty() ? provider->type : provider->type + '.' + alias;
}

// Where it is not said, it may be any.
bool may_be_same(const std::string& a, const std::string& b) { return a.empty() || b.empty() || a == b; }

// What people call it: of Pulumi the provider's name.
std::string short_name(const std::string& configuration) {
  if (!is_pulumi(configuration)) return configuration;
  return std::string(pulumi_internal::urn_name(std::string_view(configuration).substr(0, configuration.rfind("::"))));
}

std::string name_of(const ImportRequest& r) { return r.type + " (" + (r.identity ? to_json(*r.identity) : r.id) + ")"; }

}  // namespace

// What providers have in common is told by their records alone.
void Unmanaged::learn(const Resource& r) {
  if (!is_pulumi(r.provider) || !r.record || !r.record->provider || reaches_.count(r.provider) != 0) return;
  std::string reach = pulumi_internal::reach_of(*r.record->provider);
  std::string& first = first_of_.try_emplace(reach, r.provider).first->second;
  first = std::min(first, r.provider);
  reaches_.emplace(r.provider, std::move(reach));
}

const std::string& Unmanaged::first_of(const std::string& configuration) const {
  const auto known = reaches_.find(configuration);
  return known == reaches_.end() ? configuration : first_of_.at(known->second);
}

std::string Unmanaged::configuration_of(const Resource& r) const { return first_of(written_configuration(r)); }

void Unmanaged::remember(const Resource& r) {
  const std::string* configuration = &*configurations_.insert(written_configuration(r)).first;
  if (!r.id.empty()) remember(key_of_id(r), configuration);
  if (has_identity(r)) remember(key_of_identity(r), configuration);
}

void Unmanaged::remember(std::string key, const std::string* configuration) {
  const auto [begin, end] = managed_.equal_range(key);
  if (std::find_if(begin, end, [&](const auto& known) { return known.second == configuration; }) == end)
    managed_.emplace(std::move(key), configuration);
}

bool Unmanaged::remembered(const std::string& key, const std::string& configuration) const {
  const auto [begin, end] = managed_.equal_range(key);
  return std::any_of(begin, end, [&](const auto& known) { return may_be_same(first_of(*known.second), configuration); });
}

void Unmanaged::was_read(const Resource& actual) {
  if (wanted()) remember(actual);
}

bool Unmanaged::known(const Resource& r) const {
  if (in_documents(r) == Holder::itself) return true;
  const std::string configuration = configuration_of(r);
  if (!r.id.empty() && remembered(key_of_id(r), configuration)) return true;
  return has_identity(r) && remembered(key_of_identity(r), configuration);
}

Unmanaged::Holder Unmanaged::in_documents(const Resource& r) const {
  Holder holder = Holder::nobody;
  for (const Snapshot* side : {set_.recorded, set_.baseline, set_.desired}) {
    const std::optional<std::size_t> at = side != nullptr ? side->find(r.address) : std::nullopt;
    if (!at) continue;
    const Result<Resource> there = side->load(*at);
    if (!there || may_be_same(configuration_of(*there), configuration_of(r))) return Holder::itself;
    holder = Holder::another;
  }
  return holder;
}

Unmanaged::Holder Unmanaged::in_findings(const Resource& r) const {
  const auto at = judged_.find(r.address);
  if (at == judged_.end()) return Holder::nobody;
  return may_be_same(at->second, configuration_of(r)) ? Holder::itself : Holder::another;
}

// Two providers of a stack may have one name: one of them is to be replaced, or they have other parents.
void Unmanaged::make_distinct(Resource& r) const {
  const std::string configuration = configuration_of(r), address = r.address;
  for (const std::string& name : {short_name(configuration), configuration}) {
    if (in_documents(r) != Holder::another && in_findings(r) != Holder::another) return;
    r.address = address;
    r.address.append(" of ").append(name);
  }
}

// Of all that any side has, whether it is in the scope or not, and has been read or not.
Status Unmanaged::run(const OpContext& context) {
  if (!wanted()) return {};
  for (const Snapshot* side : {set_.recorded, set_.baseline, set_.desired}) {
    for (std::size_t i = 0; side != nullptr && i < side->size(); ++i)
      if (const Result<Resource> r = side->load(i)) {
        learn(*r);
        remember(*r);
      }
  }
  if (run_.request().find_unmanaged)
    for (const std::shared_ptr<Provider>& provider : run_.providers().all()) DRIFT_TRY(list(*provider, context));
  for (const ImportRequest& request : run_.request().imports) DRIFT_TRY(look_at(request, context));
  return {};
}

Status Unmanaged::list(Provider& provider, const OpContext& context) {
  Status status;
  std::vector<Resource> found = unknown_of(provider, status, context);
  if (ReadRecorder* recorder = run_.request().recorder) {
    std::vector<Resource> sealed = found;
    for (Resource& r : sealed) {
      const Resource before = r;
      const Resource* const own[] = {&before};
      model_internal::SecretEchoes(own).mark(r);
    }
    recorder->record_list(std::string(provider.name()), sealed, status);
  }
  if (!status.ok() && status.error().code() == Errc::read_unsupported)
    run_.note(
        {"cannot_list", "",
         "the provider " + std::string(provider.name()) + " cannot list what exists: nobody looked for unmanaged resources of its types"});
  else if (!status.ok())
    run_.classifier().add_error(status.error());
  for (Resource& r : found) {
    make_distinct(r);
    DRIFT_TRY(judge(provider, std::move(r)));
  }
  return {};
}

Status Unmanaged::judge(Provider& provider, Resource r) {
  judged_.try_emplace(r.address, configuration_of(r));
  if (!run_.wanted(r.address)) return {};
  Result<std::string> lane = provider_internal::call_lane(provider, r);
  if (!lane) {
    run_.classifier().add_error(std::move(lane).error().at(r.address));
    return {};
  }
  Loaded sides;
  sides.actual = std::move(r);
  return run_.judge(sides, *std::move(lane));
}

// What the provider lists and no side has, by address, with its secrets marked. Where they cannot be, it is left out, and that is the
// status.
std::vector<Resource> Unmanaged::unknown_of(Provider& provider, Status& status, const OpContext& context) const {
  std::vector<Resource> found;
  const Result<ProviderCapabilities> capabilities = provider_internal::call_capabilities(provider);
  if (!capabilities)
    status = capabilities.error();
  else if (!capabilities->can_list)
    status = Error(Errc::read_unsupported, "the provider cannot list what exists");
  else
    status = provider_internal::call_list(
        provider,
        [&](Resource r) {
          if (r.kind == ResourceKind::managed && !known(r)) found.push_back(std::move(r));
        },
        context);
  std::sort(found.begin(), found.end(), [this](const Resource& a, const Resource& b) {
    if (a.address != b.address) return a.address < b.address;
    if (const int c = configuration_of(a).compare(configuration_of(b)); c != 0) return c < 0;
    if (const int c = Value::compare(a.identity.value_or(Value()), b.identity.value_or(Value())); c != 0) return c < 0;
    return Value::compare(a.attributes, b.attributes) < 0;
  });
  // A provider that goes round in its pages lists the same again.
  const auto same = [this](const Resource& a, const Resource& b) {
    return a.address == b.address && configuration_of(a) == configuration_of(b) && a.identity == b.identity && a.attributes == b.attributes;
  };
  found.erase(std::unique(found.begin(), found.end(), same), found.end());
  mark_secrets(found, status);
  return found;
}

void Unmanaged::mark_secrets(std::vector<Resource>& found, Status& status) const {
  std::erase_if(found, [&](Resource& r) {
    const Result<const Schema*> schema = run_.schema_of(r);
    Resource* const only[] = {&r};
    if (schema)
      share_marks(only, *schema);
    else if (status.ok())
      status = schema.error();
    return !schema.ok();
  });
}

// By the first provider that does not say that it cannot; what it asks has the time of one read.
Status Unmanaged::find(const ImportRequest& request, std::vector<Resource>& found, Provider*& by, const OpContext& context) const {
  provider_internal::OwnTime time(context, run_.request().scheduler.read_timeout);
  ImportRequest timed = request;
  timed.time = &time;
  Status status = Error(Errc::read_unsupported, "no provider finds resources of type " + request.type + " by their id")
                      .next("name its provider in the project file (`providers: {...}`), or leave the import out");
  for (const std::shared_ptr<Provider>& provider : run_.providers().all()) {
    found.clear();
    by = provider.get();
    Status asked = provider_internal::call_import(
        *provider, timed, [&](Resource r) { found.push_back(std::move(r)); }, time.start());
    if (asked.ok()) return {};
    if (asked.error().code() == Errc::read_unsupported) continue;  // it is not the one for this type
    status = std::move(asked);
    break;
  }
  DRIFT_TRY(context.check());
  if (time.ran_out())  // however the provider took it
    return Error(Errc::read_timeout, "the provider gave no answer in the time that one read may take").next("raise `read_timeout`");
  return status;
}

Status Unmanaged::look_at(const ImportRequest& request, const OpContext& context) {
  const std::string name = name_of(request);
  std::vector<Resource> found;
  Provider* by = nullptr;
  Status status = find(request, found, by, context);
  if (status.ok() && found.empty()) run_.note({"import_absent", name, "nothing exists that was to be looked at"});
  std::erase_if(found, [&](Resource& r) {
    if (known(r)) {
      run_.note({"import_managed", r.address, "it was to be looked at, and is managed already"});
      return true;
    }
    make_distinct(r);
    return in_findings(r) == Holder::itself;
  });
  mark_secrets(found, status);
  if (!status.ok()) run_.fail_found(name, request.type, std::move(status).error());
  for (Resource& r : found) DRIFT_TRY(judge(*by, std::move(r)));
  return {};
}

}  // namespace drift::engine_internal
