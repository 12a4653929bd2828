// The secrets of one document: opened once, then asked for each text while resources are loaded.
//
// Thread rule: text() from any thread once open() and fetch() are done. Ownership: keys and fetched texts are wiped when it goes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drift/model/snapshot.hpp"
#include "drift/state/pulumi_secrets.hpp"
#include "third/cipher.hpp"

namespace drift::state_internal {

class PulumiSecrets {
 public:
  virtual ~PulumiSecrets() = default;
  // The JSON text of one secret; E_ENCRYPTED_STATE when it is damaged, or was encrypted with something else.
  [[nodiscard]] virtual Result<third::SecretBytes> text(std::string_view ciphertext) const = 0;
};

// Replaces each ciphertext in `object` (a resource as the document has it, or a part of one) by its plaintext, in the document's own form:
// {signature, "ciphertext": c} becomes {signature, "plaintext": JSON text}. E_ENCRYPTED_STATE names the place; `object` is of no use then.
[[nodiscard]] Status reveal_pulumi(Value& object, const PulumiSecrets& secrets);

// What came of opening: secrets, or why they stay locked.
struct OpenedSecrets {
  std::shared_ptr<const PulumiSecrets> secrets{};
  std::optional<Error> locked{};
};

// Whether open_pulumi_secrets() has to be told the ciphertexts, because somebody else decrypts them.
[[nodiscard]] bool needs_ciphertexts(std::string_view provider, const PulumiSecretsOptions& options);

// `provider` and `state` as in secrets_providers. `ciphertexts` are those of the document (see needs_ciphertexts()), each once; `service`
// is ReadOptions::service. E_ENCRYPTED_STATE: another passphrase, or a data key that is none; E_BAD_STRUCTURE: a state that cannot be read;
// E_CANCELLED, E_DEADLINE.
[[nodiscard]] Result<OpenedSecrets> open_pulumi_secrets(const std::string& provider, const Value& state,
                                                        const std::vector<std::string>& ciphertexts, const std::string& service,
                                                        const PulumiSecretsOptions& options, const OpContext& ctx);

}  // namespace drift::state_internal
