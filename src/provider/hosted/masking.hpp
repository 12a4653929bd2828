// Secrets in texts that are not ours: what a provider says, logs, or panics with.
//
// A secret may stand there in other forms than its own: as a JSON text or a Go %q has it, escaped in an address, as base64, and of one that
// has lines a line alone.
// Thread rule: any.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace drift::hosted_internal {

inline constexpr std::size_t least_anywhere = 6;  // bytes; what is shorter is hidden only where it stands as a word

// Every form in which a secret may stand in a text, in order_secrets()' order. Not of forms: they would get forms again.
[[nodiscard]] std::vector<std::string> secret_forms(const std::vector<std::string>& secrets);
struct LongestFirst {
  [[nodiscard]] bool operator()(const std::string& a, const std::string& b) const {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  }
};
// Each once, the longest first: so that a secret that is a part of another does not keep that one from being found.
void order_secrets(std::vector<std::string>& all);

// A text, and which parts of it are secret: what becomes known to be one later can be hidden in it, too, as long as it is whole.
class HiddenText {
 public:
  // `is_cut`: there was more of it. What a secret begins with is one at the end of such a text.
  explicit HiddenText(std::string_view text, bool is_cut = false) : text_(text), is_cut_(is_cut) {}

  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] bool is_cut() const noexcept { return is_cut_; }
  void hide(std::size_t at, std::size_t bytes);
  // The same for `bytes` of less than 6 only where they stand as a word: replaced in the midst of words they would spoil the text, and tell
  // which letters a secret has. False: they do not.
  bool hide_secret(std::size_t at, std::size_t bytes);
  // With "***" for each part, and "..." where it was cut.
  [[nodiscard]] std::string shown() const;

 private:
  [[nodiscard]] bool is_word_at(std::size_t at) const;
  std::string text_;
  bool is_cut_;
  std::vector<bool> hidden_;  // empty: nothing
};

// `text` with "***" for each of `secrets` (as secret_forms() gives them), as HiddenText::hide_secret() has it.
[[nodiscard]] std::string mask_values(std::string_view text, const std::vector<std::string>& secrets);

}  // namespace drift::hosted_internal
