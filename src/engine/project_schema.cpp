#include "engine/project_schema.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "drift/base/nearest.hpp"
#include "provider/pulumi/settings.hpp"
#include "provider/terraform/provider_config.hpp"

namespace drift::engine_internal {
namespace {

using Kind = YamlNode::Kind;

// --- single values ---

Status take_text(const YamlNode& node, std::string& out) {
  if (node.kind != Kind::scalar || !node.scalar.is_string()) return wrong_type(node, "a text");
  if (node.scalar.as_string().empty()) return invalid_value(node, "the text was empty", "write something there, or remove the key");
  out = node.scalar.as_string();
  return {};
}

Status take_text(const YamlNode& node, std::optional<std::string>& out) { return take_text(node, out.emplace()); }

Status take_texts(const YamlNode& node, std::vector<std::string>& out) {
  if (node.kind != Kind::list) return wrong_type(node, "a list of texts");
  for (const YamlNode& item : node.items)
    if (Status s = take_text(item, out.emplace_back()); !s.ok()) return std::move(s).error().in("in the list `" + node.key + "`");
  return {};
}

Status take_bool(const YamlNode& node, bool& out) {
  if (node.kind != Kind::scalar || !node.scalar.is_bool()) return wrong_type(node, "true or false");
  out = node.scalar.as_bool();
  return {};
}

Status take_count(const YamlNode& node, std::size_t least, std::size_t most, std::size_t& out) {
  if (node.kind != Kind::scalar || !node.scalar.is_number()) return wrong_type(node, "a number");
  const std::optional<std::int64_t> n = node.scalar.as_number().to_int64();
  if (!n || *n < 0 || static_cast<std::uint64_t>(*n) < least || static_cast<std::uint64_t>(*n) > most)
    return invalid_value(node, "the number was out of range",
                         "write a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  out = static_cast<std::size_t>(*n);
  return {};
}

Status take_share(const YamlNode& node, double& out) {
  if (node.kind != Kind::scalar || !node.scalar.is_number()) return wrong_type(node, "a number");
  const double share = node.scalar.as_number().to_double();
  if (!(share >= 0 && share <= 1)) return invalid_value(node, "the number was out of range", "write a number from 0 to 1");
  out = share;
  return {};
}

Status take_pattern(const YamlNode& node, PathPattern& out) {
  std::string text;
  DRIFT_TRY(take_text(node, text));
  Result<PathPattern> pattern = PathPattern::parse(text);
  if (!pattern) {
    return Error(Errc::invalid_rule, "the path pattern was malformed: " + pattern.error().message())
        .position(node.where)
        .next("write it like `tags.*`, `ingress[*].cidr_blocks` or `metadata[\"a.b\"]`");
  }
  out = *std::move(pattern);
  return {};
}

template <class E>
Status take_name(const YamlNode& node, std::optional<E> (*from_name)(std::string_view), const std::vector<std::string_view>& names,
                 E& out) {
  std::string text;
  DRIFT_TRY(take_text(node, text));
  if (const std::optional<E> e = from_name(text)) {
    out = *e;
    return {};
  }
  std::string all;
  for (const std::string_view name : names) all += (all.empty() ? "" : ", ") + std::string(name);
  return invalid_value(node, "the name was none that is known", "use one of " + all);
}

// --- breaker ---

constexpr std::size_t most = 1'000'000'000;

constexpr Key<BreakerOptions> breaker_keys[] = {
    {"min_absent", [](const YamlNode& n, BreakerOptions& b) { return take_count(n, 1, most, b.min_absent); }},
    {"share", [](const YamlNode& n, BreakerOptions& b) { return take_share(n, b.share); }},
    {"min_all", [](const YamlNode& n, BreakerOptions& b) { return take_count(n, 1, most, b.min_all); }},
};

// --- comparators ---

Status take_comparator_name(const YamlNode& n, ComparatorRule& r) {
  return take_name<Comparator>(
      n, [](std::string_view t) { return comparator_from_name(t); }, comparator_names(), r.comparator);
}

constexpr Key<ComparatorRule> comparator_keys[] = {
    {"name", [](const YamlNode& n, ComparatorRule& r) { return take_text(n, r.name); }, true},
    {"type", [](const YamlNode& n, ComparatorRule& r) { return take_text(n, r.type); }, true},
    {"path", [](const YamlNode& n, ComparatorRule& r) { return take_pattern(n, r.path); }, true},
    {"comparator", take_comparator_name, true},
    {"key", [](const YamlNode& n, ComparatorRule& r) { return take_text(n, r.key); }},
    {"value",
     [](const YamlNode& n, ComparatorRule& r) {
       r.value = to_value(n);
       return Status();
     }},
};

Error invalid_rule(const YamlNode& node, std::string message, std::string step) {
  return Error(Errc::invalid_rule, std::move(message)).position(node.where).next(std::move(step));
}

// A glob that matches every address, or a path pattern that covers every path of a resource.
bool matches_all(std::string_view pattern) { return pattern.find_first_not_of("*?.[]") == std::string_view::npos; }

Error ignores_everything(const YamlNode& node) {
  return invalid_rule(node, "the rule would ignore everything", "give an `address`, a `type` or a `path` that is not only wildcards");
}

Status take_comparator(const YamlNode& node, ComparatorRule& out) {
  DRIFT_TRY(decode_map<ComparatorRule>(node, "comparators[]", comparator_keys, out));
  const bool keyed = out.comparator == Comparator::keyed_list, valued = out.comparator == Comparator::default_value;
  if (keyed != !out.key.empty())
    return invalid_rule(node, "`key` and the comparator keyed_list belong together",
                        keyed ? "add `key`: the member that names an element" : "remove `key`");
  if (valued != out.value.has_value())
    return invalid_rule(node, "`value` and the comparator default_value belong together",
                        valued ? "add `value`: what absent means" : "remove `value`");
  if (out.comparator == Comparator::ignored && matches_all(out.type) && matches_all(out.path.text())) return ignores_everything(node);
  return {};
}

// --- ignore rules ---

Status take_mode(const YamlNode& n, IgnoreRule& r) {
  return take_name<IgnoreMode>(
      n, [](std::string_view t) { return ignore_mode_from_name(t); }, ignore_mode_names(), r.mode);
}

Status take_expires(const YamlNode& n, IgnoreRule& r) {
  std::string text;
  DRIFT_TRY(take_text(n, text));
  if (parse_rfc3339(text, r.expires.emplace())) return {};
  return invalid_value(n, "the date could not be read", "write it like 2027-01-31 or 2027-01-31T09:00:00Z");
}

constexpr Key<IgnoreRule> ignore_keys[] = {
    {"name", [](const YamlNode& n, IgnoreRule& r) { return take_text(n, r.name); }, true},
    {"address", [](const YamlNode& n, IgnoreRule& r) { return take_text(n, r.address); }},
    {"type", [](const YamlNode& n, IgnoreRule& r) { return take_text(n, r.type); }},
    {"path", [](const YamlNode& n, IgnoreRule& r) { return take_pattern(n, r.path.emplace()); }},
    {"mode", take_mode, true},
    {"value",
     [](const YamlNode& n, IgnoreRule& r) {
       r.value = to_value(n);
       return Status();
     }},
    {"reason", [](const YamlNode& n, IgnoreRule& r) { return take_text(n, r.reason); }, true},
    {"owner", [](const YamlNode& n, IgnoreRule& r) { return take_text(n, r.owner); }},
    {"expires", take_expires},
};

Status take_ignore(const YamlNode& node, IgnoreRule& out) {
  DRIFT_TRY(decode_map<IgnoreRule>(node, "ignore[]", ignore_keys, out));
  if ((out.mode == IgnoreMode::accept) != out.value.has_value())
    return invalid_rule(node, "`value` and the mode accept belong together",
                        "give the value that is accepted (`null`: that it is not there), or use another mode");
  if (out.mode == IgnoreMode::accept && !out.path)
    return invalid_rule(node, "the mode accept needs a `path`", "say which value is accepted");
  // A value narrows, too: the mode accept may speak of every path.
  const bool any_path = !out.path || (out.mode != IgnoreMode::accept && matches_all(out.path->text()));
  if (any_path && matches_all(out.address) && matches_all(out.type)) return ignores_everything(node);
  return {};
}

template <class Rule>
Status take_rules(const YamlNode& node, Status (*take)(const YamlNode&, Rule&), std::vector<Rule>& out) {
  if (node.kind != Kind::list) return wrong_type(node, "a list of rules");
  for (const YamlNode& item : node.items) {
    Rule rule{};
    DRIFT_TRY(take(item, rule));
    out.push_back(std::move(rule));
  }
  return {};
}

// Hits are counted, and suppressed differences shown, by name, whichever list a rule is in.
Status check_names(const YamlNode& root) {
  std::set<std::string> names;
  for (const YamlNode& list : root.items) {
    if (list.key != "comparators" && list.key != "ignore") continue;
    for (const YamlNode& rule : list.items) {
      const auto name = std::find_if(rule.items.begin(), rule.items.end(), [](const YamlNode& m) { return m.key == "name"; });
      if (is_fixed_rule_name(name->scalar.as_string()))
        return invalid_rule(rule, "the name of the rule is one of libdrift's own", "choose another name");
      if (!names.insert(name->scalar.as_string()).second)
        return invalid_rule(rule, "two rules had the same name", "give each rule a name of its own");
    }
  }
  return {};
}

// --- import ---

Status take_identity(const YamlNode& n, ImportRequest& r) {
  if (n.kind != Kind::map) return wrong_type(n, "a map");
  r.identity = to_value(n);
  return {};
}

constexpr Key<ImportRequest> import_keys[] = {
    {"type", [](const YamlNode& n, ImportRequest& r) { return take_text(n, r.type); }, true},
    {"id", [](const YamlNode& n, ImportRequest& r) { return take_text(n, r.id); }},
    {"identity", take_identity},
    {"provider", [](const YamlNode& n, ImportRequest& r) { return take_text(n, r.provider); }},
};

Status take_imports(const YamlNode& node, std::vector<ImportRequest>& out) {
  if (node.kind != Kind::list) return wrong_type(node, "a list of objects to look at");
  for (const YamlNode& item : node.items) {
    ImportRequest& r = out.emplace_back();
    DRIFT_TRY(decode_map<ImportRequest>(item, "import[]", import_keys, r));
    if (r.id.empty() != r.identity.has_value()) return invalid_value(item, "one of `id` and `identity` belongs there", "give one of them");
  }
  return {};
}

// --- the document ---

Status take_version(const YamlNode& n, Project&) {
  std::size_t version = 0;
  if (n.kind != Kind::scalar || !n.scalar.is_number()) return wrong_type(n, "a number");
  if (!take_count(n, 1, 1, version).ok())
    return Error(Errc::unsupported_version, "the version of the project file is not known").position(n.where).next("write `version: 1`");
  return {};
}

Status take_duration(const YamlNode& n, std::optional<Clock::Duration>& out) {
  std::string text;
  if (n.kind != Kind::scalar || !n.scalar.is_string()) return wrong_type(n, "a text like 30s");
  DRIFT_TRY(take_text(n, text));
  const Result<Clock::Duration> d = parse_duration(text);
  if (!d) return invalid_value(n, d.error().message(), d.error().next_step());
  out = *d;
  return {};
}

Status take_providers(const YamlNode& n, Project& p) {
  if (n.kind != Kind::map) return wrong_type(n, "a map");
  for (const YamlNode& member : n.items) {
    const bool nothing = member.kind == Kind::scalar && member.scalar.is_null();
    if (member.kind != Kind::map && !nothing) return wrong_type(member, "a map");
    p.providers.emplace_back(member.key, to_value(member));
    ProviderPlace& place = p.providers_at.emplace_back(ProviderPlace{member.key_where, {}});
    for (const YamlNode& key : member.items) place.keys.emplace_back(key.key, key.key_where);
  }
  return {};
}

constexpr Key<Project> keys[] = {
    {"version", take_version},
    {"state", [](const YamlNode& n, Project& p) { return take_text(n, p.state); }},
    {"stack", [](const YamlNode& n, Project& p) { return take_text(n, p.stack); }},
    {"desired", [](const YamlNode& n, Project& p) { return take_text(n, p.desired); }},
    {"baseline", [](const YamlNode& n, Project& p) { return take_text(n, p.baseline); }},
    {"targets", [](const YamlNode& n, Project& p) { return take_texts(n, p.targets); }},
    {"exclude", [](const YamlNode& n, Project& p) { return take_texts(n, p.excludes); }},
    {"parallel", [](const YamlNode& n, Project& p) { return take_count(n, 1, 256, p.parallel.emplace()); }},
    {"timeout", [](const YamlNode& n, Project& p) { return take_duration(n, p.timeout); }},
    {"read_timeout", [](const YamlNode& n, Project& p) { return take_duration(n, p.read_timeout); }},
    {"find_unmanaged", [](const YamlNode& n, Project& p) { return take_bool(n, p.find_unmanaged); }},
    {"import", [](const YamlNode& n, Project& p) { return take_imports(n, p.imports); }},
    {"breaker", [](const YamlNode& n, Project& p) { return decode_map<BreakerOptions>(n, "breaker", breaker_keys, p.breaker); }},
    {"providers", take_providers},
    {"comparators", [](const YamlNode& n, Project& p) { return take_rules<ComparatorRule>(n, take_comparator, p.rules.comparators); }},
    {"ignore", [](const YamlNode& n, Project& p) { return take_rules<IgnoreRule>(n, take_ignore, p.rules.ignores); }},
    {"builtin_comparators", [](const YamlNode& n, Project& p) { return take_bool(n, p.rules.use_builtin_comparators); }},
    {"engine_ignores", [](const YamlNode& n, Project& p) { return take_bool(n, p.rules.use_engine_ignores); }},
};

template <class T>
MapKeys names_of(std::string_view where, std::span<const Key<T>> table) {
  MapKeys out{where, {}};
  for (const Key<T>& k : table) out.names.push_back(k.name);
  return out;
}

}  // namespace

std::vector<MapKeys> project_keys() {
  return {names_of<Project>("", keys),
          names_of<ImportRequest>("import[]", import_keys),
          names_of<BreakerOptions>("breaker", breaker_keys),
          MapKeys{"providers.NAME", terraform_internal::provider_setting_keys()},
          MapKeys{"providers.pulumi", pulumi_internal::pulumi_setting_keys()},
          MapKeys{"providers.pulumi.plugins.NAME", pulumi_internal::pulumi_plugin_setting_keys()},
          names_of<ComparatorRule>("comparators[]", comparator_keys),
          names_of<IgnoreRule>("ignore[]", ignore_keys)};
}

Status decode_project(const YamlNode& root, Project& out) {
  DRIFT_TRY(decode_map<Project>(root, "", keys, out));
  if (out.state && out.stack) return invalid_value(root, "`state` and `stack` exclude each other", "give one of them");
  return check_names(root);
}

bool is_plain_name(std::string_view text) {
  return !text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

Error wrong_type(const YamlNode& node, std::string_view wanted) {
  std::string message = (node.key.empty() ? std::string("the value") : "`" + node.key + "`") + " was " + std::string(kind_words(node)) +
                        " where " + std::string(wanted) + " belongs";
  const bool quote = node.kind == Kind::scalar && wanted == "a text" && !node.scalar.is_null();
  return Error(Errc::config_invalid, std::move(message))
      .position(node.where)
      .next(quote ? "put it in quotes, if it is meant as text" : "write " + std::string(wanted) + " there");
}

Error invalid_value(const YamlNode& node, std::string message, std::string step) {
  if (is_plain_name(node.key)) message = "`" + node.key + "`: " + message;
  return Error(Errc::config_invalid, std::move(message)).position(node.where).next(std::move(step));
}

Error unknown_key(const YamlNode& member, std::string_view where, const std::vector<std::string_view>& known) {
  std::string message = is_plain_name(member.key) ? "the key `" + member.key + "` is not known" : std::string("a key is not known");
  message += where.empty() ? " here" : " in " + std::string(where);
  return Error(Errc::config_unknown_key, std::move(message))
      .position(member.key_where)
      .next("did you mean `" + std::string(nearest(member.key, known)) + "`? docs/drift.yaml.md lists every key");
}

}  // namespace drift::engine_internal
