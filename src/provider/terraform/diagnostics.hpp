// What a provider says in its diagnostics, as an error of libdrift.
//
// The protocol has no codes: whether credentials, a limit or the network was the reason is told by the words that providers and the SDKs
// below them use. What is not recognised is E_READ_FAILED.
//
// Thread rule: any.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drift/base/cancel.hpp"
#include "drift/base/error.hpp"
#include "provider/terraform/messages.hpp"

namespace drift::terraform_internal {

// The first errors among `diagnostics` as one; `secrets` are masked in its text. `otherwise`: the code where the words tell nothing.
[[nodiscard]] Error error_of(std::span<const Diagnostic> diagnostics, const std::vector<std::string>& secrets,
                             Errc otherwise = Errc::read_failed);
// One diagnostic as one line, secrets masked: "summary: detail (at path)".
[[nodiscard]] std::string line_of(const Diagnostic& diagnostic, const std::vector<std::string>& secrets);
// The warnings among them, for the report; `who` says it.
void tell_warnings(std::span<const Diagnostic> diagnostics, std::string_view who, const std::vector<std::string>& secrets,
                   const OpContext& ctx);

}  // namespace drift::terraform_internal
