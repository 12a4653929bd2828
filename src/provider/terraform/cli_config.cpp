#include "provider/terraform/cli_config.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "drift/base/nearest.hpp"
#include "provider/hosted/text_file.hpp"
#include "provider/terraform/hcl.hpp"
#include "third/digest.hpp"

namespace drift::terraform_internal {
namespace {

using hosted_internal::inside;
using hosted_internal::read_text_file;

Error invalid(const TextPosition& where, std::string message, std::string step) {
  return Error(Errc::config_invalid, std::move(message)).position(where).next(std::move(step));
}

bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// $NAME and ${NAME}, as Go's os.ExpandEnv does it; what is not set is nothing.
std::string expanded(std::string_view text, const Environment& environment) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const bool braces = text[i + 1] == '{';
    const std::size_t begin = i + (braces ? 2 : 1);
    std::size_t end = begin;
    while (end < text.size() && (braces ? text[end] != '}' : is_name(text[end]))) ++end;
    if (end == begin || (braces && end == text.size())) {
      out += text[i];
      continue;
    }
    out += variable(environment, text.substr(begin, end - begin));
    i = braces ? end : end - 1;
  }
  return out;
}

Status take_pattern(const HclValue& v, SourcePattern& out) {
  const auto wrong = [&] {
    return invalid(v.where, "a pattern of providers was malformed", "write it like `hashicorp/*` or `example.com/*/*`");
  };
  if (!v.is_string()) return wrong();
  std::string_view rest = v.text;
  const auto slashes = std::count(rest.begin(), rest.end(), '/');
  if (slashes < 1 || slashes > 2) return wrong();
  // Wildcards stand in for names where the whole is checked.
  std::string plain;
  std::array<bool, 3> any{};
  for (std::size_t part = slashes == 2 ? 0 : 1; part < 3; ++part) {
    const std::string_view text = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(text.size() + 1, rest.size()));
    any[part] = text == "*";
    plain += (plain.empty() ? "" : "/") + (any[part] ? std::string("any") : std::string(text));
  }
  const Result<ProviderAddress> address = parse_provider_source(plain);
  if (!address || (any[0] && !(any[1] && any[2])) || (any[1] && !any[2])) return wrong();
  out = {any[0] ? "" : address->hostname, any[1] ? "" : address->name_space, any[2] ? "" : address->type};
  return {};
}

Status take_patterns(const HclBody& body, std::string_view name, std::vector<SourcePattern>& out) {
  const HclAttribute* a = body.find(name);
  if (a == nullptr) return {};
  if (a->value.is_string()) return take_pattern(a->value, out.emplace_back());
  if (a->value.kind != HclValue::Kind::list)
    return invalid(a->value.where, "something else stood where a list of patterns belongs", "write a list");
  for (const HclValue& item : a->value.items) DRIFT_TRY(take_pattern(item, out.emplace_back()));
  return {};
}

Status take_overrides(const HclBlock& block, CliConfig& out) {
  for (const HclAttribute& a : block.body.attributes) {
    Result<ProviderAddress> provider = parse_provider_source(a.name);
    if (!provider) return invalid(a.where, "dev_overrides named no provider", "write it like `\"hashicorp/aws\" = \"FOLDER\"`");
    if (!a.value.is_string() || a.value.text.empty())
      return invalid(a.value.where, "dev_overrides gave no folder", "write it like `\"hashicorp/aws\" = \"FOLDER\"`");
    out.dev_overrides.push_back({*std::move(provider), a.value.text});
  }
  return {};
}

Status take_method(const HclBlock& block, CliConfig& out) {
  static constexpr std::array<std::pair<std::string_view, InstallMethod::Kind>, 4> kinds{{
      {"filesystem_mirror", InstallMethod::Kind::filesystem_mirror},
      {"network_mirror", InstallMethod::Kind::network_mirror},
      {"oci_mirror", InstallMethod::Kind::oci_mirror},
      {"direct", InstallMethod::Kind::direct},
  }};
  if (block.type == "dev_overrides") return take_overrides(block, out);
  const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const auto& k) { return k.first == block.type; });
  if (kind == kinds.end()) {
    std::vector<std::string_view> names{"dev_overrides"};
    for (const auto& k : kinds) names.push_back(k.first);
    return Error(Errc::config_unknown_key, "a way of installing providers is not known")
        .position(block.where)
        .next("did you mean `" + std::string(nearest(block.type, names)) + "`?");
  }
  InstallMethod method;
  method.kind = kind->second;
  DRIFT_TRY(take_patterns(block.body, "include", method.include));
  DRIFT_TRY(take_patterns(block.body, "exclude", method.exclude));
  if (method.kind == InstallMethod::Kind::filesystem_mirror) {
    const HclAttribute* path = block.body.find("path");
    if (path == nullptr || !path->value.is_string() || path->value.text.empty())
      return invalid(block.where, "a filesystem_mirror had no path", "give it `path = \"FOLDER\"`");
    method.path = path->value.text;
  }
  out.methods.push_back(std::move(method));
  return {};
}

Status take_installation(const HclBlock& block, CliConfig& out) {
  if (out.has_installation) return invalid(block.where, "provider_installation was there twice", "keep one in all files");
  out.has_installation = true;
  if (!block.body.attributes.empty())
    return invalid(block.body.attributes.front().where, "provider_installation held something else than blocks", "write it as a block");
  for (const HclBlock& method : block.body.blocks) DRIFT_TRY(take_method(method, out));
  return {};
}

Status add_text(std::string_view text, const Environment& environment, CliConfig& out) {
  Result<HclBody> body = parse_hcl(text, HclDialect::cli, {"plugin_cache_dir", "provider_installation"});
  if (!body) return body.error().next_step().empty() ? std::move(body).error().next("correct it there") : std::move(body).error();
  for (const HclAttribute& a : body->attributes) {
    if (a.name == "provider_installation") return invalid(a.where, "provider_installation was no block", "write it without the =");
    if (!a.value.is_string()) return invalid(a.value.where, "plugin_cache_dir was no text", "give the path of a folder");
    if (out.plugin_cache_dir.empty()) out.plugin_cache_dir = expanded(a.value.text, environment);
  }
  for (const HclBlock& block : body->blocks) {
    if (block.type != "provider_installation") return invalid(block.where, "plugin_cache_dir was no text", "give the path of a folder");
    DRIFT_TRY(take_installation(block, out));
  }
  return {};
}

// False when the file is not there.
Result<bool> add_file(const std::string& path, const Environment& environment, CliConfig& out) {
  Result<std::optional<std::string>> text = read_text_file(path);
  if (!text) return std::move(text).error().in("while reading the CLI configuration");
  if (!*text) return false;
  Status s = add_text(**text, environment, out);
  third::wipe(**text);  // credentials may have been in it
  if (!s.ok()) return std::move(s).error().at(path).in("while reading the CLI configuration");
  out.files.push_back(path);
  return true;
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> out;
  std::error_code code;
  for (std::filesystem::directory_iterator at(folder, code); !code && at != std::filesystem::directory_iterator(); at.increment(code)) {
    const std::string name = at->path().filename().string();
    if (name.ends_with(".tfrc") || name.ends_with(".tfrc.json")) out.push_back(at->path().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

std::string variable(const Environment& environment, std::string_view name) {
  const auto at = environment.find(name);
  return at == environment.end() ? std::string() : at->second;
}

bool SourcePattern::matches(const ProviderAddress& p) const {
  const bool host = hostname.empty() || hostname == p.hostname || (is_public_registry(hostname) && is_public_registry(p.hostname));
  return host && (name_space.empty() || name_space == p.name_space) && (type.empty() || type == p.type);
}

bool InstallMethod::serves(const ProviderAddress& provider) const {
  const auto matches = [&](const SourcePattern& p) { return p.matches(provider); };
  if (std::any_of(exclude.begin(), exclude.end(), matches)) return false;
  return include.empty() || std::any_of(include.begin(), include.end(), matches);
}

const DevOverride* CliConfig::override_of(const ProviderAddress& provider) const {
  const DevOverride* found = nullptr;
  for (const DevOverride& o : dev_overrides) {
    if (o.provider.source() == provider.source()) return &o;
    if (found == nullptr && same_provider(o.provider, provider)) found = &o;
  }
  return found;
}

Result<CliConfig> parse_cli_config(std::string_view text, const Environment& environment) {
  CliConfig out;
  DRIFT_TRY(add_text(text, environment, out));
  return out;
}

Result<CliConfig> read_cli_config(const Environment& environment, const std::string& working_folder) {
  CliConfig out;
  std::string named = variable(environment, "TF_CLI_CONFIG_FILE");
  if (named.empty()) named = variable(environment, "TERRAFORM_CONFIG");
  if (!named.empty()) {
    const std::string path = inside(working_folder, named);
    Result<bool> found = add_file(path, environment, out);
    if (!found) return std::move(found).error();
    if (!*found) out.named = path;
    return out;
  }
  const std::string home = variable(environment, "HOME"), xdg = variable(environment, "XDG_CONFIG_HOME");
  std::vector<std::string> candidates;
  if (!home.empty()) candidates = {inside(home, ".tofurc"), inside(home, ".terraformrc")};
  if (!xdg.empty()) candidates.push_back(inside(xdg, "opentofu/tofurc"));
  for (const std::string& path : candidates) {
    Result<bool> found = add_file(path, environment, out);
    if (!found) return std::move(found).error();
    if (*found) break;
  }
  std::string folder = home.empty() ? std::string() : inside(home, ".terraform.d");
  if ((folder.empty() || !exists(folder)) && !xdg.empty()) folder = inside(xdg, "opentofu");
  if (folder.empty()) return out;
  for (const std::string& path : files_in(folder)) DRIFT_TRY(add_file(path, environment, out));
  return out;
}

}  // namespace drift::terraform_internal
