// The secrets of a Pulumi stack: how they are decrypted while the stack's resources are loaded.
//
// A checkpoint holds each secret as a ciphertext, and says in `secrets_providers` what it was encrypted with. With ReadOptions::secrets
// every resource that Snapshot::load() gives has its secrets decrypted, and marked Secret::plain; what is marked is shown and written
// nowhere (drift/model/secret.hpp). Without it, or where nothing here can decrypt, they stay texts that are marked Secret::ciphertext, and
// the snapshot has a note `secrets_locked` that says why and what to do.
//
//   passphrase   PULUMI_CONFIG_PASSPHRASE, or the file that PULUMI_CONFIG_PASSPHRASE_FILE names: PBKDF2-HMAC-SHA-256 with 1,000,000
//                iterations, AES-256-GCM (sdk/go/common/resource/config/crypt.go of pulumi). Another passphrase is E_ENCRYPTED_STATE
//   b64          nothing is needed
//   service      Pulumi Cloud decrypts (its REST API), with the access token that `pulumi login` stored for the URL in the document.
//                PULUMI_ACCESS_TOKEN goes to the service that gave the document, or else the URL that is logged in to, and nowhere else,
//                whatever a document says
//   cloud        the host is asked for the data key, once: AWS KMS, Azure Key Vault, Google Cloud KMS and Vault are its business
//   all others   the host is asked for the texts
//
// Example:
//   PulumiSecretsOptions secrets{.environment = process_environment()};
//   ReadOptions options;
//   options.secrets = &secrets;
//   Result<Document> doc = read_document(ByteSource::file("dev.json"), options);
//
// Thread rule: options are ordinary values; the hook is called by the thread that reads the document.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "drift/base/cancel.hpp"
#include "drift/base/environment.hpp"
#include "drift/base/result.hpp"
#include "drift/base/transport.hpp"

namespace drift {

// What a host is asked to decrypt.
struct DecryptRequest {
  std::string provider;  // the type in secrets_providers: "cloud", "service", "passphrase", ...
  std::string state;     // its state in the document, as JSON; `{"url":"awskms://...","encryptedkey":"..."}` of the type cloud
  // One ciphertext, `encryptedkey`: the plaintext is the key of 32 bytes that everything else is encrypted with. Else each ciphertext is
  // one secret as the document has it, and its plaintext the JSON text of the value.
  bool data_key = false;
  std::vector<std::string> ciphertexts;
};
// The plaintexts, as many and in the same order: bytes. An error leaves the secrets encrypted, and is told in a note; E_CANCELLED and
// E_DEADLINE end the reading.
using DecryptHook = std::function<Result<std::vector<std::string>>(const DecryptRequest&, const OpContext&)>;

// Keys that were derived from a passphrase, which takes a fifth of a second each: kept as long as this lives, for whoever shares it, and
// wiped then. Thread rule: any.
class PulumiKeys;
[[nodiscard]] std::shared_ptr<PulumiKeys> make_pulumi_keys();

struct PulumiSecretsOptions {
  Environment environment{};               // PULUMI_CONFIG_PASSPHRASE..., PULUMI_ACCESS_TOKEN, PULUMI_HOME, HOME
  std::string working_folder{};            // where a relative PULUMI_CONFIG_PASSPHRASE_FILE starts; empty: the current folder
  std::string backend{};                   // where PULUMI_ACCESS_TOKEN may go, when it is not for document and environment to say
  DecryptHook decrypt{};                   // empty: nobody is asked
  std::shared_ptr<Transport> transport{};  // of the service provider; empty: libcurl
  std::shared_ptr<PulumiKeys> keys{};      // empty: each document derives its own
};

}  // namespace drift
