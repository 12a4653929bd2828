#include "provider/pulumi/provider_record.hpp"

#include <algorithm>

#include "drift/model/hash.hpp"
#include "provider/hosted/references.hpp"
#include "provider/pulumi/property.hpp"
#include "provider/pulumi/urn.hpp"
#include "state/base64.hpp"
#include "third/digest.hpp"

namespace drift::pulumi_internal {
namespace {

constexpr std::string_view internal_key = "__internal";

Error bad(const ProviderRecord& r, std::string what) {
  return Error(Errc::bad_structure, "the state's record of a provider is not as the engine writes it: " + std::move(what))
      .at(r.urn)
      .next("repair the stack: pulumi refresh, or pulumi state repair");
}

// It becomes a part of a path, and decides whether code of the state is executed: with a NUL in it the two would not be the same name.
bool is_plugin_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  });
}

// A text, or absent; a secret text counts as the text.
Result<std::optional<std::string>> text_at(const ProviderRecord& r, const Value& object, std::string_view key) {
  const Value* v = object.find(key);
  if (v != nullptr && tag_of(*v) == Tag::secret) v = v->find("value");
  if (v == nullptr) return std::optional<std::string>();
  if (!v->is_string()) return bad(r, "`" + std::string(key) + "` was no text");
  return std::optional<std::string>(v->as_string());
}

Status take_parameterization(const Value& inputs, const Value& internal, ProviderRecord& r) {
  auto value = text_at(r, internal, "parameterization");
  if (!value) return std::move(value).error();
  if (!*value) return {};
  std::optional<std::string> bytes = state_internal::base64_decode(**value);
  if (!bytes) return bad(r, "`parameterization` was no base64");
  auto version = text_at(r, inputs, "version");
  if (!version) return std::move(version).error();
  if (!*version) return bad(r, "a parameterized provider had no `version`");
  r.parameterization = Parameterization{r.package, **std::move(version), *std::move(bytes)};
  return {};
}

Status take_env_mappings(const Value& internal, ProviderRecord& r) {
  const Value* mappings = internal.find("envVarMappings");
  if (mappings == nullptr) return {};
  if (!plain_object(*mappings)) return bad(r, "`envVarMappings` was no map");
  for (const auto& [from, to] : mappings->as_object()) {
    // With `=` or NUL in the name the state would say the value as well.
    if (!to.is_string() || !hosted_internal::is_variable_name(to.as_string()))
      return bad(r, "`envVarMappings` held something else than names of variables");
    r.env_mappings[from] = to.as_string();
  }
  return {};
}

Status take_plugin(const Value& inputs, const Value& internal, ProviderRecord& r) {
  auto name = text_at(r, internal, "name");
  if (!name) return std::move(name).error();
  r.plugin.name = name->value_or(r.package);
  if (!is_plugin_name(r.plugin.name)) return bad(r, "the plugin's name was none");
  DRIFT_TRY(take_parameterization(inputs, internal, r));
  auto version = text_at(r, r.parameterization ? internal : inputs, "version");
  if (!version) return std::move(version).error();
  r.plugin.version = version->value_or("");
  auto url = text_at(r, internal, "pluginDownloadURL");
  if (!url) return std::move(url).error();
  r.plugin.download_url = url->value_or("");
  return take_env_mappings(internal, r);
}

std::string digest_of(std::string bytes) {
  std::string key = third::hex(third::digest(third::Hasher::sha256, bytes));
  third::wipe(bytes);
  return key;
}

}  // namespace

Result<ProviderRecord> read_provider_record(const EngineRecord& record) {
  ProviderRecord r;
  r.urn = record.resource.string_or("urn");
  r.id = record.resource.string_or("id");
  r.type = record.resource.string_or("type");
  r.name = urn_name(r.urn);
  r.package = provider_package(r.type);
  if (r.package.empty()) return bad(r, "its type was no provider's");
  const Value* recorded = record.resource.find("inputs");
  Result<Value> inputs =
      recorded != nullptr && recorded->is_object() ? property_of_record(*recorded, "inputs") : Result<Value>(Value(Object()));
  if (!inputs) return std::move(inputs).error().in("while reading the configuration of the provider " + r.package);
  if (!plain_object(*inputs)) return bad(r, "its inputs were no map");
  const Value* own = inputs->find(internal_key);
  if (own != nullptr && !own->is_null() && !plain_object(*own)) return bad(r, "`__internal` was no map");
  const Value internal = own != nullptr && !own->is_null() ? *own : *inputs;
  DRIFT_TRY(take_plugin(*inputs, internal, r));
  r.config = *std::move(inputs);
  r.config.edit_object().erase(internal_key);
  return r;
}

std::string key_of(const EngineRecord& record) {
  std::string bytes;
  for (const char* key : {"urn", "id", "inputs"}) {
    const Value* v = record.resource.find(key);
    append_canonical(v != nullptr ? *v : Value(), bytes);
    bytes += '\0';
  }
  return digest_of(std::move(bytes));
}

std::string reach_of(const EngineRecord& record) {
  std::string bytes(record.resource.string_or("type"));
  const Value* inputs = record.resource.find("inputs");
  const Value* internal = inputs != nullptr ? inputs->find(internal_key) : nullptr;
  const Value* environment = internal != nullptr ? internal->find("envVarMappings") : nullptr;
  Value config = inputs != nullptr && inputs->is_object() ? *inputs : Value(Object());
  for (const std::string_view own : {internal_key, std::string_view("version"), std::string_view("pluginDownloadURL")})
    config.edit_object().erase(own);
  bytes += '\0';
  append_canonical(config, bytes);
  bytes += '\0';
  append_canonical(environment != nullptr ? *environment : Value(), bytes);
  return digest_of(std::move(bytes));
}

}  // namespace drift::pulumi_internal
