// Parts of a URN: urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME, and of a reference to a provider resource: URN::ID.
//
// Pure. Thread rule: any. Ownership: views into what was given.
#pragma once

#include <string_view>

namespace drift::pulumi_internal {

// Of the resource itself, without its parents'; "" where the text is no URN.
[[nodiscard]] std::string_view urn_type(std::string_view urn) noexcept;
[[nodiscard]] std::string_view urn_name(std::string_view urn) noexcept;
[[nodiscard]] std::string_view urn_project(std::string_view urn) noexcept;
// "aws" of "pulumi:providers:aws"; "" for other types.
[[nodiscard]] std::string_view provider_package(std::string_view type) noexcept;

}  // namespace drift::pulumi_internal
