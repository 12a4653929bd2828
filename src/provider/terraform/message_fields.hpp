// Parts that more than one message has, on protozero readers. Used inside third::read_message(), which takes their exceptions.
//
// Thread rule: any. Ownership: views into the bytes read.
#pragma once

#include "provider/terraform/messages.hpp"
#include "third/wire.hpp"

namespace drift::terraform_internal {

[[nodiscard]] DynamicValue read_dynamic_value(std::string_view bytes);
[[nodiscard]] Diagnostic read_diagnostic(std::string_view bytes);
[[nodiscard]] ServerCapabilities read_server_capabilities(std::string_view bytes);

}  // namespace drift::terraform_internal
