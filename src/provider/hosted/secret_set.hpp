// Texts that must not be shown, growing as they become known: the environment first, then what the provider's own schema calls sensitive.
// Those of one read are held while it goes on.
//
// Thread rule: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "provider/hosted/masking.hpp"

namespace drift::hosted_internal {

class SecretSet {
 public:
  // Secrets that are masked as long as it lives. The set has to outlive it.
  class Hold {
   public:
    Hold() = default;
    Hold(SecretSet& of, std::vector<std::string> forms) : of_(&of), forms_(std::move(forms)) {}
    Hold(Hold&& other) noexcept : of_(std::exchange(other.of_, nullptr)), forms_(std::move(other.forms_)) {}
    Hold& operator=(Hold&& other) noexcept {
      std::swap(of_, other.of_);
      std::swap(forms_, other.forms_);
      return *this;
    }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    ~Hold() {
      if (of_ != nullptr) of_->let_go(forms_);
    }

   private:
    SecretSet* of_ = nullptr;
    std::vector<std::string> forms_;
  };

  void add(const std::vector<std::string>& more);
  [[nodiscard]] Hold hold(const std::vector<std::string>& secrets);
  // In every form; without those that are held.
  [[nodiscard]] std::vector<std::string> all() const;
  // Those that are held are masked, too.
  [[nodiscard]] std::string mask(std::string_view text) const { return mask_values(text, *known()); }
  // The same of a line that was written some time ago. What was let go is masked until so many bytes of lines came that none of before can
  // be left: in the pipe or in our own buffer.
  [[nodiscard]] std::string mask_late(std::string_view line);

 private:
  using Texts = std::vector<std::string>;
  struct Held {
    std::size_t count = 0;
    std::uint64_t gone_at = 0;  // how many bytes had come when the last let it go
  };
  [[nodiscard]] std::shared_ptr<const Texts> known() const;
  void let_go(const Texts& forms);

  mutable std::mutex mutex_;
  Texts all_;
  std::map<std::string, Held, LongestFirst> held_;
  std::uint64_t bytes_ = 0;  // of lines
  std::uint64_t sweep_at_ = 0;
  mutable std::shared_ptr<const Texts> known_;  // both, made when it is asked for
};

}  // namespace drift::hosted_internal
