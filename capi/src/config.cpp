#include "config.hpp"

#include <filesystem>
#include <span>
#include <utility>

#include "drift/model/json.hpp"
#include "engine/project_schema.hpp"

namespace drift::capi {
namespace {

using engine_internal::decode_map;
using engine_internal::invalid_value;
using engine_internal::Key;
using engine_internal::wrong_type;
using engine_internal::YamlNode;

// What the document says, before its parts are put together.
struct Draft {
  Config config;
  std::optional<std::string> project_file, relative_to;
  const YamlNode* settings = nullptr;
  // Keys that a host gives beside the project; they win over it.
  Project over;
  bool has_targets = false, has_excludes = false;
};

Status text(const YamlNode& n, std::string& out) {
  if (n.kind != YamlNode::Kind::scalar || !n.scalar.is_string()) return wrong_type(n, "a text");
  out = n.scalar.as_string();
  return {};
}

Status path(const YamlNode& n, std::optional<std::string>& out) {
  DRIFT_TRY(text(n, out.emplace()));
  if (out->empty() || out->find('\0') != std::string::npos)
    return invalid_value(n, "the path is empty, or has a zero byte in it", "give a path, or leave the key out");
  return {};
}

Status boolean(const YamlNode& n, bool& out) {
  if (n.kind != YamlNode::Kind::scalar || !n.scalar.is_bool()) return wrong_type(n, "true or false");
  out = n.scalar.as_bool();
  return {};
}

Status count(const YamlNode& n, std::int64_t least, std::int64_t most, std::size_t& out) {
  const bool number = n.kind == YamlNode::Kind::scalar && n.scalar.is_number();
  const std::optional<std::int64_t> value = number ? n.scalar.as_number().to_int64() : std::nullopt;
  if (!value) return wrong_type(n, "a whole number");
  if (*value < least || *value > most)
    return invalid_value(n, "the number is out of range", "give " + std::to_string(least) + " to " + std::to_string(most));
  out = static_cast<std::size_t>(*value);
  return {};
}

Status texts(const YamlNode& n, std::vector<std::string>& out) {
  if (n.kind != YamlNode::Kind::list) return wrong_type(n, "a list of texts");
  for (const YamlNode& item : n.items)
    if (Status s = text(item, out.emplace_back()); !s.ok()) return std::move(s).error().in("in the list `" + n.key + "`");
  return {};
}

// ---- Facts of types.

struct Fact {
  std::string_view name;
  bool SchemaFacts::*flag;
};
constexpr Fact facts[] = {
    {"computed", &SchemaFacts::computed},     {"read_only", &SchemaFacts::read_only},
    {"write_only", &SchemaFacts::write_only}, {"sensitive", &SchemaFacts::sensitive},
    {"force_new", &SchemaFacts::force_new},   {"set", &SchemaFacts::set},
    {"derived", &SchemaFacts::derived},       {"empty_is_absent", &SchemaFacts::empty_is_absent},
};

Status add_fact(const YamlNode& path, const std::string& pattern, SchemaFacts fact, Schema& schema) {
  if (Result<PathPattern> p = PathPattern::parse(pattern); !p) return invalid_value(path, p.error().message(), p.error().next_step());
  schema.add(pattern, std::move(fact));
  return {};
}

Status take_keyed(const YamlNode& n, Schema& schema) {
  if (n.kind != YamlNode::Kind::map) return wrong_type(n, "a map from paths to the member that names an element");
  for (const YamlNode& member : n.items) {
    SchemaFacts fact;
    DRIFT_TRY(text(member, fact.list_key.emplace()));
    DRIFT_TRY(add_fact(member, member.key, std::move(fact), schema));
  }
  return {};
}

Status take_schema(const YamlNode& n, Schema& schema) {
  if (n.kind != YamlNode::Kind::map) return wrong_type(n, "a map of facts");
  for (const YamlNode& member : n.items) {
    if (member.key == "keyed") {
      DRIFT_TRY(take_keyed(member, schema));
      continue;
    }
    const Fact* known = nullptr;
    std::vector<std::string_view> names{"keyed"};
    for (const Fact& f : facts) {
      names.push_back(f.name);
      if (f.name == member.key) known = &f;
    }
    if (known == nullptr) return engine_internal::unknown_key(member, "schemas", names);
    std::vector<std::string> paths;
    DRIFT_TRY(texts(member, paths));
    for (std::size_t i = 0; i < paths.size(); ++i) {
      SchemaFacts fact;
      fact.*(known->flag) = true;
      DRIFT_TRY(add_fact(member.items[i], paths[i], std::move(fact), schema));
    }
  }
  return {};
}

Status take_schemas(const YamlNode& n, HostProviderSpec& out) {
  if (n.kind != YamlNode::Kind::map) return wrong_type(n, "a map from types to facts");
  for (const YamlNode& type : n.items) DRIFT_TRY(take_schema(type, out.schemas[type.key]));
  return {};
}

constexpr Key<HostProviderSpec> provider_keys[] = {
    {"name", [](const YamlNode& n, HostProviderSpec& p) { return text(n, p.name); }, true},
    {"types", [](const YamlNode& n, HostProviderSpec& p) { return texts(n, p.types); }, true},
    {"max_batch", [](const YamlNode& n, HostProviderSpec& p) { return count(n, 1, 100'000, p.max_batch); }},
    {"max_concurrency", [](const YamlNode& n, HostProviderSpec& p) { return count(n, 1, 256, p.max_concurrency); }},
    {"can_list", [](const YamlNode& n, HostProviderSpec& p) { return boolean(n, p.can_list); }},
    {"schemas", take_schemas},
};

Status take_providers(const YamlNode& n, Draft& d) {
  if (n.kind != YamlNode::Kind::list) return wrong_type(n, "a list of providers");
  for (const YamlNode& item : n.items) {
    HostProviderSpec& spec = d.config.providers.emplace_back();
    DRIFT_TRY(decode_map<HostProviderSpec>(item, "providers[]", provider_keys, spec));
    if (spec.types.empty()) return invalid_value(item, "`types` is empty, so that the provider reads nothing", "give globs of types");
    if (spec.name.empty() || spec.name == "file")
      return invalid_value(item, "a provider of the host needs a name of its own", "choose another name");
    for (std::size_t i = 0; i + 1 < d.config.providers.size(); ++i)
      if (d.config.providers[i].name == spec.name) return invalid_value(item, "two providers have one name", "give each its own");
  }
  return {};
}

// ---- The whole.

Status duration(const YamlNode& n, std::optional<Clock::Duration>& out) {
  std::string words;
  DRIFT_TRY(text(n, words));
  const Result<Clock::Duration> d = parse_duration(words);
  if (!d) return invalid_value(n, d.error().message(), d.error().next_step());
  out = *d;
  return {};
}

struct Described {
  std::string_view type, otherwise, meaning;
};
struct ConfigKey {
  Key<Draft> key;
  Described words;
};

constexpr ConfigKey config_keys[] = {
    {{"project", [](const YamlNode& n, Draft& d) { return path(n, d.project_file); }},
     {"path", "none", "a project file (drift.yaml); its paths are relative to its folder"}},
    {{"settings",
      [](const YamlNode& n, Draft& d) {
        d.settings = &n;
        return Status();
      }},
     {"object", "none", "the keys of a project file, in place of one (docs/drift.yaml.md)"}},
    {{"relative_to", [](const YamlNode& n, Draft& d) { return path(n, d.relative_to); }},
     {"path", "the current folder", "the folder that paths in settings are relative to"}},
    {{"providers", take_providers},
     {"list", "none",
      "resource types whose reads the host answers: name, types (globs), max_batch (64), max_concurrency (8), can_list (false), schemas "
      "(by type: "
      "lists of paths that are computed, read_only, write_only, sensitive, force_new, set, derived, empty_is_absent; keyed: from path to "
      "member)"}},
    {{"file_provider", [](const YamlNode& n, Draft& d) { return boolean(n, d.config.file_provider); }},
     {"boolean", "true", "whether files of this machine are read by the built-in provider, for types that no other provider reads"}},
    {{"record", [](const YamlNode& n, Draft& d) { return path(n, d.config.record); }},
     {"path", "none", "a folder into which every read is written"}},
    {{"replay", [](const YamlNode& n, Draft& d) { return path(n, d.config.replay); }},
     {"path", "none", "a folder that was recorded, from which reads are answered"}},
    {{"key_file", [](const YamlNode& n, Draft& d) { return path(n, d.config.key_file); }},
     {"path", "the baseline's path and .key", "the key that seals secrets in baselines and recordings"}},
    {{"attempts", [](const YamlNode& n, Draft& d) { return count(n, 1, 100, d.config.attempts.emplace()); }},
     {"1 to 100", "4", "how often a read is tried whose error may pass"}},
    {{"find_unmanaged", [](const YamlNode& n, Draft& d) { return boolean(n, d.config.find_unmanaged); }},
     {"boolean", "false", "ask providers that can list for resources that no document has"}},
    {{"stack",
      [](const YamlNode& n, Draft& d) -> Status {
        DRIFT_TRY(text(n, d.over.stack.emplace()));
        if (d.over.stack->empty()) return invalid_value(n, "the name is empty", "give one, or leave the key out");
        return {};
      }},
     {"text", "none",
      "a Pulumi stack where it lives, as the state; wins over the project's: stack, project/stack or organisation/project/stack"}},
    {{"decrypt", [](const YamlNode& n, Draft& d) { return boolean(n, d.config.decrypt); }},
     {"boolean", "false", "ask the host for secrets of Pulumi stacks that cannot be decrypted here (DRIFT_EV_WANT_DECRYPT)"}},
    {{"targets",
      [](const YamlNode& n, Draft& d) {
        d.has_targets = true;
        return texts(n, d.over.targets);
      }},
     {"list of globs", "all", "only these addresses; wins over the project's"}},
    {{"exclude",
      [](const YamlNode& n, Draft& d) {
        d.has_excludes = true;
        return texts(n, d.over.excludes);
      }},
     {"list of globs", "none", "not these addresses; wins over the project's"}},
    {{"parallel", [](const YamlNode& n, Draft& d) { return count(n, 1, 256, d.over.parallel.emplace()); }},
     {"1 to 256", "8", "reads at once; wins over the project's"}},
    {{"timeout", [](const YamlNode& n, Draft& d) { return duration(n, d.over.timeout); }},
     {"duration", "none", "of a whole run; wins over the project's"}},
    {{"read_timeout", [](const YamlNode& n, Draft& d) { return duration(n, d.over.read_timeout); }},
     {"duration", "60s", "of one read; wins over the project's"}},
};

Status finish(Draft& d, const YamlNode& root) {
  Project& p = d.config.project;
  if (d.project_file && d.settings != nullptr)
    return invalid_value(*d.settings, "`project` and `settings` exclude each other", "give one of them");
  if (d.relative_to && d.settings == nullptr)
    return invalid_value(root, "`relative_to` has no `settings` to be about",
                         "give it with `settings`; a project file's paths are its own");
  if (d.project_file) {
    Result<Project> read = read_project(*d.project_file);
    if (!read) return std::move(read).error();
    p = *std::move(read);
  }
  if (d.settings != nullptr) {
    DRIFT_TRY(engine_internal::decode_project(*d.settings, p));
    if (d.relative_to) p.path = (std::filesystem::path(*d.relative_to) / "settings").string();
  }
  if (d.config.record && d.config.replay) return invalid_value(root, "`record` and `replay` exclude each other", "give one of them");
  if (d.over.stack) {
    p.stack = d.over.stack;
    p.state.reset();
  }
  if (d.has_targets) p.targets = d.over.targets;
  if (d.has_excludes) p.excludes = d.over.excludes;
  if (d.over.parallel) p.parallel = d.over.parallel;
  if (d.over.timeout) p.timeout = d.over.timeout;
  if (d.over.read_timeout) p.read_timeout = d.over.read_timeout;
  return {};
}

bool hex4(std::string_view s, unsigned& out) {
  if (s.size() < 4) return false;
  out = 0;
  for (const char c : s.substr(0, 4)) {
    const unsigned digit = c >= '0' && c <= '9'   ? static_cast<unsigned>(c - '0')
                           : c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a') + 10
                           : c >= 'A' && c <= 'F' ? static_cast<unsigned>(c - 'A') + 10
                                                  : 16U;
    if (digit > 15) return false;
    out = out * 16 + digit;
  }
  return true;
}

// JSON is YAML but for one thing: an escaped pair of surrogates, which programs write for characters beyond the basic plane.
// `shortened` gets the places in the result behind which the original is 8 bytes longer.
std::string without_surrogate_pairs(std::string_view json, std::vector<std::size_t>& shortened) {
  std::string out;
  out.reserve(json.size());
  for (std::size_t i = 0; i < json.size();) {
    unsigned high = 0, low = 0;
    if (json[i] == '\\' && i + 1 < json.size() && json[i + 1] != 'u') {
      out.append(json.substr(i, 2));
      i += 2;
    } else if (json.substr(i, 2) == "\\u" && hex4(json.substr(i + 2), high) && high >= 0xd800 && high < 0xdc00 && i + 12 <= json.size() &&
               json.substr(i + 6, 2) == "\\u" && hex4(json.substr(i + 8), low) && low >= 0xdc00 && low < 0xe000) {
      const unsigned c = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
      out += static_cast<char>(0xf0 | (c >> 18));
      out += static_cast<char>(0x80 | ((c >> 12) & 0x3f));
      out += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
      out += static_cast<char>(0x80 | (c & 0x3f));
      i += 12;
      shortened.push_back(out.size());
    } else {
      out += json[i++];
    }
  }
  return out;
}

// Where a place in the text without pairs is in the original.
TextPosition in_original(TextPosition at, const std::vector<std::size_t>& shortened) {
  const std::uint64_t line_start = at.byte - (at.column - 1);
  TextPosition out = at;
  for (const std::size_t place : shortened) {
    if (place > at.byte) break;
    out.byte += 8;
    if (place > line_start) out.column += 8;
  }
  return out;
}

}  // namespace

Result<Config> parse_config(std::string_view text_in) {
  std::vector<std::size_t> shortened;
  const std::string text = without_surrogate_pairs(text_in, shortened);
  const auto named = [&](Error e) {
    if (!e.subject().empty()) return e;  // of a file that the configuration names
    const std::optional<TextPosition> where = e.where();
    Error at = std::move(e).at("configuration");
    return where ? Error(std::move(at).position(in_original(*where, shortened))) : at;
  };
  Result<YamlNode> root = engine_internal::parse_yaml_tree(text);
  if (!root) return named(std::move(root).error());
  Draft d;
  std::vector<Key<Draft>> keys;
  for (const ConfigKey& k : config_keys) keys.push_back(k.key);
  const Status decoded = decode_map<Draft>(*root, "", std::span<const Key<Draft>>(keys), d);
  const Status done = decoded.ok() ? finish(d, *root) : decoded;
  if (!done.ok()) return named(done.error());
  return std::move(d.config);
}

std::string describe_config() {
  Value::List all;
  for (const ConfigKey& k : config_keys) {
    Object o;
    o.set("key", k.key.name);
    o.set("type", k.words.type);
    o.set("default", k.words.otherwise);
    o.set("meaning", k.words.meaning);
    all.emplace_back(std::move(o));
  }
  return to_json(Value(std::move(all)));
}

}  // namespace drift::capi
