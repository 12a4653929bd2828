#include "provider/retry_delay.hpp"

#include <algorithm>
#include <random>

namespace drift::provider_internal {
namespace {

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t h = 0xcbf29ce484222325U;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return h;
}

// splitmix64: neighbouring numbers become unrelated ones.
std::uint64_t mix(std::uint64_t n) {
  n += 0x9e3779b97f4a7c15U;
  n = (n ^ (n >> 30U)) * 0xbf58476d1ce4e5b9U;
  n = (n ^ (n >> 27U)) * 0x94d049bb133111ebU;
  return n ^ (n >> 31U);
}

}  // namespace

Clock::Duration backoff_bound(const Backoff& backoff, unsigned attempt) {
  Clock::Duration bound = std::max(backoff.first, Clock::Duration::zero());
  const Clock::Duration most = std::max(backoff.most, Clock::Duration::zero());
  for (unsigned i = 1; i < attempt && bound < most; ++i) bound = bound > most / 2 ? most : bound * 2;
  return std::min(bound, most);
}

Clock::Duration retry_delay(const Backoff& backoff, std::string_view address, unsigned attempt) {
  const auto bound = static_cast<std::uint64_t>(backoff_bound(backoff, attempt).count());
  std::mt19937_64 random(mix(mix(backoff.seed) ^ fnv1a(address)) + attempt);
  // Not std::uniform_int_distribution: what that makes of a seed is left to each standard library.
  return Clock::Duration(static_cast<Clock::Duration::rep>(random() % (bound + 1)));
}

}  // namespace drift::provider_internal
