#include "third/tls.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <climits>
#include <ctime>
#include <utility>

#include "third/digest.hpp"

namespace drift::third {
namespace {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* p) const noexcept {
    Free(p);
  }
};
template <class T, auto Free>
using Held = std::unique_ptr<T, Freer<Free>>;
using Key = Held<EVP_PKEY, EVP_PKEY_free>;
using Certificate = Held<X509, X509_free>;

constexpr long years_30 = 30L * 365;
constexpr unsigned char alpn_h2[] = {2, 'h', '2'};

std::string last_error() {
  const unsigned long code = ERR_get_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason != nullptr ? reason : "an unknown error of OpenSSL";
}

Error tls_error(const char* what) { return {Errc::internal, std::string(what) + ": " + last_error()}; }

template <class T, class Encode>
std::string der_of(T* object, Encode encode) {
  unsigned char* bytes = nullptr;
  const int size = encode(object, &bytes);
  if (size <= 0) return {};
  std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_clear_free(bytes, static_cast<std::size_t>(size));
  return out;
}

bool extend(X509* certificate, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Held<X509_EXTENSION, X509_EXTENSION_free> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// The fields that go-plugin's own client gives its certificate.
bool fill(X509* certificate, EVP_PKEY* key, std::time_t now) {
  std::string serial;
  if (!random_bytes(serial, 16)) return false;
  serial[0] = static_cast<char>(serial[0] & 0x7F);
  const Held<BIGNUM, BN_free> number(BN_bin2bn(reinterpret_cast<const unsigned char*>(serial.data()), 16, nullptr));
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto* host = reinterpret_cast<const unsigned char*>("localhost");
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr &&
         X509_set_version(certificate, 2) == 1 && X509_time_adj_ex(X509_getm_notBefore(certificate), 0, -30, &now) != nullptr &&
         X509_time_adj_ex(X509_getm_notAfter(certificate), years_30, 0, &now) != nullptr &&
         X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, host, -1, -1, 0) == 1 &&
         X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("libdrift"), -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, key) == 1 &&
         extend(certificate, NID_basic_constraints, "critical,CA:TRUE") &&
         extend(certificate, NID_key_usage, "critical,digitalSignature,keyEncipherment,keyAgreement,keyCertSign") &&
         extend(certificate, NID_ext_key_usage, "clientAuth,serverAuth") && extend(certificate, NID_subject_alt_name, "DNS:localhost") &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

Certificate certificate_of(std::string_view der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  return Certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

int select_h2(SSL* /*ssl*/, const unsigned char** out, unsigned char* size, const unsigned char* in, unsigned in_size, void* /*arg*/) {
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, size, alpn_h2, sizeof alpn_h2, in, in_size) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

struct TlsSession::State {
  std::string peer_der{};
  Held<SSL_CTX, SSL_CTX_free> context{};
  Held<SSL, SSL_free> ssl{};
  std::string fault{};
  bool ready = false;

  bool fail(std::string why) {
    if (fault.empty()) fault = std::move(why);
    return false;
  }
  bool shake_hands();
  bool read(std::string& plain);
};

namespace {

// Replaces OpenSSL's whole check: the certificate is the one that was told through the plugin's standard output, or it is refused.
int is_the_one(X509_STORE_CTX* store, void* user) {
  X509* leaf = X509_STORE_CTX_get0_cert(store);
  const bool same = leaf != nullptr && der_of(leaf, i2d_X509) == static_cast<TlsSession::State*>(user)->peer_der;
  X509_STORE_CTX_set_error(store, same ? X509_V_OK : X509_V_ERR_CERT_UNTRUSTED);
  return same ? 1 : 0;
}

Status set_up(TlsSession::State& s, const TlsIdentity& me, bool server) {
  outlive_main();
  ERR_clear_error();
  s.context.reset(SSL_CTX_new(server ? TLS_server_method() : TLS_client_method()));
  SSL_CTX* context = s.context.get();
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) return tls_error("TLS could not be set up");
  const auto* key_at = reinterpret_cast<const unsigned char*>(me.key_der.data());
  const Key key(d2i_AutoPrivateKey(nullptr, &key_at, static_cast<long>(me.key_der.size())));
  const Certificate certificate = certificate_of(me.certificate_der);
  if (!key || !certificate || SSL_CTX_use_certificate(context, certificate.get()) != 1 || SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    return tls_error("the certificate for TLS could not be used");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, is_the_one, &s);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  if (server)
    SSL_CTX_set_alpn_select_cb(context, select_h2, nullptr);
  else if (SSL_CTX_set_alpn_protos(context, alpn_h2, sizeof alpn_h2) != 0)
    return tls_error("TLS could not be set up");
  s.ssl.reset(SSL_new(context));
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  if (!s.ssl || in == nullptr || out == nullptr) {
    BIO_free(in);
    BIO_free(out);
    return tls_error("TLS could not be set up");
  }
  SSL_set_bio(s.ssl.get(), in, out);
  if (server) {
    SSL_set_accept_state(s.ssl.get());
  } else {
    SSL_set_connect_state(s.ssl.get());
    SSL_set_tlsext_host_name(s.ssl.get(), "localhost");
  }
  return {};
}

}  // namespace

TlsIdentity::~TlsIdentity() { wipe(key_der); }

Result<TlsIdentity> make_tls_identity(std::chrono::nanoseconds wall) {
  outlive_main();
  ERR_clear_error();
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  const auto now = static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(wall).count());
  if (!key || !certificate || !fill(certificate.get(), key.get(), now)) return tls_error("a certificate could not be made");
  TlsIdentity out;
  out.certificate_der = der_of(certificate.get(), i2d_X509);
  out.key_der = der_of(key.get(), i2d_PrivateKey);
  const Held<BIO, BIO_free_all> text(BIO_new(BIO_s_mem()));
  char* bytes = nullptr;
  if (!text || PEM_write_bio_X509(text.get(), certificate.get()) != 1) return tls_error("a certificate could not be made");
  const long size = BIO_get_mem_data(text.get(), &bytes);
  out.certificate_pem.assign(bytes, static_cast<std::size_t>(size));
  return out;
}

TlsSession::TlsSession(std::unique_ptr<State> state) : s_(std::move(state)) {}
TlsSession::~TlsSession() = default;

Result<std::unique_ptr<TlsSession>> TlsSession::client(const TlsIdentity& me, std::string_view peer_der) {
  auto state = std::make_unique<State>();
  state->peer_der = peer_der;
  DRIFT_TRY(set_up(*state, me, false));
  std::unique_ptr<TlsSession> session(new TlsSession(std::move(state)));
  session->s_->shake_hands();  // the first flight
  return session;
}

Result<std::unique_ptr<TlsSession>> TlsSession::server(const TlsIdentity& me, std::string_view peer_der) {
  auto state = std::make_unique<State>();
  state->peer_der = peer_der;
  DRIFT_TRY(set_up(*state, me, true));
  return std::unique_ptr<TlsSession>(new TlsSession(std::move(state)));
}

bool TlsSession::State::shake_hands() {
  if (ready) return true;
  ERR_clear_error();
  const int rv = SSL_do_handshake(ssl.get());
  if (rv != 1) {
    const int error = SSL_get_error(ssl.get(), rv);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE || fail(last_error());
  }
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl.get(), &protocol, &size);
  if (std::string_view(reinterpret_cast<const char*>(protocol), size) != "h2")
    return fail("the peer does not offer HTTP/2 over TLS (ALPN)");
  ready = true;
  return true;
}

bool TlsSession::State::read(std::string& plain) {
  char buffer[16384];
  for (;;) {
    ERR_clear_error();
    const int n = SSL_read(ssl.get(), buffer, sizeof buffer);
    if (n > 0) {
      plain.append(buffer, static_cast<std::size_t>(n));
      continue;
    }
    const int error = SSL_get_error(ssl.get(), n);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return true;
    return fail(error == SSL_ERROR_ZERO_RETURN ? "the peer ended the TLS connection" : last_error());
  }
}

bool TlsSession::feed(std::string_view wire, std::string& plain) {
  if (!s_->fault.empty()) return false;
  while (!wire.empty()) {
    const std::size_t most = wire.size() > INT_MAX ? INT_MAX : wire.size();
    const int n = BIO_write(SSL_get_rbio(s_->ssl.get()), wire.data(), static_cast<int>(most));
    if (n <= 0) return s_->fail("TLS took no more bytes");
    wire.remove_prefix(static_cast<std::size_t>(n));
  }
  return s_->shake_hands() && (!s_->ready || s_->read(plain));
}

bool TlsSession::write(std::string_view plain) {
  if (!s_->ready || !s_->fault.empty()) return false;
  ERR_clear_error();
  std::size_t written = 0;
  while (!plain.empty()) {
    if (SSL_write_ex(s_->ssl.get(), plain.data(), plain.size(), &written) != 1) return s_->fail(last_error());
    plain.remove_prefix(written);
  }
  return true;
}

void TlsSession::pull(std::string& wire) {
  BIO* out = SSL_get_wbio(s_->ssl.get());
  const std::size_t before = wire.size();
  const std::size_t pending = BIO_ctrl_pending(out);
  if (pending == 0) return;
  wire.resize(before + pending);
  const int n = BIO_read(out, wire.data() + before, static_cast<int>(pending));
  wire.resize(before + (n > 0 ? static_cast<std::size_t>(n) : 0));
}

bool TlsSession::ready() const noexcept { return s_->ready; }
const std::string& TlsSession::fault() const noexcept { return s_->fault; }

}  // namespace drift::third
