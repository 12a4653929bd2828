#include "provider/hosted/secret_env.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace drift::hosted_internal {
namespace {

constexpr std::array<std::string_view, 7> secret_words = {"TOKEN", "SECRET", "PASS", "PWD", "KEY", "CRED", "AUTH"};
// Of what is inherited and only has the name of a secret: a shorter value ("true", "5432") says nothing.
constexpr std::size_t least_secret = 6;

bool is_secret_name(std::string_view name) {
  std::string upper(name);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (upper == "PWD" || upper == "OLDPWD") return false;
  return std::any_of(secret_words.begin(), secret_words.end(),
                     [&](std::string_view word) { return upper.find(word) != std::string::npos; });
}

}  // namespace

std::vector<std::string> secret_values(const std::vector<std::string>& inherited, const EnvAdditions& add) {
  std::vector<std::string> out;
  for (const auto& [name, value] : add)
    if (!value.empty()) out.push_back(value);
  for (const std::string& entry : inherited) {
    const std::string_view all = entry;
    const std::size_t equals = std::min(all.find('='), all.size());
    const std::string_view value = all.substr(std::min(equals + 1, all.size()));
    if (value.size() >= least_secret && is_secret_name(all.substr(0, equals))) out.emplace_back(value);
  }
  return out;
}

}  // namespace drift::hosted_internal
