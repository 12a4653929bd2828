#include "provider/terraform/provider_config.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "drift/base/duration.hpp"
#include "drift/base/nearest.hpp"
#include "provider/hosted/references.hpp"

namespace drift {
namespace terraform_internal {
namespace {

using hosted_internal::check_references;
using hosted_internal::is_variable_name;
using hosted_internal::resolve_text;
using hosted_internal::ResolvedText;

Error invalid(std::string_view key, std::string message, std::string step) {
  return Error(Errc::config_invalid, std::move(message)).at(std::string(key)).next(std::move(step));
}

// The path of a text inside `config`, for messages: keys that look like values are left out.
std::string below(const std::string& path, std::string_view key) {
  const bool plain = key.size() <= 40 && std::all_of(key.begin(), key.end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
                     });
  return (path.empty() ? "" : path + '.') + (plain ? std::string(key) : "...");
}

// Calls `take(text, path)` for every text below `v`; the first error ends it.
template <class V, class Take>
Status each_text(V& v, const std::string& path, const Take& take) {
  if (v.is_string()) return take(v, path);
  if (v.is_list()) {
    for (std::size_t i = 0; i < v.as_list().size(); ++i) {
      if constexpr (std::is_const_v<V>)
        DRIFT_TRY(each_text(v.as_list()[i], path + '[' + std::to_string(i) + ']', take));
      else
        DRIFT_TRY(each_text(v.edit_list()[i], path + '[' + std::to_string(i) + ']', take));
    }
  } else if (v.is_object()) {
    for (std::size_t i = 0; i < v.as_object().size(); ++i) {
      const std::string key = (v.as_object().begin() + static_cast<std::ptrdiff_t>(i))->first;
      if constexpr (std::is_const_v<V>)
        DRIFT_TRY(each_text(*v.as_object().find(key), below(path, key), take));
      else
        DRIFT_TRY(each_text(*v.edit_object().find(key), below(path, key), take));
    }
  }
  return {};
}

Error at_text(const Error& e, std::string_view where, const std::string& path) {
  return Error(e.code(), "the text " + (path.empty() ? std::string() : "`" + path + "` ") + e.message())
      .at(std::string(where))
      .next(e.next_step());
}

// --- the keys ---

Status take_config(const Value& v, ProviderSettings& out) {
  if (!v.is_null() && !v.is_object())
    return invalid("config", "was no map", "write what the provider's block in the program has, as a map");
  out.config = v;
  return each_text(std::as_const(out.config), "", [](const Value& text, const std::string& path) -> Status {
    const Status s = check_references(text.as_string());
    return s.ok() ? Status() : Status(at_text(s.error(), "config", path));
  });
}

Status take_binary(const Value& v, ProviderSettings& out) {
  if (!v.is_string() || v.as_string().empty() || v.as_string().find('\0') != std::string::npos)
    return invalid("binary", "was no path", "give the path of the provider's binary, or of the folder that it is in");
  out.binary = v.as_string();
  return {};
}

Status take_env(const Value& v, ProviderSettings& out) {
  if (!v.is_object()) return invalid("env", "was no map", "write a map from the names of variables to texts");
  for (const auto& [name, value] : v.as_object()) {
    if (!is_variable_name(name)) return invalid("env", "a name is none that a variable can have", "use letters, digits and _");
    const std::string text = value.is_string() ? value.as_string() : value.is_number() ? value.as_number().text() : "";
    if (value.is_bool() || (text.empty() && !value.is_string()) || text.find('\0') != std::string::npos)
      return invalid("env", "the variable " + name + " was no text", "put its value in quotes");
    if (const Status s = check_references(text); !s.ok()) return at_text(s.error(), "env", name);
    out.env.emplace_back(name, text);
  }
  return {};
}

Status take_bool(std::string_view key, const Value& v, bool& out) {
  if (!v.is_bool()) return invalid(key, "was neither true nor false", "write true or false");
  out = v.as_bool();
  return {};
}

Status take_logs(const Value& v, ProviderSettings& out) { return take_bool("logs", v, out.logs); }
Status take_mutual_tls(const Value& v, ProviderSettings& out) { return take_bool("mutual_tls", v, out.mutual_tls); }

Status take_whole(std::string_view key, const Value& v, std::int64_t most, std::int64_t& out) {
  const std::optional<std::int64_t> n = v.is_number() ? v.as_number().to_int64() : std::nullopt;
  if (!n || *n < 1 || *n > most) return invalid(key, "was no whole number in range", "write a number from 1 to " + std::to_string(most));
  out = *n;
  return {};
}

Status take_parallel(const Value& v, ProviderSettings& out) {
  std::int64_t n = 0;
  DRIFT_TRY(take_whole("parallel", v, 256, n));
  out.parallel = static_cast<std::size_t>(n);
  return {};
}

Status take_duration(std::string_view key, const Value& v, std::optional<Clock::Duration>& out) {
  const Result<Clock::Duration> d = parse_duration(v.is_string() ? v.as_string() : "");
  if (!d) return invalid(key, "was no duration", d.error().next_step());
  out = *d;
  return {};
}

Status take_start_timeout(const Value& v, ProviderSettings& out) { return take_duration("start_timeout", v, out.start_timeout); }
Status take_max_age(const Value& v, ProviderSettings& out) { return take_duration("max_age", v, out.max_age); }

Status take_max_calls(const Value& v, ProviderSettings& out) {
  std::int64_t n = 0;
  DRIFT_TRY(take_whole("max_calls", v, 1'000'000'000'000, n));
  out.max_calls = static_cast<std::uint64_t>(n);
  return {};
}

Status take_max_listed(const Value& v, ProviderSettings& out) {
  std::int64_t n = 0;
  DRIFT_TRY(take_whole("max_listed", v, 100'000'000, n));
  out.max_listed = static_cast<std::uint64_t>(n);
  return {};
}

Status take_max_memory(const Value& v, ProviderSettings& out) {
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

struct Key {
  std::string_view name;
  Status (*take)(const Value&, ProviderSettings&);
};
constexpr Key keys[] = {{"config", take_config},
                        {"binary", take_binary},
                        {"env", take_env},
                        {"logs", take_logs},
                        {"parallel", take_parallel},
                        {"start_timeout", take_start_timeout},
                        {"mutual_tls", take_mutual_tls},
                        {"max_age", take_max_age},
                        {"max_calls", take_max_calls},
                        {"max_memory", take_max_memory},
                        {"max_listed", take_max_listed}};

// --- names ---

bool is_alias(std::string_view text) {
  const std::size_t bracket = text.find('[');
  if (bracket != std::string_view::npos && (!text.ends_with(']') || text.size() < bracket + 3)) return false;
  const std::string_view name = text.substr(0, bracket);
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

// "registry.terraform.io/hashicorp/aws.west": the alias is what follows the first dot of the last part.
Status take_name(const std::string& name, ProviderSettings& out) {
  const std::size_t bracket = name.find('['), slash = name.rfind('/', bracket);
  const std::size_t dot = name.find('.', slash == std::string::npos ? 0 : slash);
  out.name = name;
  out.source = name.substr(0, dot);
  if (dot != std::string::npos) out.alias = name.substr(dot + 1);
  if (!parse_provider_source(out.source).ok() || (dot == std::string::npos ? bracket != std::string::npos : !is_alias(out.alias)))
    return Error(Errc::config_invalid, "the name is none that a provider can have")
        .next("write its type, `aws`, or its source, `hashicorp/aws`; with an alias `aws.west`");
  return {};
}

// How exactly an entry names a provider; 0: it names another one.
int exactness(const ProviderSettings& s, const ProviderAddress& p) {
  const Result<ProviderAddress> named = parse_provider_source(s.source);
  if (!named || named->type != p.type) return 0;
  const auto slashes = std::count(s.source.begin(), s.source.end(), '/');
  if (slashes == 0) return 1;
  if (!same_provider(*named, p)) return 0;
  return slashes == 1 ? 2 : named->hostname == p.hostname ? 4 : 3;
}

}  // namespace

std::vector<std::string_view> provider_setting_keys() {
  std::vector<std::string_view> out;
  for (const Key& k : keys) out.push_back(k.name);
  return out;
}

Result<const ProviderSettings*> choose_settings(const std::vector<ProviderSettings>& all, const ProviderAddress& provider) {
  const ProviderSettings* best = nullptr;
  int exact = 0;
  bool named = false;
  for (const ProviderSettings& s : all) {
    const int how = exactness(s, provider);
    named |= how > 0;
    // Another one's account, where all would be missing, must not be asked.
    if (how > 0 && !provider.tells_alias && !s.alias.empty())
      return Error(Errc::config_invalid, "the document does not tell which configuration of the provider " + provider.display() +
                                             " a resource has, and `providers` has several")
          .at(provider.source())
          .next("give the state file itself in place of what `show -json` wrote");
    if (how <= exact || s.alias != provider.configuration()) continue;
    best = &s;
    exact = how;
  }
  if (best != nullptr || !named) return best;
  const std::string alias = provider.configuration();
  return Error(Errc::config_invalid,
               alias.empty() ? "the provider " + provider.display() + " has settings for aliases, and none for its default configuration"
                             : "the provider " + provider.display() + " has no settings for its alias `" + alias + "`")
      .at(provider.source())
      .next("add `" + provider.settings_name() +
            "` under `providers` of the project file; without anything in it when the environment is enough");
}

Result<ResolvedSettings> resolve_settings(const ProviderSettings& settings, const Environment& environment) {
  ResolvedSettings out{settings.config, {}};
  const std::string where = "providers." + settings.name + '.';
  DRIFT_TRY(each_text(out.config, "", [&](Value& text, const std::string& path) -> Status {
    Result<ResolvedText> resolved = resolve_text(text.as_string(), environment);
    if (!resolved) return at_text(resolved.error(), where + "config", path);
    const Secret mark = resolved->from_environment ? Secret::plain : text.secret();
    text = Value(std::move(resolved->text));
    text.mark(mark);
    return {};
  }));
  for (const auto& [name, text] : settings.env) {
    Result<ResolvedText> resolved = resolve_text(text, environment);
    if (!resolved) return at_text(resolved.error(), where + "env", name);
    out.env.emplace_back(name, std::move(resolved->text));
  }
  return out;
}

}  // namespace terraform_internal

Result<ProviderSettings> parse_provider_settings(const std::string& name, const Value& config) {
  using namespace terraform_internal;  // NOLINT(google-build-using-namespace)
  ProviderSettings out;
  DRIFT_TRY(take_name(name, out));
  if (config.is_null()) return out;
  if (!config.is_object())
    return Error(Errc::config_invalid, "the settings of a provider were no map").next("write `config:` and what belongs to it below");
  for (const auto& [key, value] : config.as_object()) {
    const auto* known = std::find_if(std::begin(keys), std::end(keys), [&key = key](const Key& k) { return k.name == key; });
    if (known == std::end(keys))
      return Error(Errc::config_unknown_key, "the settings of a provider do not have this key")
          .at(key)
          .next("did you mean `" + std::string(nearest(key, provider_setting_keys())) +
                "`? What the provider itself takes stands below `config`");
    if (value.is_null() && key != "config")
      return Error(Errc::config_invalid, "had no value").at(key).next("give it one, or remove the key");
    DRIFT_TRY(known->take(value, out));
  }
  return out;
}

}  // namespace drift
