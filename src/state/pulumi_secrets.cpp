#include "state/pulumi_secrets.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "base/web_url.hpp"
#include "drift/model/json.hpp"
#include "drift/model/path.hpp"
#include "state/base64.hpp"
#include "state/pulumi_cloud.hpp"
#include "state/pulumi_files.hpp"
#include "state/pulumi_keys.hpp"
#include "state/pulumi_login.hpp"
#include "state/pulumi_values.hpp"
#include "state/small_file.hpp"
#include "third/digest.hpp"

namespace drift {
namespace state_internal {
namespace {

using third::SecretBytes;

constexpr std::string_view version_mark = "v1:";
// What the passphrase's own test blob says.
constexpr std::string_view passphrase_test = "pulumi";

Error damaged() {
  return Error(Errc::encrypted_state, "a secret could not be decrypted: it was damaged, or encrypted with another key")
      .next("export the stack again, or let pulumi write it once with pulumi refresh");
}

Error malformed_state(const std::string& provider) {
  return Error(Errc::bad_structure, "the state of the stack's secrets provider (" + one_line(provider) + ") was malformed")
      .next("export the stack again with pulumi stack export");
}

// "v1:<nonce>:<text and tag>", both base64.
std::optional<SecretBytes> open_symmetric(std::string_view key, std::string_view sealed) {
  if (!sealed.starts_with(version_mark)) return std::nullopt;
  sealed.remove_prefix(version_mark.size());
  const std::size_t colon = sealed.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::optional<std::string> nonce = base64_decode(sealed.substr(0, colon)), text = base64_decode(sealed.substr(colon + 1));
  if (!nonce || !text) return std::nullopt;
  return third::open_aes256_gcm(key, *nonce, *text);
}

class SymmetricSecrets final : public PulumiSecrets {
 public:
  explicit SymmetricSecrets(PulumiKeys::Key key) : key_(std::move(key)) {}
  Result<SecretBytes> text(std::string_view ciphertext) const override {
    std::optional<SecretBytes> opened = open_symmetric(key_->view(), ciphertext);
    if (!opened) return damaged();
    return *std::move(opened);
  }

 private:
  PulumiKeys::Key key_;
};

class Base64Secrets final : public PulumiSecrets {
 public:
  Result<SecretBytes> text(std::string_view ciphertext) const override {
    std::optional<std::string> bytes = base64_decode(ciphertext);
    if (!bytes) return damaged();
    return SecretBytes(*std::move(bytes));
  }
};

// What somebody else decrypted, by ciphertext.
class FetchedSecrets final : public PulumiSecrets {
 public:
  void add(const std::string& ciphertext, SecretBytes text) { texts_.insert_or_assign(ciphertext, std::move(text)); }
  Result<SecretBytes> text(std::string_view ciphertext) const override {
    const auto found = texts_.find(ciphertext);
    if (found == texts_.end()) return damaged();
    return SecretBytes(std::string(found->second.view()));
  }

 private:
  std::map<std::string, SecretBytes, std::less<>> texts_;
};

class Opening {
 public:
  Opening(const std::string& provider, const Value& state, const std::vector<std::string>& ciphertexts, const std::string& service,
          const PulumiSecretsOptions& options, const OpContext& ctx)
      : provider_(provider), state_(state), ciphertexts_(ciphertexts), service_(service), options_(options), ctx_(ctx) {}

  Result<OpenedSecrets> open() {
    if (provider_ == "b64") return OpenedSecrets{std::make_shared<Base64Secrets>(), {}};
    if (provider_ == "passphrase") return with_passphrase();
    if (provider_ == "cloud") return with_data_key();
    if (provider_ == "service") return with_service();
    return with_host(Error(Errc::encrypted_state, "the stack's secrets are encrypted by a provider that is not known here: " +
                                                      (provider_.empty() ? std::string("none is named") : one_line(provider_)))
                         .next("let the host program decrypt them, or give what pulumi stack export --show-secrets writes"));
  }

 private:
  static OpenedSecrets locked(Error why) { return {{}, std::move(why)}; }

  // None: nobody gave one.
  Result<std::optional<SecretBytes>> passphrase() const {
    const auto given = options_.environment.find("PULUMI_CONFIG_PASSPHRASE");
    if (given != options_.environment.end()) return std::optional<SecretBytes>(SecretBytes(given->second));
    const std::string file = variable(options_.environment, "PULUMI_CONFIG_PASSPHRASE_FILE");
    if (file.empty()) return std::optional<SecretBytes>();
    Result<std::optional<std::string>> text = read_small_file(inside_folder(options_.working_folder, file));
    if (!text) return std::move(text).error().in("while reading PULUMI_CONFIG_PASSPHRASE_FILE");
    if (!*text)
      return Error(Errc::not_found, "the file that PULUMI_CONFIG_PASSPHRASE_FILE names was not found").at(file).next("check the path");
    const SecretBytes whole(**std::move(text));
    std::string_view v = whole.view();
    constexpr std::string_view blank = " \t\r\n\v\f";
    v.remove_prefix(std::min(v.size(), v.find_first_not_of(blank)));
    v = v.substr(0, v.find_last_not_of(blank) + 1);
    return std::optional<SecretBytes>(SecretBytes(std::string(v)));
  }

  Result<OpenedSecrets> with_passphrase() {
    Result<std::optional<SecretBytes>> phrase = passphrase();
    if (!phrase) return std::move(phrase).error();
    if (!*phrase)
      return with_host(Error(Errc::encrypted_state, "the stack's secrets are encrypted with a passphrase, and none was given")
                           .next("set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE"));
    // "v1:<salt>:<the test, sealed>"
    std::string_view rest = state_.string_or("salt");
    if (!rest.starts_with(version_mark)) return malformed_state(provider_);
    rest.remove_prefix(version_mark.size());
    const std::size_t colon = rest.find(':');
    const std::optional<std::string> salt = colon != std::string_view::npos ? base64_decode(rest.substr(0, colon)) : std::nullopt;
    if (!salt || salt->empty()) return malformed_state(provider_);
    const std::shared_ptr<PulumiKeys> keys = options_.keys != nullptr ? options_.keys : make_pulumi_keys();
    const PulumiKeys::Key key = keys->derive((*phrase)->view(), *salt);
    const std::optional<SecretBytes> test = open_symmetric(key->view(), rest.substr(colon + 1));
    if (!test || test->view() != passphrase_test)
      return Error(Errc::encrypted_state, "the passphrase is not the one that the stack's secrets are encrypted with")
          .next("set PULUMI_CONFIG_PASSPHRASE, or the file that PULUMI_CONFIG_PASSPHRASE_FILE names, to the passphrase of this stack")
          .fatal();
    return OpenedSecrets{std::make_shared<SymmetricSecrets>(key), {}};
  }

  Result<OpenedSecrets> with_data_key() {
    const std::string sealed(state_.string_or("encryptedkey"));
    if (sealed.empty() || !base64_decode(sealed)) return malformed_state(provider_);
    if (!options_.decrypt)
      return locked(Error(Errc::encrypted_state,
                          "the stack's secrets are encrypted with a key of a cloud's key service, which only the "
                          "host program can ask")
                        .next("let the host decrypt the data key, or give what pulumi stack export --show-secrets writes"));
    Result<std::vector<std::string>> answer = ask({provider_, to_json(state_), true, {sealed}});
    if (!answer) return host_failed(answer.error());
    SecretBytes key(std::move(answer->front()));
    // Azure's key service gives the key as base64 of the URL alphabet; so do hosts that cannot give bytes.
    if (key.view().size() != third::aes256_key_bytes)
      if (std::optional<std::string> bytes = decode_any(key.view())) key = SecretBytes(*std::move(bytes));
    if (key.view().size() != third::aes256_key_bytes)
      return Error(Errc::encrypted_state, "what the host decrypted is no data key: it has not 32 bytes")
          .next("answer the request for a data key with the plaintext of `encryptedkey`, as the key service gives it");
    return OpenedSecrets{std::make_shared<SymmetricSecrets>(std::make_shared<const SecretBytes>(std::move(key))), {}};
  }

  static std::optional<std::string> decode_any(std::string_view text) {
    std::string standard(text);
    for (char& c : standard) c = c == '-' ? '+' : c == '_' ? '/' : c;
    std::optional<std::string> bytes = base64_decode(standard);
    third::wipe(standard);
    return bytes;
  }

  Result<OpenedSecrets> with_service() {
    PulumiStackId id{std::string(state_.string_or("owner")), std::string(state_.string_or("project")),
                     std::string(state_.string_or("stack"))};
    if (!is_stack_name(id.organisation) || !is_stack_name(id.project) || !is_stack_name(id.stack)) return malformed_state(provider_);
    std::string url = canonical_cloud_url(state_.string_or("url", pulumi_cloud_url));
    if (url.empty()) url = pulumi_cloud_url;
    if (!is_cloud_url(url)) return malformed_state(provider_);
    if (const Status s = base_internal::check_service_url(url); !s.ok()) return with_host(Error(s.error()));
    const Result<PulumiLogin> login = PulumiLogin::read(options_.environment);
    if (!login) return locked(login.error());
    const std::string token = access_token(*login, options_.environment, url, backend(*login));
    if (token.empty())
      return with_host(
          Error(Errc::encrypted_state, "the stack's secrets are encrypted by the Pulumi service, and nobody is logged in to it here")
              .at(url)
              .next("log in with pulumi login, or set PULUMI_ACCESS_TOKEN (and PULUMI_BACKEND_URL, where it is not Pulumi Cloud)"));
    Result<std::vector<SecretBytes>> texts = PulumiCloud(url, token, options_.transport).decrypt(id, ciphertexts_, ctx_);
    if (!texts) return host_failed(texts.error());
    return fetched(std::move(*texts));
  }

  std::string backend(const PulumiLogin& login) const {
    std::string url = options_.backend;
    if (url.empty()) url = service_;
    if (url.empty()) url = variable(options_.environment, "PULUMI_BACKEND_URL");
    if (url.empty()) url = login.current();
    return canonical_cloud_url(url.empty() ? pulumi_cloud_url : std::string_view(url));
  }

  // `otherwise` is why nothing can be done without a host.
  Result<OpenedSecrets> with_host(Error otherwise) {
    if (!options_.decrypt) return locked(std::move(otherwise));
    Result<std::vector<std::string>> answer = ask({provider_, to_json(state_), false, ciphertexts_});
    if (!answer) return host_failed(answer.error());
    std::vector<SecretBytes> texts;
    for (std::string& t : *answer) texts.emplace_back(std::move(t));
    return fetched(std::move(texts));
  }

  Result<std::vector<std::string>> ask(const DecryptRequest& request) {
    Result<std::vector<std::string>> answer = options_.decrypt(request, ctx_);
    if (!answer || answer->size() == request.ciphertexts.size()) return answer;
    for (std::string& t : *answer) third::wipe(t);
    return Error(Errc::invalid_argument, "the host gave " + std::to_string(answer->size()) + " plaintexts for " +
                                             std::to_string(request.ciphertexts.size()) + " ciphertexts")
        .next("answer with one plaintext for each, in order");
  }

  Result<OpenedSecrets> fetched(std::vector<SecretBytes> texts) {
    const auto all = std::make_shared<FetchedSecrets>();
    for (std::size_t i = 0; i < texts.size(); ++i) all->add(ciphertexts_[i], std::move(texts[i]));
    return OpenedSecrets{all, {}};
  }

  static Result<OpenedSecrets> host_failed(const Error& e) {
    if (e.code() == Errc::cancelled || e.code() == Errc::deadline) return e;
    return locked(e);
  }

  const std::string& provider_;
  const Value& state_;
  const std::vector<std::string>& ciphertexts_;
  const std::string& service_;
  const PulumiSecretsOptions& options_;
  const OpContext& ctx_;
};

}  // namespace

namespace {

bool is_sealed(const Value& v) {
  const Value* ciphertext = v.string_or(kPulumiSignature) == kPulumiSecret ? v.find("ciphertext") : nullptr;
  return ciphertext != nullptr && ciphertext->is_string() && v.find("plaintext") == nullptr;  // both: its reader says what is wrong
}

bool holds_sealed(const Value& v) {
  if (v.is_list()) return std::any_of(v.as_list().begin(), v.as_list().end(), holds_sealed);
  if (!v.is_object()) return false;
  if (is_sealed(v)) return true;
  return std::any_of(v.as_object().begin(), v.as_object().end(), [](const Object::Member& m) { return holds_sealed(m.second); });
}

// `v` holds one; `path` is where it is.
Status reveal(Value& v, const PulumiSecrets& secrets, Path& path) {
  if (is_sealed(v)) {
    const Result<SecretBytes> text = secrets.text(v.string_or("ciphertext"));
    if (!text) return Error(text.error().code(), "at " + path.text() + " " + text.error().message()).next(text.error().next_step());
    Object plain = v.as_object();
    plain.erase("ciphertext");
    plain.set("plaintext", Value(text->view()));
    v = Value(std::move(plain));
    return {};
  }
  if (v.is_list()) {
    for (std::size_t i = 0; i < v.as_list().size(); ++i) {
      if (!holds_sealed(v.as_list()[i])) continue;
      path.push(std::uint64_t{i});
      DRIFT_TRY(reveal(v.edit_list()[i], secrets, path));
      path.pop();
    }
    return {};
  }
  std::vector<std::string> keys;
  for (const auto& [key, member] : v.as_object())
    if (holds_sealed(member)) keys.push_back(key);
  for (const std::string& key : keys) {
    path.push(key);
    DRIFT_TRY(reveal(*v.edit_object().find(key), secrets, path));
    path.pop();
  }
  return {};
}

}  // namespace

Status reveal_pulumi(Value& object, const PulumiSecrets& secrets) {
  if (!holds_sealed(object)) return {};
  Path path;
  return reveal(object, secrets, path);
}

bool needs_ciphertexts(std::string_view provider, const PulumiSecretsOptions& options) {
  if (provider == "b64" || provider == "cloud") return false;
  return provider == "service" || options.decrypt != nullptr;
}

Result<OpenedSecrets> open_pulumi_secrets(const std::string& provider, const Value& state, const std::vector<std::string>& ciphertexts,
                                          const std::string& service, const PulumiSecretsOptions& options, const OpContext& ctx) {
  DRIFT_TRY(ctx.check());
  return Opening(provider, state, ciphertexts, service, options, ctx).open();
}

}  // namespace state_internal

}  // namespace drift
