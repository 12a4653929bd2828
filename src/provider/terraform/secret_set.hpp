// Texts that must not be shown, growing as they become known: the environment first, then what the provider's own schema calls sensitive.
//
// Thread rule: any.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "provider/terraform/masking.hpp"

namespace drift::terraform_internal {

class SecretSet {
 public:
  void add(const std::vector<std::string>& more) {
    const std::lock_guard lock(mutex_);
    const std::vector<std::string> forms = secret_forms(more);
    all_.insert(all_.end(), forms.begin(), forms.end());
    order_secrets(all_);
  }
  // In every form.
  [[nodiscard]] std::vector<std::string> all() const {
    const std::lock_guard lock(mutex_);
    return all_;
  }
  [[nodiscard]] std::string mask(std::string_view text) const { return mask_values(text, all()); }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> all_;
};

}  // namespace drift::terraform_internal
