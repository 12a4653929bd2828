#include "provider/terraform/diagnostics.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "drift/provider/provider.hpp"
#include "provider/hosted/masking.hpp"

namespace drift::terraform_internal {
namespace {

constexpr std::size_t most_told = 3;
constexpr std::size_t most_bytes = 2000;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c); });
  return out;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) { return is_digit(c) || (c >= 'a' && c <= 'z'); }

// `word` in `text` (lower case). What is short stands alone: 401 is neither in "10401" nor in "vol-0a401b", "eof" not in "typeof".
bool says(std::string_view text, std::string_view word) {
  const bool alone = is_digit(word.front()) || word.size() < 4;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    if (!alone) return true;
    const bool before = at > 0 && is_alphanumeric(text[at - 1]);
    const bool after = at + word.size() < text.size() && is_alphanumeric(text[at + word.size()]);
    if (!before && !after) return true;
  }
  return false;
}

template <std::size_t N>
bool says_any(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return says(text, word); });
}

constexpr std::array<std::string_view, 9> throttled{
    "throttl", "rate limit", "ratelimit", "rate exceeded", "too many requests", "toomanyrequests", "slow down", "slowdown", "429"};
constexpr std::array<std::string_view, 17> refused{"unauthorized",
                                                   "unauthenticated",
                                                   "forbidden",
                                                   "accessdenied",
                                                   "access denied",
                                                   "permission denied",
                                                   "invalid token",
                                                   "invalidclienttokenid",
                                                   "expiredtoken",
                                                   "token has expired",
                                                   "token is expired",
                                                   "authentication failed",
                                                   "invalid credentials",
                                                   "no valid credential",
                                                   "not authorized",
                                                   "401",
                                                   "403"};
constexpr std::array<std::string_view, 12> passing{"timeout",
                                                   "timed out",
                                                   "deadline exceeded",
                                                   "connection refused",
                                                   "connection reset",
                                                   "broken pipe",
                                                   "eof",
                                                   "temporarily unavailable",
                                                   "502",
                                                   "503",
                                                   "504",
                                                   "no such host"};

// Limits before credentials: AWS, Azure and GitHub answer a limit with 403, too.
Error classified(std::string_view said, std::string message, Errc otherwise) {
  if (says_any(said, throttled))
    return Error(Errc::read_throttled, std::move(message)).next("let fewer reads go on at once (`parallel` of the provider)");
  if (says_any(said, refused))
    return Error(Errc::read_auth, std::move(message))
        .next("check the provider's credentials: `config` and `env` in drift.yaml, or the environment");
  if (says_any(said, passing)) return Error(otherwise, std::move(message)).next("check that the service can be reached").retryable();
  return Error(otherwise, std::move(message)).next("the provider's own message says what is wrong");
}

}  // namespace

std::string line_of(const Diagnostic& diagnostic, const std::vector<std::string>& secrets) {
  std::string text = diagnostic.summary;
  if (!diagnostic.detail.empty() && diagnostic.detail != diagnostic.summary) text += (text.empty() ? "" : ": ") + diagnostic.detail;
  if (!diagnostic.path.empty()) text += " (at " + diagnostic.path + ")";
  return hosted_internal::mask_values(text, secrets);
}

void tell_warnings(std::span<const Diagnostic> diagnostics, std::string_view who, const std::vector<std::string>& secrets,
                   const OpContext& ctx) {
  for (const Diagnostic& d : diagnostics)
    if (d.severity == Diagnostic::Severity::warning)
      ctx.tell(LogLevel::warning, provider_warning, {}, std::string(who) + ": " + one_line(line_of(d, secrets)));
}

Error error_of(std::span<const Diagnostic> diagnostics, const std::vector<std::string>& secrets, Errc otherwise) {
  std::string message, said;
  std::size_t told = 0, all = 0;
  for (const Diagnostic& d : diagnostics) {
    if (d.severity == Diagnostic::Severity::warning) continue;
    ++all;
    said += lower(d.summary) + '\n' + lower(d.detail) + '\n';
    if (told == most_told) continue;
    message += (told++ > 0 ? "; " : "") + line_of(d, secrets);
  }
  if (message.size() > most_bytes) message = message.substr(0, most_bytes) + "...";
  if (all > told) message += " (and " + std::to_string(all - told) + " more)";
  return classified(said, "the provider said: " + message, otherwise);
}

}  // namespace drift::terraform_internal
