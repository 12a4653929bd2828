#include "third/tls.hpp"

#include <doctest/doctest.h>

using namespace drift;
using namespace drift::third;

namespace {

const std::chrono::nanoseconds now = std::chrono::seconds(1'790'000'000);

TlsIdentity identity() {
  auto made = make_tls_identity(now);
  REQUIRE(made.ok());
  return std::move(*made);
}

struct Pair {
  std::unique_ptr<TlsSession> client, server;
  std::string at_client, at_server;

  // Until neither has anything to send. False: one of them gave up.
  bool talk() {
    for (;;) {
      std::string to_server, to_client;
      client->pull(to_server);
      if (!to_server.empty() && !server->feed(to_server, at_server)) return false;
      server->pull(to_client);
      if (!to_client.empty() && !client->feed(to_client, at_client)) return false;
      if (to_server.empty() && to_client.empty()) return true;
    }
  }
};

Pair pair(const TlsIdentity& c, const TlsIdentity& s, std::string_view client_trusts, std::string_view server_trusts) {
  auto client = TlsSession::client(c, client_trusts);
  auto server = TlsSession::server(s, server_trusts);
  REQUIRE((client.ok() && server.ok()));
  return {std::move(*client), std::move(*server), {}, {}};
}

}  // namespace

TEST_CASE("an identity is a certificate of its own each time") {
  const TlsIdentity a = identity(), b = identity();
  CHECK(a.certificate_pem.starts_with("-----BEGIN CERTIFICATE-----\n"));
  CHECK(a.certificate_der.size() > 300);
  CHECK(a.certificate_der != b.certificate_der);
  CHECK(a.key_der != b.key_der);
}

TEST_CASE("two that know each other talk, in both directions") {
  const TlsIdentity c = identity(), s = identity();
  Pair p = pair(c, s, s.certificate_der, c.certificate_der);
  CHECK_FALSE(p.client->write("too early"));
  REQUIRE(p.talk());
  REQUIRE((p.client->ready() && p.server->ready()));
  const std::string large(1 << 20, 'L');
  REQUIRE(p.client->write(large));
  REQUIRE(p.server->write("answer"));
  REQUIRE(p.talk());
  CHECK(p.at_server == large);
  CHECK(p.at_client == "answer");
}

TEST_CASE("any other certificate is refused, whichever side shows it") {
  const TlsIdentity c = identity(), s = identity(), other = identity();
  Pair wrong_server = pair(c, s, other.certificate_der, c.certificate_der);
  CHECK_FALSE(wrong_server.talk());
  CHECK(wrong_server.client->fault() == "certificate verify failed");
  CHECK_FALSE(wrong_server.client->ready());
  Pair wrong_client = pair(c, s, s.certificate_der, other.certificate_der);
  CHECK_FALSE(wrong_client.talk());
  CHECK(wrong_client.server->fault() == "certificate verify failed");
  Pair none = pair(c, s, "", c.certificate_der);
  CHECK_FALSE(none.talk());
}

TEST_CASE("bytes that are no TLS are an error") {
  const TlsIdentity c = identity();
  auto client = TlsSession::client(c, "x");
  REQUIRE(client.ok());
  std::string plain;
  CHECK_FALSE((*client)->feed("HTTP/1.1 400 Bad Request\r\n\r\n", plain));
  CHECK_FALSE((*client)->fault().empty());
  CHECK(plain.empty());
}
