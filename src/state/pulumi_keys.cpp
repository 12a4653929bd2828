#include "state/pulumi_keys.hpp"

#include <algorithm>
#include <utility>

namespace drift {
namespace {

constexpr unsigned iterations = 1'000'000;
// A process scans some stacks again and again; who has more pays the derivation.
constexpr std::size_t most_keys = 64;

}  // namespace

PulumiKeys::Key PulumiKeys::derive(std::string_view passphrase, std::string_view salt) {
  // Held while a key is derived: who else asks most likely asks for the same one.
  const std::lock_guard lock(mutex_);
  const auto known =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.salt == salt && e.passphrase.view() == passphrase; });
  if (known != entries_.end()) {
    entries_.splice(entries_.begin(), entries_, known);
    return known->key;
  }
  ++derived_;
  auto key = std::make_shared<const third::SecretBytes>(third::pbkdf2_sha256(passphrase, salt, iterations, third::aes256_key_bytes));
  entries_.push_front({std::string(salt), third::SecretBytes(std::string(passphrase)), key});
  if (entries_.size() > most_keys) entries_.pop_back();
  return key;
}

std::size_t PulumiKeys::derived() const {
  const std::lock_guard lock(mutex_);
  return derived_;
}

std::shared_ptr<PulumiKeys> make_pulumi_keys() { return std::make_shared<PulumiKeys>(); }

}  // namespace drift
