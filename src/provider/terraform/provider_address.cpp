#include "provider/terraform/provider_address.hpp"

#include <algorithm>
#include <utility>

namespace drift::terraform_internal {
namespace {

constexpr std::size_t longest_part = 253;  // of a host name; the other parts are shorter

Error malformed(std::string_view what) {
  return Error(Errc::bad_structure, "the address of a provider " + std::string(what))
      .next("write it like `hashicorp/aws` or `registry.terraform.io/hashicorp/aws`");
}

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool take_part(std::string_view text, std::string& out) {
  out = lower(text);
  return !out.empty() && out.size() <= longest_part && out.front() != '-' && out.back() != '-' &&
         std::all_of(out.begin(), out.end(), is_word);
}

// A name or an address, perhaps with a port.
bool take_host(std::string_view text, std::string& out) {
  out = lower(text);
  const bool plain = std::all_of(out.begin(), out.end(), [](char c) { return is_word(c) || c == '.' || c == ':'; });
  return plain && !out.empty() && out.size() <= longest_part && out.front() != '.' && out.find("..") == std::string::npos;
}

// Walks the parts of an address: names between dots, and strings in brackets.
class Steps {
 public:
  explicit Steps(std::string_view text) : rest_(text) {}
  [[nodiscard]] bool done() const { return rest_.empty(); }
  [[nodiscard]] bool at_bracket() const { return rest_.starts_with('['); }

  bool name(std::string& out) {
    std::size_t n = 0;
    while (n < rest_.size() && rest_[n] != '.' && rest_[n] != '[') ++n;
    out = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return n > 0;
  }
  bool dot() {
    if (!rest_.starts_with('.')) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // ["..."] or [3], with what stands between the brackets as written.
  bool bracket(std::string& out) {
    if (!at_bracket()) return false;
    std::size_t n = 1;
    if (n < rest_.size() && rest_[n] == '"') {
      for (++n; n < rest_.size() && rest_[n] != '"'; ++n)
        if (rest_[n] == '\\') ++n;
      ++n;
    } else {
      while (n < rest_.size() && rest_[n] != ']') ++n;
    }
    if (n >= rest_.size() || rest_[n] != ']') return false;
    out = rest_.substr(1, n - 1);
    rest_.remove_prefix(n + 1);
    return !out.empty();
  }

 private:
  std::string_view rest_;
};

// After "provider": ["source"] or .type, then .alias, then ["key"].
Status take_configuration(Steps& steps, ProviderAddress& out) {
  std::string part;
  if (steps.at_bracket()) {
    if (!steps.bracket(part) || part.size() < 2 || part.front() != '"') return malformed("had something else than a text in its brackets");
    Result<ProviderAddress> source = parse_provider_source(std::string_view(part).substr(1, part.size() - 2));
    if (!source) return std::move(source).error();
    source->module = std::move(out.module);
    out = *std::move(source);
  } else {
    if (!steps.dot() || !steps.name(part) || !take_part(part, out.type)) return malformed("had no name");
    out.hostname = terraform_registry;
    out.name_space = legacy_namespace;
  }
  if (steps.done()) return {};
  if (!steps.dot() || !steps.name(out.alias)) return malformed("had no alias where one belongs");
  if (steps.done()) return {};
  if (!steps.bracket(out.instance_key) || !steps.done()) return malformed("went on behind its alias");
  return {};
}

}  // namespace

std::string ProviderAddress::display() const {
  if (is_legacy()) return type;
  return is_public_registry(hostname) ? name_space + '/' + type : source();
}

std::string ProviderAddress::configuration() const { return instance_key.empty() ? alias : alias + '[' + instance_key + ']'; }

std::string ProviderAddress::settings_name() const {
  const bool known = is_public_registry(hostname) && (name_space == "hashicorp" || is_legacy());
  return (known ? type : display()) + (alias.empty() ? "" : '.' + configuration());
}

Result<ProviderAddress> parse_provider_source(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::string_view rest = text;;) {
    const std::size_t slash = rest.find('/');
    parts.push_back(rest.substr(0, slash));
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (parts.size() > 3) return malformed("had more than three parts");
  ProviderAddress out;
  if (!take_part(parts.back(), out.type)) return malformed("had no type, or one with other characters than letters, digits and -");
  out.hostname = terraform_registry;
  out.name_space = "hashicorp";
  if (parts.size() >= 2) {
    const std::string_view given = parts[parts.size() - 2];
    if (given == legacy_namespace)
      out.name_space = legacy_namespace;
    else if (!take_part(given, out.name_space))
      return malformed("had no namespace, or one with other characters than letters, digits and -");
  }
  if (parts.size() == 3 && !take_host(parts[0], out.hostname)) return malformed("had no host name in front");
  if (out.is_legacy() && !is_public_registry(out.hostname)) return malformed("had no namespace");
  return out;
}

Result<ProviderAddress> parse_provider_address(std::string_view text) {
  if (text.find("provider") == std::string_view::npos ||
      (text.find('[') == std::string_view::npos && text.find('/') != std::string_view::npos)) {
    Result<ProviderAddress> source = parse_provider_source(text);
    if (source) source->tells_alias = false;
    return source;
  }
  ProviderAddress out;
  Steps steps(text);
  std::string step;
  while (steps.name(step)) {
    if (step == "provider") {
      DRIFT_TRY(take_configuration(steps, out));
      return out;
    }
    std::string name, key;
    if (step != "module" || !steps.dot() || !steps.name(name)) return malformed("began with something else than modules and `provider`");
    out.module += (out.module.empty() ? "module." : ".module.") + name;
    if (steps.at_bracket() && !steps.bracket(key)) return malformed("had a bracket that does not end");
    if (!key.empty()) out.module += '[' + key + ']';
    if (!steps.dot()) break;
  }
  return malformed("had no `provider` in it");
}

bool is_public_registry(std::string_view hostname) { return hostname == terraform_registry || hostname == opentofu_registry; }

bool same_provider(const ProviderAddress& a, const ProviderAddress& b) {
  if (a.type != b.type) return false;
  const bool public_hosts = is_public_registry(a.hostname) && is_public_registry(b.hostname);
  if (a.is_legacy() || b.is_legacy()) return public_hosts;
  return a.name_space == b.name_space && (a.hostname == b.hostname || public_hosts);
}

std::vector<ProviderAddress> same_providers(const ProviderAddress& a) {
  std::vector<ProviderAddress> out{a};
  if (a.is_legacy()) {
    out.push_back(a);
    out.back().name_space = "hashicorp";
  }
  if (is_public_registry(a.hostname)) {
    const std::size_t own = out.size();
    for (std::size_t i = 0; i < own; ++i) {
      ProviderAddress twin = out[i];
      twin.hostname = a.hostname == terraform_registry ? opentofu_registry : terraform_registry;
      out.push_back(std::move(twin));
    }
  }
  return out;
}

}  // namespace drift::terraform_internal
