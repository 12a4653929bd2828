// Pulumi Cloud's REST API, as much of it as reading a stack takes (https://www.pulumi.com/docs/reference/cloud-rest-api/).
//
// Requests carry `Authorization: token ...`. What may pass (429 with its Retry-After, 5xx, a connection that broke) is tried again, four
// times in all. A GET follows up to five redirects: within the same scheme, host and port with the token, elsewhere without it, and never
// from https to http. A POST follows none. To what check_service_url() refuses (base/web_url.hpp) nothing is sent.
//
// Errors: E_CONFIG_INVALID for such a URL, E_INVALID_ARGUMENT for an id that is_stack_name() refuses a part of; E_PERMISSION (401, 403),
// E_NOT_FOUND (404), E_READ_THROTTLED (429 to the end), E_IO, E_TRUNCATED, E_BYTE_LIMIT, E_BAD_STRUCTURE, E_CANCELLED, E_DEADLINE; the
// subject is the URL of the service, without path. No token and no text of the server is in them.
// Thread rule: any.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "drift/base/transport.hpp"
#include "third/cipher.hpp"

namespace drift::state_internal {

struct PulumiStackId {
  std::string organisation, project, stack;
};

class PulumiCloud {
 public:
  // `url` as canonical_cloud_url(); `transport` empty: libcurl.
  PulumiCloud(std::string url, const std::string& token, std::shared_ptr<Transport> transport);

  // The document that `pulumi stack export` writes.
  [[nodiscard]] Result<std::string> export_stack(const PulumiStackId& id, std::uint64_t most_bytes, const OpContext& ctx) const;
  // The plaintexts of `ciphertexts` (base64), in order.
  [[nodiscard]] Result<std::vector<third::SecretBytes>> decrypt(const PulumiStackId& id, const std::vector<std::string>& ciphertexts,
                                                                const OpContext& ctx) const;
  // The name of who the token is of: the organisation that a stack is in when nobody says one.
  [[nodiscard]] Result<std::string> user(const OpContext& ctx) const;

 private:
  [[nodiscard]] HttpRequest request(std::string_view method, const std::string& path) const;
  [[nodiscard]] Result<HttpResponse> send(HttpRequest request, const OpContext& ctx) const;
  [[nodiscard]] Result<HttpResponse> try_often(const HttpRequest& request, const OpContext& ctx) const;
  [[nodiscard]] Error refused(int status) const;
  [[nodiscard]] Error strange(const char* what) const;
  std::string url_;
  third::SecretBytes token_;
  std::shared_ptr<Transport> transport_;
};

}  // namespace drift::state_internal
