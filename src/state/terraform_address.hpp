// Addresses as Terraform and OpenTofu write them: `module.a["x"].aws_instance.web[0]`, and ` (deposed 1a2b3c4d)` behind for a deposed
// object.
//
// Pure. Thread rule: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drift::state_internal {

// The key that tells the instances of one resource apart: none, count's number, or for_each's text.
struct InstanceKey {
  enum class Kind : std::uint8_t { none, number, text };
  Kind kind = Kind::none;
  std::int64_t number = 0;
  std::string_view text;
};

struct TerraformAddress {
  std::string_view module;  // with its own instance keys; empty for the root module
  bool data = false;
  std::string_view type;
  std::string_view name;
  InstanceKey key;
  std::string_view deposed;  // the deposed object's key; empty for the current one
};

// Replaces `out`.
void write_terraform_address(const TerraformAddress& address, std::string& out);

// Appends `text` as HCL quotes it: `"` `\` and control characters escaped, `${` and `%{` doubled.
void append_hcl_quoted(std::string& out, std::string_view text);

}  // namespace drift::state_internal
