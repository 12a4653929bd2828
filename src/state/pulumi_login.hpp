// What `pulumi login` left behind (sdk/go/common/workspace/creds.go of pulumi): where one is logged in, and with which token.
//
// PULUMI_CREDENTIALS_PATH, else PULUMI_HOME, else ~/.pulumi is the folder; credentials.json has {"current", "accessTokens": {URL: token},
// "accounts": {URL: {"accessToken", "username"}}}, config.json {"backends": {URL: {"defaultOrg"}}}.
//
// Thread rule: an ordinary value. Tokens are secrets: no error and no log has one.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "drift/base/environment.hpp"
#include "drift/base/result.hpp"

namespace drift::state_internal {

class PulumiLogin {
 public:
  // No files: nobody is logged in. E_PERMISSION, E_IO; E_BAD_STRUCTURE for a file that is not so.
  [[nodiscard]] static Result<PulumiLogin> read(const Environment& environment);

  // The URL that is logged in to; empty when there is none. PULUMI_BACKEND_URL is not looked at here.
  [[nodiscard]] const std::string& current() const noexcept { return current_; }
  // Whether somebody logged in to `url` (canonical) here, or it is Pulumi Cloud: then nobody needs to confirm that it is meant.
  [[nodiscard]] bool knows(std::string_view url) const { return known_.contains(url); }
  // What was stored for exactly this URL; empty: nothing.
  [[nodiscard]] std::string token(std::string_view url) const { return value_of(tokens_, url); }
  [[nodiscard]] std::string user(std::string_view url) const { return value_of(users_, url); }
  [[nodiscard]] std::string default_organisation(std::string_view url) const { return value_of(organisations_, url); }

 private:
  using Texts = std::map<std::string, std::string, std::less<>>;
  static std::string value_of(const Texts& all, std::string_view url);
  std::string current_;
  std::set<std::string, std::less<>> known_;
  Texts tokens_, users_, organisations_;
};

inline constexpr std::string_view pulumi_cloud_url = "https://api.pulumi.com";

// The variable's text; empty when it is not set.
[[nodiscard]] std::string variable(const Environment& environment, std::string_view name);
// As people write it and as it is stored: without a slash at the end; the address of the console for that of the API.
[[nodiscard]] std::string canonical_cloud_url(std::string_view url);
[[nodiscard]] bool is_cloud_url(std::string_view url);
// The token for `url`: PULUMI_ACCESS_TOKEN for the back end (canonical) alone, else what is stored. Empty: nobody has a token for it.
[[nodiscard]] std::string access_token(const PulumiLogin& login, const Environment& environment, std::string_view url,
                                       std::string_view backend);

}  // namespace drift::state_internal
