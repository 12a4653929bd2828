#include "third/xxh3.hpp"

#include <xxhash.h>

#include <new>

// In libxxhash where it was built with run-time dispatch (Debian and Ubuntu do): the widest vectors of this processor, the same hash.
extern "C" XXH128_hash_t XXH3_128bits_dispatch(const void* input, size_t size) __attribute__((weak));

namespace drift::third {
namespace {
XXH3_state_t* state_of(void* p) { return static_cast<XXH3_state_t*>(p); }
Hash128 from(XXH128_hash_t h) { return {h.low64, h.high64}; }
}  // namespace

Hash128 xxh3_128(std::string_view bytes) noexcept {
  if (XXH3_128bits_dispatch != nullptr) return from(XXH3_128bits_dispatch(bytes.data(), bytes.size()));
  return from(XXH3_128bits(bytes.data(), bytes.size()));
}

std::uint64_t xxh3_64(std::string_view bytes, std::uint64_t seed) noexcept {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

void Xxh3Stream::Free::operator()(void* state) const noexcept { XXH3_freeState(state_of(state)); }

Xxh3Stream::Xxh3Stream() : state_(XXH3_createState()) {
  if (state_ == nullptr) throw std::bad_alloc();
  XXH3_128bits_reset(state_of(state_.get()));
}

void Xxh3Stream::update(std::string_view bytes) noexcept {
  if (!bytes.empty()) XXH3_128bits_update(state_of(state_.get()), bytes.data(), bytes.size());
}

Hash128 Xxh3Stream::finish() noexcept {
  const Hash128 h = from(XXH3_128bits_digest(state_of(state_.get())));
  XXH3_128bits_reset(state_of(state_.get()));
  return h;
}

}  // namespace drift::third
