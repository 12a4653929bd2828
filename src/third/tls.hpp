// TLS without sockets between two programs of one machine: each trusts exactly one certificate of the other (OpenSSL behind a std-only
// interface). Bytes of the wire in and out, so that the caller's loop does the waiting and no SIGPIPE can come from here.
//
// Example:
//   Result<TlsIdentity> me = make_tls_identity(clock.wall());
//   auto tls = TlsSession::client(*me, der_of_the_plugin);
//   tls->pull(to_wire); ...; if (!tls->feed(from_wire, plain)) use(tls->fault()); if (tls->ready()) tls->write("...");
//
// TLS 1.2 or later, ALPN "h2" demanded. Nothing but the peer's leaf certificate is compared, byte for byte: no authority, no name, no
// dates. Errors: fault() in words of OpenSSL, without any of the data. Thread rule: one thread at a time. Ownership: all its own; the key
// is wiped when an identity goes.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "drift/base/result.hpp"

namespace drift::third {

// A certificate that signs itself, and its key: P-256, for "localhost", as client and as server.
struct TlsIdentity {
  std::string certificate_pem{};
  std::string certificate_der{};
  std::string key_der{};
  TlsIdentity() = default;
  TlsIdentity(TlsIdentity&&) = default;
  TlsIdentity& operator=(TlsIdentity&&) = default;
  TlsIdentity(const TlsIdentity&) = delete;
  TlsIdentity& operator=(const TlsIdentity&) = delete;
  ~TlsIdentity();
};
[[nodiscard]] Result<TlsIdentity> make_tls_identity(std::chrono::nanoseconds wall);

class TlsSession {
 public:
  [[nodiscard]] static Result<std::unique_ptr<TlsSession>> client(const TlsIdentity& me, std::string_view peer_der);
  [[nodiscard]] static Result<std::unique_ptr<TlsSession>> server(const TlsIdentity& me, std::string_view peer_der);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
  ~TlsSession();

  // Takes bytes of the wire and appends what they decrypt to. False when the connection is of no use any more.
  bool feed(std::string_view wire, std::string& plain);
  // Encrypts; only once ready().
  bool write(std::string_view plain);
  // Appends what is to be sent on the wire, the first flight of a client included.
  void pull(std::string& wire);
  [[nodiscard]] bool ready() const noexcept;  // the handshake is done
  [[nodiscard]] const std::string& fault() const noexcept;

  struct State;

 private:
  explicit TlsSession(std::unique_ptr<State> state);
  std::unique_ptr<State> s_;
};

}  // namespace drift::third
