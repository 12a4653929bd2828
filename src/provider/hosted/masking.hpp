// Secrets in texts that are not ours: what a provider says, logs, or panics with.
//
// A secret may stand there in other forms than its own: as a JSON text or a Go %q has it, escaped in an address, as base64, and of one that
// has lines a line alone.
// Thread rule: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace drift::hosted_internal {

// Every form in which a secret may stand in a text, in order_secrets()' order. Not of forms: they would get forms again.
[[nodiscard]] std::vector<std::string> secret_forms(const std::vector<std::string>& secrets);
struct LongestFirst {
  [[nodiscard]] bool operator()(const std::string& a, const std::string& b) const {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  }
};
// Each once, the longest first: so that a secret that is a part of another does not keep that one from being found.
void order_secrets(std::vector<std::string>& all);

// `text` with "***" for each of `secrets` (as secret_forms() gives them). One of less than 6 bytes only where it stands as a word: replaced
// in the midst of words it would spoil the text, and tell which letters it has.
[[nodiscard]] std::string mask_values(std::string_view text, const std::vector<std::string>& secrets);

}  // namespace drift::hosted_internal
