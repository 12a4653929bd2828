// What a plugin understands of the values that it is sent.
#pragma once

#include "provider/pulumi/struct_codec.hpp"

namespace drift::pulumi_internal {

struct Accepts {
  bool secrets = false;
  bool references = false;
  bool byte_strings = false;  // only a plugin that shook hands can say so

  [[nodiscard]] EncodeOptions encoding(bool keep_unknowns) const {
    return {.keep_unknowns = keep_unknowns,
            .keep_secrets = secrets,
            .keep_references = references,
            .keep_byte_strings = byte_strings,
            .elide_assets = true};
  }
};

}  // namespace drift::pulumi_internal
