#include "provider/terraform/launch_env.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>

namespace drift::terraform_internal {
namespace {

// Of the parent's own plugins, or told by the parent's user to the parent.
constexpr std::array<std::string_view, 4> not_passed_on = {"PLUGIN_", "TF_REATTACH_", "TF_LOG", "TF_PLUGIN_"};
// What Terraform's core sends, so that a plugin knows whose child it is; no secret.
constexpr std::string_view cookie = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

std::pair<std::string_view, std::string_view> parts(std::string_view entry) {
  const std::size_t equals = entry.find('=');
  if (equals == std::string_view::npos) return {entry, {}};
  return {entry.substr(0, equals), entry.substr(equals + 1)};
}

}  // namespace

std::vector<std::string> host_environment() {
  std::vector<std::string> out;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) out.emplace_back(*entry);
  return out;
}

Result<std::vector<std::string>> plugin_environment(const std::vector<std::string>& inherited, const EnvOptions& options) {
  std::map<std::string, std::string, std::less<>> env;
  for (const std::string& entry : inherited) {
    const auto [name, value] = parts(entry);
    const bool parents = std::any_of(not_passed_on.begin(), not_passed_on.end(), [n = name](auto prefix) { return n.starts_with(prefix); });
    if (!name.empty() && !parents) env.insert_or_assign(std::string(name), std::string(value));
  }
  env["TMPDIR"] = options.folder;
  if (options.log_level.empty())
    env["TF_LOG_SDK"] = "off";
  else
    env["TF_LOG"] = options.log_level;
  for (const auto& [name, value] : options.add) {
    if (name.empty() || name.find_first_of(std::string_view("=\0", 2)) != std::string::npos || value.find('\0') != std::string::npos)
      return Error(Errc::invalid_argument, "a name or value cannot be one of an environment").at("env." + name).next("correct it in `env`");
    env[name] = value;
  }
  env["TF_PLUGIN_MAGIC_COOKIE"] = cookie;
  env["PLUGIN_PROTOCOL_VERSIONS"] = "5,6";
  env["PLUGIN_UNIX_SOCKET_DIR"] = options.folder;
  env.erase("PLUGIN_MULTIPLEX_GRPC");
  env.erase("PLUGIN_CLIENT_CERT");
  if (!options.client_certificate_pem.empty()) env["PLUGIN_CLIENT_CERT"] = options.client_certificate_pem;
  std::vector<std::string> out;
  out.reserve(env.size());
  for (const auto& [name, value] : env) out.emplace_back(name).append("=").append(value);
  return out;
}

}  // namespace drift::terraform_internal
