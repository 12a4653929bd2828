// TF_REATTACH_PROVIDERS: providers that somebody else has started already, such as a debugger or a test.
//
// Spec: OpenTofu cmd/tofu/main.go parseReattachProviders; go-plugin's ReattachConfig.
// Errors: E_CONFIG_INVALID with the variable as subject. Thread rule: ordinary values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "provider/terraform/provider_address.hpp"

namespace drift::terraform_internal {

struct Reattach {
  int protocol_version = 5;  // 5 or 6; those who say 0 or nothing mean 5
  std::string network;       // "unix" or "tcp"
  std::string address;       // a path, or host:port
  std::int64_t pid = 0;      // 0: not told
  bool test = false;         // the process is not ours to end
};

using Reattachments = std::vector<std::pair<ProviderAddress, Reattach>>;

// An empty text has none.
Result<Reattachments> parse_reattach(std::string_view json);
[[nodiscard]] const Reattach* find_reattach(const Reattachments& all, const ProviderAddress& provider);

}  // namespace drift::terraform_internal
