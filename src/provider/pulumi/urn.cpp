#include "provider/pulumi/urn.hpp"

#include <array>
#include <optional>

namespace drift::pulumi_internal {
namespace {

constexpr std::string_view prefix = "urn:pulumi:";
constexpr std::string_view provider_types = "pulumi:providers:";

// Stack, project, type with its parents', name; the name may hold "::".
std::optional<std::array<std::string_view, 4>> parts(std::string_view urn) {
  if (!urn.starts_with(prefix)) return std::nullopt;
  urn.remove_prefix(prefix.size());
  std::array<std::string_view, 4> out;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t end = urn.find("::");
    if (end == std::string_view::npos) return std::nullopt;
    out[i] = urn.substr(0, end);
    urn.remove_prefix(end + 2);
  }
  out[3] = urn;
  return out;
}

}  // namespace

std::string_view urn_type(std::string_view urn) noexcept {
  const auto p = parts(urn);
  if (!p) return {};
  const std::size_t parent = (*p)[2].rfind('$');
  return parent == std::string_view::npos ? (*p)[2] : (*p)[2].substr(parent + 1);
}

std::string_view urn_name(std::string_view urn) noexcept {
  const auto p = parts(urn);
  return p ? (*p)[3] : std::string_view();
}

std::string_view urn_project(std::string_view urn) noexcept {
  const auto p = parts(urn);
  return p ? (*p)[1] : std::string_view();
}

std::string_view provider_package(std::string_view type) noexcept {
  return type.starts_with(provider_types) ? type.substr(provider_types.size()) : std::string_view();
}

}  // namespace drift::pulumi_internal
