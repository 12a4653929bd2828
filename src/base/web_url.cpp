#include "base/web_url.hpp"

#include <algorithm>

#include "drift/base/error.hpp"

namespace drift::base_internal {
namespace {

constexpr std::string_view secure = "https://", plain = "http://";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_one_of(char c, std::string_view marks) { return is_letter(c) || is_digit(c) || marks.find(c) != std::string_view::npos; }

std::string_view behind_scheme(std::string_view url) {
  for (const std::string_view scheme : {secure, plain})
    if (url.starts_with(scheme)) return url.substr(scheme.size());
  return {};
}

// Without port; what stands in brackets with them.
std::string_view host_of(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

std::string_view authority_of(std::string_view url) {
  const std::string_view rest = behind_scheme(url);
  return rest.substr(0, rest.find_first_of("/?#"));
}

bool is_authority(std::string_view authority) {
  const std::string_view host = host_of(authority);
  std::string_view port = authority.substr(host.size());
  if (!port.empty() && (port.front() != ':' || port.size() < 2 || port.size() > 6)) return false;
  if (!port.empty()) port.remove_prefix(1);
  if (!std::all_of(port.begin(), port.end(), is_digit)) return false;
  if (host.starts_with('['))
    return host.size() > 2 && std::all_of(host.begin() + 1, host.end() - 1, [](char c) { return is_one_of(c, ":."); });
  return !host.empty() && host.front() != '-' && std::all_of(host.begin(), host.end(), [](char c) { return is_one_of(c, "-._"); });
}

// 127.0.0.1 and its like, as they are written: each number once, none with a zero before it.
bool is_loopback_address(std::string_view host) {
  if (!host.starts_with("127.")) return false;
  int parts = 0;
  for (std::string_view rest = host;; ++parts) {
    const std::size_t dot = rest.find('.');
    const std::string_view part = rest.substr(0, dot);
    if (part.empty() || part.size() > 3 || (part.size() > 1 && part.front() == '0') || !std::all_of(part.begin(), part.end(), is_digit))
      return false;
    if (part.size() == 3 && part > "255") return false;
    if (dot == std::string_view::npos) return parts == 3;
    rest.remove_prefix(dot + 1);
  }
}

}  // namespace

bool is_loopback_url(std::string_view url) {
  const std::string_view authority = authority_of(url);
  if (url.find('@') != std::string_view::npos || !is_authority(authority)) return false;  // readers of URLs differ in which `@` counts
  std::string host(host_of(authority));
  std::transform(host.begin(), host.end(), host.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return host == "localhost" || host == "[::1]" || is_loopback_address(host);
}

Status check_service_url(std::string_view url) {
  const auto refused = [&](const char* why, const char* step) { return Error(Errc::config_invalid, why).at(shown_url(url)).next(step); };
  const std::string_view rest = behind_scheme(url);
  if (url.find('@') != std::string_view::npos)
    return refused("the URL of the service has a user or a password in it, which is not read",
                   "leave out what stands before the `@`; log in with pulumi login, or set PULUMI_ACCESS_TOKEN");
  if (!is_authority(authority_of(url)) || !std::all_of(rest.begin(), rest.end(), [](char c) { return is_one_of(c, "-._~:/%[]"); }))
    return refused("this is no URL of a service", "write it as https://HOST, with port and path where there are any");
  if (url.starts_with(plain) && !is_loopback_url(url))
    return refused("the service's URL is of http, over which the access token would travel in the clear",
                   "use https; http is for services of this machine alone (127.0.0.1, localhost)");
  return {};
}

std::string shown_url(std::string_view url) {
  const std::size_t colon = url.find("://");
  const std::size_t at = url.rfind('@');
  std::string out;
  if (at != std::string_view::npos) {
    // What looks like a scheme may be a part of a password.
    if (colon != std::string_view::npos && colon < at &&
        std::all_of(url.begin(), url.begin() + static_cast<std::ptrdiff_t>(colon), is_letter))
      out = std::string(url.substr(0, colon + 3));
    url.remove_prefix(at + 1);
  }
  out += url.substr(0, url.find_first_of("?#"));
  return one_line(out);
}

}  // namespace drift::base_internal
