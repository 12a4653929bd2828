// The environment of a provider's process.
//
// Providers read credentials and much else from the environment, so that the host's is passed on, but for what a Terraform that the host
// runs under, or in, left there for its own plugins.
// Thread rule: any, except that host_environment() must not meet a setenv() of the host (as with getenv()).
#pragma once

#include <string>
#include <vector>

#include "drift/base/result.hpp"
#include "provider/hosted/secret_env.hpp"

namespace drift::terraform_internal {

struct EnvOptions {
  hosted_internal::EnvAdditions add{};   // win over what is inherited
  std::string folder{};                  // for sockets and temporary files
  std::string client_certificate_pem{};  // empty: no TLS
  std::string log_level{};               // TF_LOG; empty: no logs (TF_LOG_SDK=off, which makes SDKs 3 to 4 times faster)
};

[[nodiscard]] std::vector<std::string> host_environment();  // "NAME=value"

// E_INVALID_ARGUMENT: a name that is none, a value with a NUL.
[[nodiscard]] Result<std::vector<std::string>> plugin_environment(const std::vector<std::string>& inherited, const EnvOptions& options);

}  // namespace drift::terraform_internal
