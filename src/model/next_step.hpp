// What a person can do about an error in a document, where whoever found it has no better advice.
//
// Thread rule: any.
#pragma once

#include "drift/base/error.hpp"

namespace drift::model_internal {

// "" for codes that are not about the text of a document.
[[nodiscard]] const char* next_step_for(Errc code) noexcept;

}  // namespace drift::model_internal
