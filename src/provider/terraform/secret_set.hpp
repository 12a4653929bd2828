// Texts that must not be shown, growing as they become known: the environment first, then what the provider's own schema calls sensitive.
//
// Thread rule: any.
#pragma once

#include <algorithm>
#include <iterator>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "provider/terraform/launch_env.hpp"

namespace drift::terraform_internal {

// Longest first, so that a secret that is a part of another does not keep that one from being found.
inline void order_secrets(std::vector<std::string>& all) {
  std::erase_if(all, [](const std::string& s) { return s.empty(); });
  std::sort(all.begin(), all.end(),
            [](const std::string& a, const std::string& b) { return a.size() != b.size() ? a.size() > b.size() : a < b; });
  all.erase(std::unique(all.begin(), all.end()), all.end());
}

class SecretSet {
 public:
  void add(std::vector<std::string> more) {
    const std::lock_guard lock(mutex_);
    all_.insert(all_.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    order_secrets(all_);
  }
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
