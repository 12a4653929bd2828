// Keys derived from passphrases, kept by salt.
//
// Thread rule: any; two threads that ask for one key at once derive it once.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "drift/state/pulumi_secrets.hpp"
#include "third/cipher.hpp"

namespace drift {

class PulumiKeys {
 public:
  using Key = std::shared_ptr<const third::SecretBytes>;
  // The key of 32 bytes for this passphrase and salt.
  [[nodiscard]] Key derive(std::string_view passphrase, std::string_view salt);
  // How many were really derived, for tests.
  [[nodiscard]] std::size_t derived() const;

 private:
  struct Entry {
    std::string salt;
    third::SecretBytes passphrase;
    Key key;
  };
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // the newest first, some only
  std::size_t derived_ = 0;
};

}  // namespace drift
