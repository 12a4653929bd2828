// ${env:NAME} in texts.
//
// Thread rule: any. Errors: E_CONFIG_INVALID without a subject; never with the text.
#pragma once

#include <string>
#include <string_view>

#include "drift/base/environment.hpp"
#include "drift/base/result.hpp"

namespace drift::hosted_internal {

// A name that a variable can have: letters, digits and _, no digit in front.
[[nodiscard]] bool is_variable_name(std::string_view name);
// Every "${" of the text begins a reference, or is written "$${".
Status check_references(std::string_view text);

struct ResolvedText {
  std::string text;
  bool from_environment = false;
};
Result<ResolvedText> resolve_text(std::string_view text, const Environment& environment);

}  // namespace drift::hosted_internal
