// The line by which a go-plugin server says where it listens: core|app|network|address|protocol|certificate[|mux].
//
// Source: github.com/hashicorp/go-plugin, docs/guide-plugin-write-non-go.md and server.go.
// Thread rule: any.
#pragma once

#include <string>
#include <string_view>

#include "drift/base/result.hpp"

namespace drift::terraform_internal {

struct Handshake {
  int protocol = 0;  // 5 or 6: tfplugin5, tfplugin6
  bool tcp = false;
  std::string address{};          // a socket's path, or host:port
  std::string certificate_der{};  // of the plugin; empty: no TLS
};

// E_UNKNOWN_FORMAT (no such line), E_UNSUPPORTED_VERSION (another core version, a provider protocol other than 5 and 6),
// E_UNSUPPORTED_FEATURE (net/rpc). The line itself is never part of an error.
[[nodiscard]] Result<Handshake> parse_handshake(std::string_view line);

}  // namespace drift::terraform_internal
