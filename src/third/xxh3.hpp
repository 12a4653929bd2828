// XXH3 (xxHash 0.8) behind a std-only interface: fast fingerprints, no proof against an adversary.
//
// Example:
//   Hash128 h = xxh3_128(bytes);                       // the same as Xxh3Stream s; s.update(bytes); s.finish();
//
// Thread rule: free functions from any thread; a stream belongs to one thread. Ownership: a stream owns its state; nothing keeps the bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace drift::third {

struct Hash128 {
  std::uint64_t lo = 0;
  std::uint64_t hi = 0;
  friend bool operator==(const Hash128&, const Hash128&) = default;
};

[[nodiscard]] Hash128 xxh3_128(std::string_view bytes) noexcept;
// A seed that an adversary does not know keeps a hash table of untrusted keys from being flooded with collisions found in advance.
[[nodiscard]] std::uint64_t xxh3_64(std::string_view bytes, std::uint64_t seed = 0) noexcept;

// XXH3-128 of bytes that arrive in pieces.
class Xxh3Stream {
 public:
  Xxh3Stream();
  void update(std::string_view bytes) noexcept;
  // The hash of all bytes since the start or the last finish(); starts anew.
  [[nodiscard]] Hash128 finish() noexcept;

 private:
  struct Free {
    void operator()(void* state) const noexcept;
  };
  std::unique_ptr<void, Free> state_;
};

}  // namespace drift::third
