#include "provider/hosted/references.hpp"

#include <algorithm>

namespace drift::hosted_internal {
namespace {

constexpr std::string_view begin = "${", scheme = "${env:";

// Hands the text on in parts: `literal(text)`, and `reference(name)`, which may fail.
template <class Literal, class Reference>
Status walk(std::string_view text, Literal literal, Reference reference) {
  while (!text.empty()) {
    const std::size_t at = text.find(begin);
    if (at == std::string_view::npos) break;
    if (at > 0 && text[at - 1] == '$') {
      literal(text.substr(0, at - 1));
      literal(begin);
      text.remove_prefix(at + begin.size());
      continue;
    }
    literal(text.substr(0, at));
    text.remove_prefix(at);
    const std::size_t end = text.find('}');
    const std::string_view name =
        text.starts_with(scheme) && end != std::string_view::npos ? text.substr(scheme.size(), end - scheme.size()) : std::string_view();
    if (!is_variable_name(name))
      return Error(Errc::config_invalid, "has `${` without being a reference")
          .next("write ${env:NAME} for the value of an environment variable, $${ for the characters themselves");
    DRIFT_TRY(reference(name));
    text.remove_prefix(end + 1);
  }
  literal(text);
  return {};
}

}  // namespace

bool is_variable_name(std::string_view name) {
  return !name.empty() && !(name.front() >= '0' && name.front() <= '9') && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Status check_references(std::string_view text) {
  return walk(
      text, [](std::string_view) {}, [](std::string_view) { return Status(); });
}

Result<ResolvedText> resolve_text(std::string_view text, const Environment& environment) {
  ResolvedText out;
  const auto take = [&](std::string_view name) -> Status {
    const auto found = environment.find(name);
    if (found == environment.end())
      return Error(Errc::config_invalid, "needs the environment variable " + std::string(name) + ", which is not set")
          .next("set " + std::string(name) + " in the environment of the scan");
    out.text += found->second;
    out.from_environment = true;
    return {};
  };
  DRIFT_TRY(walk(
      text, [&](std::string_view literal) { out.text += literal; }, take));
  return out;
}

}  // namespace drift::hosted_internal
