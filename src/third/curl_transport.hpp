// HTTP over libcurl.
//
// http and https only, no redirects, no netrc, no cookies; a proxy as the environment says (http_proxy, https_proxy, no_proxy), as curl
// itself does. A request is cancelled within 50 ms. No signal of the host is taken meanwhile, and none comes from here (SIGPIPE).
//
// Thread rule: shared; every request has a connection of its own, so that fork() and exit() find nothing open.
#pragma once

#include <memory>

#include "drift/base/transport.hpp"

namespace drift::third {

[[nodiscard]] std::shared_ptr<Transport> make_curl_transport();

}  // namespace drift::third
