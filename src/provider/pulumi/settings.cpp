#include "provider/pulumi/settings.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "drift/base/duration.hpp"
#include "drift/base/nearest.hpp"
#include "provider/hosted/references.hpp"
#include "provider/pulumi/property.hpp"

namespace drift {
namespace pulumi_internal {
namespace {

using hosted_internal::check_references;
using hosted_internal::is_variable_name;
using hosted_internal::ResolvedText;
using Texts = std::vector<std::pair<std::string, std::string>>;

Error invalid(std::string_view key, std::string message, std::string step) {
  return Error(Errc::config_invalid, std::move(message)).at(std::string(key)).next(std::move(step));
}

Status take_flag(std::string_view key, const Value& v, bool& out) {
  if (!v.is_bool()) return invalid(key, "was neither true nor false", "write true or false");
  out = v.as_bool();
  return {};
}

Status take_whole(std::string_view key, const Value& v, std::int64_t most, std::uint64_t& out) {
  const std::optional<std::int64_t> n = v.is_number() ? v.as_number().to_int64() : std::nullopt;
  if (!n || *n < 1 || *n > most) return invalid(key, "was no whole number in range", "write a number from 1 to " + std::to_string(most));
  out = static_cast<std::uint64_t>(*n);
  return {};
}

Status take_parallel(const Value& v, std::optional<std::size_t>& out) {
  std::uint64_t n = 0;
  DRIFT_TRY(take_whole("parallel", v, 256, n));
  out = static_cast<std::size_t>(n);
  return {};
}

Status take_env(const Value& v, Texts& out) {
  if (!v.is_object()) return invalid("env", "was no map", "write a map from the names of variables to texts");
  for (const auto& [name, value] : v.as_object()) {
    if (!is_variable_name(name)) return invalid("env", "a name is none that a variable can have", "use letters, digits and _");
    const std::string text = value.is_string() ? value.as_string() : value.is_number() ? value.as_number().text() : "";
    if ((text.empty() && !value.is_string()) || text.find('\0') != std::string::npos)
      return invalid("env", "the variable " + name + " was no text", "put its value in quotes");
    if (const Status s = check_references(text); !s.ok())
      return invalid("env", "the text `" + name + "` " + s.error().message(), s.error().next_step());
    out.emplace_back(name, text);
  }
  return {};
}

Status take_duration(std::string_view key, const Value& v, std::optional<Clock::Duration>& out) {
  const Result<Clock::Duration> d = parse_duration(v.is_string() ? v.as_string() : "");
  if (!d) return invalid(key, "was no duration", d.error().next_step());
  out = *d;
  return {};
}

Status take_max_memory(const Value& v, PulumiSettings& out) {
  static constexpr std::pair<std::string_view, unsigned> units[] = {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}};
  const std::string_view text = v.is_string() ? std::string_view(v.as_string()) : std::string_view();
  std::uint64_t n = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), n);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const auto& [name, shift] : units)
    if (fault == std::errc() && unit == name && n > 0 && n <= (std::numeric_limits<std::uint64_t>::max() >> shift)) {
      out.max_memory = n << shift;
      return {};
    }
  return invalid("max_memory", "was no amount of memory", "write a whole number and KiB, MiB or GiB: 512MiB, 2GiB");
}

template <class T>
struct Key {
  std::string_view name;
  Status (*take)(const Value&, T&);
};

Status take_binary(const Value& v, PulumiPluginSettings& out) {
  if (!v.is_string() || v.as_string().empty() || v.as_string().find('\0') != std::string::npos)
    return invalid("binary", "was no path", "give the path of the plugin's program, or of the folder that it is in");
  out.binary = v.as_string();
  return {};
}

Status check_texts(const Value& v) {
  if (v.is_string()) return check_references(v.as_string());
  if (v.is_list())
    for (const Value& e : v.as_list()) DRIFT_TRY(check_texts(e));
  if (v.is_object())
    for (const auto& [key, member] : v.as_object()) DRIFT_TRY(check_texts(member));
  return {};
}

Status take_config(const Value& v, PulumiPluginSettings& out) {
  if (!v.is_null() && !v.is_object()) return invalid("config", "was no map", "write what the provider takes, as a map");
  if (const Status s = check_texts(v); !s.ok()) return invalid("config", "a text " + s.error().message(), s.error().next_step());
  out.config = v;
  return {};
}

constexpr Key<PulumiPluginSettings> plugin_keys[] = {
    {"binary", take_binary},
    {"config", take_config},
    {"env", [](const Value& v, PulumiPluginSettings& out) { return take_env(v, out.env); }},
    {"parallel", [](const Value& v, PulumiPluginSettings& out) { return take_parallel(v, out.parallel); }},
    {"logs", [](const Value& v, PulumiPluginSettings& out) { return take_flag("logs", v, out.logs.emplace()); }}};

template <class T, std::size_t n>
std::vector<std::string_view> names_of(const Key<T> (&keys)[n]) {
  std::vector<std::string_view> out;
  for (const Key<T>& k : keys) out.push_back(k.name);
  return out;
}

template <class T, std::size_t n>
Status take_keys(const Value& config, const Key<T> (&keys)[n], T& out) {
  for (const auto& [key, value] : config.as_object()) {
    const auto* known = std::find_if(std::begin(keys), std::end(keys), [&key = key](const Key<T>& k) { return k.name == key; });
    if (known == std::end(keys))
      return Error(Errc::config_unknown_key, "the settings of Pulumi's providers do not have this key")
          .at(key)
          .next("did you mean `" + std::string(nearest(key, names_of(keys))) + "`?");
    if (value.is_null() && key != "config" && key != "plugins")
      return Error(Errc::config_invalid, "had no value").at(key).next("give it one, or remove the key");
    DRIFT_TRY(known->take(value, out));
  }
  return {};
}

bool is_plugin_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  });
}

Status take_plugins(const Value& v, PulumiSettings& out) {
  if (v.is_null()) return {};
  if (!v.is_object()) return invalid("plugins", "was no map", "write the name of a plugin (`aws`) and its settings below it");
  for (const auto& [name, config] : v.as_object()) {
    if (!is_plugin_name(name))
      return invalid("plugins", "a name is none that a plugin can have", "write it as pulumi-resource-NAME has it");
    PulumiPluginSettings& settings = out.plugins[name];
    if (config.is_null()) continue;
    if (!config.is_object()) return invalid("plugins", "the settings of `" + name + "` were no map", "write `binary:` or `env:` below it");
    if (const Status s = take_keys(config, plugin_keys, settings); !s.ok())
      return Error(s.error().code(),
                   "`" + name + "." + (is_plugin_name(s.error().subject()) ? s.error().subject() : "...") + "`: " + s.error().message())
          .at("plugins")
          .next(s.error().next_step());
  }
  return {};
}

constexpr Key<PulumiSettings> settings_keys[] = {
    {"dynamic_providers", [](const Value& v, PulumiSettings& out) { return take_flag("dynamic_providers", v, out.dynamic_providers); }},
    {"project_plugins", [](const Value& v, PulumiSettings& out) { return take_flag("project_plugins", v, out.project_plugins); }},
    {"plugins", take_plugins},
    {"env", [](const Value& v, PulumiSettings& out) { return take_env(v, out.env); }},
    {"logs", [](const Value& v, PulumiSettings& out) { return take_flag("logs", v, out.logs); }},
    {"parallel", [](const Value& v, PulumiSettings& out) { return take_parallel(v, out.parallel); }},
    {"start_timeout", [](const Value& v, PulumiSettings& out) { return take_duration("start_timeout", v, out.start_timeout); }},
    {"max_age", [](const Value& v, PulumiSettings& out) { return take_duration("max_age", v, out.max_age); }},
    {"max_calls",
     [](const Value& v, PulumiSettings& out) { return take_whole("max_calls", v, 1'000'000'000'000, out.max_calls.emplace()); }},
    {"max_memory", take_max_memory},
    {"max_listed", [](const Value& v, PulumiSettings& out) { return take_whole("max_listed", v, 100'000'000, out.max_listed.emplace()); }}};

Result<Value> resolved(const Value& v, const Environment& environment, const std::string& where) {
  if (v.is_string()) {
    Result<ResolvedText> text = hosted_internal::resolve_text(v.as_string(), environment);
    if (!text) return Error(text.error().code(), "a text " + text.error().message()).at(where).next(text.error().next_step());
    if (!text->from_environment) return Value(std::move(text->text));
    Value secret = tagged(Tag::secret);
    secret.edit_object().set("value", Value(std::move(text->text)));
    return secret;
  }
  Value out = v;
  if (v.is_list()) {
    for (Value& e : out.edit_list()) {
      Result<Value> r = resolved(e, environment, where);
      if (!r) return r;
      e = *std::move(r);
    }
  } else if (v.is_object()) {
    for (const auto& [key, member] : v.as_object()) {
      Result<Value> r = resolved(member, environment, where);
      if (!r) return r;
      out.edit_object().set(key, *std::move(r));
    }
  }
  return out;
}

Status resolve_env(const Texts& texts, const Environment& environment, const std::string& where, Texts& out) {
  for (const auto& [name, text] : texts) {
    Result<ResolvedText> r = hosted_internal::resolve_text(text, environment);
    if (!r) return Error(r.error().code(), "the text `" + name + "` " + r.error().message()).at(where).next(r.error().next_step());
    out.emplace_back(name, std::move(r->text));
  }
  return {};
}

}  // namespace

std::vector<std::string_view> pulumi_setting_keys() { return names_of(settings_keys); }
std::vector<std::string_view> pulumi_plugin_setting_keys() { return names_of(plugin_keys); }

Result<ResolvedPlugin> resolve_plugin(const PulumiSettings& settings, const std::string& name, const Environment& environment) {
  ResolvedPlugin out{Value(Object()), {}};
  DRIFT_TRY(resolve_env(settings.env, environment, "providers.pulumi.env", out.env));
  const auto own = settings.plugins.find(name);
  if (own == settings.plugins.end()) return out;
  const std::string where = "providers.pulumi.plugins." + name;
  DRIFT_TRY(resolve_env(own->second.env, environment, where + ".env", out.env));
  if (own->second.config.is_null()) return out;
  Result<Value> config = resolved(own->second.config, environment, where + ".config");
  if (!config) return std::move(config).error();
  out.config = *std::move(config);
  return out;
}

}  // namespace pulumi_internal

Result<PulumiSettings> parse_pulumi_settings(const Value& config) {
  PulumiSettings out;
  if (config.is_null()) return out;
  if (!config.is_object())
    return Error(Errc::config_invalid, "the settings of Pulumi's providers were no map").next("leave it empty, or write keys below it");
  DRIFT_TRY(pulumi_internal::take_keys(config, pulumi_internal::settings_keys, out));
  return out;
}

}  // namespace drift
