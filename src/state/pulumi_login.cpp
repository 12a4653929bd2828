#include "state/pulumi_login.hpp"

#include <utility>

#include "drift/model/json.hpp"
#include "drift/state/pulumi_stack.hpp"
#include "state/small_file.hpp"

namespace drift::state_internal {
namespace {

Error malformed(const std::string& path) {
  return Error(Errc::bad_structure, "the file is not as pulumi writes it").at(path).next("log in again with pulumi login");
}

// An empty object when there is no such file.
Result<Value> read_settings(const std::string& path) {
  Result<std::optional<std::string>> text = read_small_file(path);
  if (!text) return std::move(text).error();
  if (!*text || (*text)->empty()) return Value(Object());
  Result<Value> settings = parse_json(**text);
  if (!settings || !settings->is_object()) return malformed(path);
  return settings;
}

void each_member(const Value& settings, std::string_view name, const std::function<void(const std::string&, const Value&)>& take) {
  const Value* members = settings.find(name);
  if (members == nullptr || !members->is_object()) return;
  for (const auto& [key, member] : members->as_object()) take(key, member);
}

}  // namespace

std::string PulumiLogin::value_of(const Texts& all, std::string_view url) {
  const auto found = all.find(url);
  return found != all.end() ? found->second : std::string();
}

Result<PulumiLogin> PulumiLogin::read(const Environment& environment) {
  PulumiLogin login;
  login.known_.emplace(pulumi_cloud_url);
  std::string folder = variable(environment, "PULUMI_CREDENTIALS_PATH");
  if (folder.empty()) folder = pulumi_home(environment);
  if (folder.empty()) return login;
  Result<Value> credentials = read_settings(inside_folder(folder, "credentials.json"));
  if (!credentials) return std::move(credentials).error();
  login.current_ = credentials->string_or("current");
  const auto place = [](const std::string& url) { return is_cloud_url(url) ? canonical_cloud_url(url) : url; };
  login.known_.insert(place(login.current_));
  const auto keep = [&](Texts& all, const std::string& url, std::string_view text) {
    if (!text.empty()) all[place(url)] = text;
  };
  each_member(*credentials, "accessTokens", [&](const std::string& url, const Value& token) {
    login.known_.insert(place(url));
    if (token.is_string()) keep(login.tokens_, url, token.as_string());
  });
  each_member(*credentials, "accounts", [&](const std::string& url, const Value& account) {
    login.known_.insert(place(url));
    keep(login.tokens_, url, account.string_or("accessToken"));
    keep(login.users_, url, account.string_or("username"));
  });
  Result<Value> config = read_settings(inside_folder(folder, "config.json"));
  if (!config) return std::move(config).error();
  each_member(*config, "backends",
              [&](const std::string& url, const Value& backend) { keep(login.organisations_, url, backend.string_or("defaultOrg")); });
  return login;
}

std::string variable(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  return found != environment.end() ? found->second : std::string();
}

bool is_cloud_url(std::string_view url) { return url.starts_with("https://") || url.starts_with("http://"); }

std::string canonical_cloud_url(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  constexpr std::string_view console = "https://app.pulumi.com";
  if (url.starts_with(console)) return std::string(pulumi_cloud_url);  // whatever organisation stands behind it
  return std::string(url);
}

std::string access_token(const PulumiLogin& login, const Environment& environment, std::string_view url, std::string_view backend) {
  const std::string place = canonical_cloud_url(url);
  std::string given = variable(environment, "PULUMI_ACCESS_TOKEN");
  if (!given.empty() && place == backend) return given;
  return login.token(place);
}

}  // namespace drift::state_internal
