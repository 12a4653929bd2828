// Texts that must not be shown, growing as they become known: the environment first, then what the provider's own schema calls sensitive.
// Those of one read are held while it goes on, and forgotten a minute after it: what the provider said meanwhile may come late.
//
// Thread rule: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drift/base/clock.hpp"
#include "provider/hosted/masking.hpp"
#include "provider/hosted/secret_index.hpp"

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

  explicit SecretSet(const Clock& clock = system_clock()) : clock_(&clock) {}

  void add(const std::vector<std::string>& more);
  [[nodiscard]] Hold hold(const std::vector<std::string>& secrets);
  // In every form; without those that are held.
  [[nodiscard]] std::vector<std::string> all() const;
  // Those that are held are masked, too.
  void hide_in(HiddenText& text) const;
  [[nodiscard]] std::string mask(std::string_view text) const;
  // The same of a line that was written some time ago. What was let go is masked until so many bytes of lines came that none of before can
  // be left, in the pipe or in our own buffer, or a minute is over.
  void hide_late_in(HiddenText& line);
  [[nodiscard]] std::string mask_late(std::string_view line);
  // How many texts are looked for just now.
  [[nodiscard]] std::size_t size() const;

 private:
  using Texts = std::vector<std::string>;
  struct Gone {
    SecretIndex::Entry entry;
    std::uint64_t release;  // another one than the entry's: it was held again
    std::uint64_t bytes;    // how many had come then
    Clock::Duration at;
  };
  void let_go(const Texts& forms);
  void forget();

  const Clock* const clock_;
  mutable std::mutex mutex_;
  Texts all_;
  SecretIndex index_;        // of all, and of what is held or was so recently
  std::deque<Gone> gone_;    // the oldest first; each entry is there until its last release is forgotten
  std::uint64_t bytes_ = 0;  // of lines
  std::uint64_t releases_ = 0;
};

}  // namespace drift::hosted_internal
